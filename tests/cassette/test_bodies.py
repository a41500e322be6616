"""Bodies are shown in the most readable form that restores them exactly."""

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.cassette.bodies import CHARSETS, LAYOUTS, _render, render, restore
from ewstape.cassette.strictyaml import parse

ONE_LINE = '<?xml version="1.0"?><a><b c="d"/><e>f</e></a>'
SHOWN = '    <?xml version="1.0"?>\n    <a>\n      <b c="d"/>\n      <e>f</e>\n    </a>\n'


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"", ""),
        (ONE_LINE.encode(), f"  layout: indented\n  body: |\n{SHOWN}"),
        (ONE_LINE.encode() + b"\n", f"  layout: indented\n  body: |+\n{SHOWN}\n"),
        (
            ONE_LINE.replace("?><", "?>\n<").encode(),
            f"  layout: indented-after-declaration\n  body: |\n{SHOWN}",
        ),
        (
            ONE_LINE.replace("?><", "?>\r\n<").encode(),
            f"  newlines: crlf\n  layout: indented-after-declaration\n  body: |\n{SHOWN}",
        ),
        (b"<a>b</a>", "  body: |-\n    <a>b</a>\n"),
        (b"<a>\n <b> \n</b></a>\n", "  body: |\n    <a>\n     <b> \n    </b></a>\n"),
        (b"a\r\nb\r\n", "  newlines: crlf\n  body: |\n    a\n    b\n"),
        (b"a\r\nb\n", '  body: "a\\r\\nb\\n"\n'),
        (b"a\rb", '  body: "a\\rb"\n'),
        (b"\n\n", "  body: |2+\n\n\n"),
        (b"\n", "  body: |2+\n\n"),
        (b" a\n\n  b\n\n", "  body: |2+\n     a\n\n      b\n\n"),
        (b"\ta", "  body: |2-\n    \ta\n"),
        (b"---\n...\n%YAML 1.1\n", "  body: |\n    ---\n    ...\n    %YAML 1.1\n"),
        (b"a\x00b", '  body: "a\\x00b"\n'),
        ("a\x85b".encode(), '  body: "a\\x85b"\n'),
        (b"\xef\xbb\xbf<a/>", "  charset: utf-8-bom\n  body: |-\n    <a/>\n"),
        ("\ufeff<a/>".encode("utf-16-le"), "  charset: utf-16-le-bom\n  body: |-\n    <a/>\n"),
        ("<a/>".encode("utf-16-be"), "  charset: utf-16-be\n  body: |-\n    <a/>\n"),
        (
            b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>',
            '  charset: iso-8859-1\n  body: |-\n    <?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>\n',
        ),
        (b"\xef\xbb\xbf", '  body: "\\uFEFF"\n'),
        (b"\xff\xfe\x00", "  body_base64: |\n    //4A\n"),
        (bytes([255]) * 58, "  body_base64: |\n    " + "/" * 76 + "\n    /w==\n"),
    ],
    ids=repr,
)
def test_a_body_is_shown_in_the_most_readable_form(body: bytes, lines: str) -> None:
    assert render(body) == lines


@given(st.text("<>/ab?! \n", max_size=60))
def test_markup_of_any_shape_is_restored(markup: str) -> None:
    """Indentation follows a rough count of tags, so broken markup must not break the bytes."""
    body = markup.encode()
    shown = parse(render(body)) if body else {}
    known = {key: value for key, value in shown.items() if key not in ("body", "body_base64")}
    assert restore(shown.get("body", ""), **known) == body


@pytest.mark.parametrize("layout", LAYOUTS)
def test_blank_lines_between_tags_are_layout_too(layout: str) -> None:
    """People who indent by hand leave blank lines."""
    assert restore("<a>\n\n  <b/>\n</a>\n", layout=layout) == b"<a><b/></a>"


def test_the_break_after_the_declaration_is_kept_where_the_layout_says_so() -> None:
    text = "<?xml version='1.0'?>\n<a>\n  <b/>\n</a>\n"
    assert restore(text, layout="indented") == b"<?xml version='1.0'?><a><b/></a>"
    assert restore(text, layout="indented-after-declaration") == b"<?xml version='1.0'?>\n<a><b/></a>"


@pytest.mark.parametrize("charset", CHARSETS)
def test_every_charset_restores_its_own_bytes(charset: str) -> None:
    bom, codec = CHARSETS[charset]
    assert restore("<é/>", charset=charset) == bom + "<é/>".encode(codec)


def test_deep_markup_does_not_grow_without_bound() -> None:
    body = b"<a>" * 20_000
    assert len(render(body)) < 25 * len(body)


@given(
    values=st.lists(st.text("a1 \t:#'>-|\\", min_size=1, max_size=5), min_size=3, max_size=3),
    body=st.sampled_from(
        [
            '<?xml version="1.0" encoding="utf-8"?><a b="{}"><c>{}</c><d/><e f="{}" g=\'\'/></a>',
            "<a><b>{}</b></a>",
            "<a b='{}'>{}</a>",
            '<a><b c="{}"><d>{}</d></b><b c="{}"/></a>',
        ]
    ),
)
def test_a_body_of_a_known_template_is_shown_as_ever(values: list[str], body: str) -> None:
    encoded = body.format(*values).encode()
    assert render(encoded) == _render(encoded)


@pytest.mark.parametrize("body", [b"<a>" * 19, b"\xff" * 57, b"\r" * 57], ids=["markup", "bytes", "quoted"])
def test_whatever_may_be_written_may_be_read(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the bound, markup is not indented, as it would be too long then."""
    longest = 77
    monkeypatch.setattr("ewstape.cassette.bodies.MAX_SCALAR", longest)
    monkeypatch.setattr("ewstape.cassette.bodies.LARGEST", 57)
    [(name, text)] = [pair for pair in mapping(render(body), longest).items() if pair[0].startswith("body")]
    assert (b64decode(text) if name == "body_base64" else restore(text)) == body


def test_a_body_over_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ewstape.cassette.bodies.LARGEST", 57)
    with pytest.raises(ValueError, match=r"a body of 58 bytes is larger than a cassette holds \(57\)"):
        render(b"x" * 58)


def mapping(lines: str, max_scalar: int) -> dict[str, str]:
    plain = parse(lines, max_scalar=max_scalar)
    assert isinstance(plain, dict)
    return {key: str(value) for key, value in plain.items()}
