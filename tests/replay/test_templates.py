"""Reading a body by its template gives what the full way gives, whatever is put into it."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.errors import WireError
from ewstape.interaction import MESSAGES, Operation, Request, Service
from ewstape.operations import read_request
from ewstape.replay.canonical import _templates, canonical, form
from ewstape.replay.naming import operation_of
from ewstape.replay.templates import Meaning, Templates
from ewstape.wire.namespaces import SOAP11, TYPES
from ewstape.wire.skeleton import example, taken_apart
from ewstape.wire.soap import read_envelope

URL = "https://mail.example.com/EWS/Exchange.asmx"
SAMPLES = sorted((Path(__file__).parents[1] / "wire_samples").glob("*.request.xml"))


def request(body: bytes, content_type: str = "text/xml; charset=utf-8") -> Request:
    return Request(method="POST", url=URL, headers=(("Content-Type", content_type),), body=body)


def body_of(subject: str, item: str, start: str, address: str, *, quote: str = '"') -> bytes:
    """A request with an identifier, a date, an address, a text that counts, and a version that does not."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP11}" xmlns:t="{TYPES}"><s:Header>'
        f'<t:RequestServerVersion Version="Exchange2013"/></s:Header><s:Body><m:X xmlns:m="{MESSAGES}">'
        f"<t:ItemId Id={quoteattr(item)} ChangeKey={quote}key{quote}/>\n <m:CalendarView StartDate={quoteattr(start)}/>"
        f"<t:EmailAddress>{escape(address)}</t:EmailAddress><t:Subject>{escape(subject)}</t:Subject>"
        "</m:X></s:Body></s:Envelope>"
    ).encode()


class Counted:
    """The full way, counting how often it is gone."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, body: bytes) -> Meaning | None:
        self.times += 1
        return meaning(body)


def meaning(body: bytes) -> Meaning | None:
    """By a canonical form that has learned nothing: each request has a header of its own that counts."""
    try:
        read_envelope(body)
    except WireError:
        return None
    meaning.fresh = getattr(meaning, "fresh", 0) + 1  # type: ignore[attr-defined]  # a counter
    found = canonical(request(body), Operation("X"), frozenset({f"never-{meaning.fresh}"}))  # type: ignore[attr-defined]  # a counter
    return found.key, found.kinds, found.values


as_text = _templates(Service.EWS, frozenset(), frozenset()).spelt


# --- what is learned --------------------------------------------------------------------------------------------------


def familiar(full: Counted) -> Templates:
    """Templates that know `body_of`."""
    templates = Templates(full, as_text)
    for number in range(5):
        templates.read(body_of("a subject", f"id{number}", "2026-11-23T00:00:00Z", f"user{number}@example.com"))
    full.times = 0
    return templates


def test_new_identifiers_in_a_known_template_are_read_without_parsing() -> None:
    full = Counted()
    templates = familiar(full)
    other = body_of("a subject", "another", "2027-01-01", "someone@example.com")
    assert templates.read(other) == meaning(other)
    assert full.times == 0


def test_new_texts_in_a_known_template_are_read_without_parsing() -> None:
    full = Counted()
    templates = familiar(full)
    for subject in (
        "another subject",
        "it's",
        'a "b"',
        "a\\b",
        'it\'s "b"',
        "two\nlines\tand more",
        "1",
        "the value in place 9",
    ):
        other = body_of(subject, "id", "2026-11-23T00:00:00Z", "user@example.com")
        assert templates.read(other) == meaning(other)
        assert full.times == 0


def _within(content: str) -> bytes:
    return body_of("a subject", "id", "2026-11-23", "user@example.com").replace(b"</m:X>", content.encode() + b"</m:X>")


_PROPERTIES = '<t:AdditionalProperties><t:FieldURI FieldURI="{}"/><t:FieldURI FieldURI="{}"/></t:AdditionalProperties>'


@pytest.mark.parametrize(
    ("known", "others"),
    [
        (_PROPERTIES.format("a", "b"), [_PROPERTIES.format(*pair) for pair in ("ba", "ac", "ca", "cd", "dc")]),
        ('<m:CalendarView EndDate="today"/>', [f'<m:CalendarView EndDate="{end}"/>' for end in ("2026-01-01", "a b")]),
        ('<t:FieldURI FieldURI="a"/>', [f'<t:FieldURI FieldURI="{text}"/>' for text in ("b", "a\tb", "a\nb", " a ")]),
        ("<t:A>a<t:B>b</t:B>c</t:A>", [f"<t:A>{one}<t:B>b</t:B>{two}</t:A>" for one, two in ("bc", "ab", "ca")]),
        ("<t:A>the value in place 1 of a template</t:A>", [f"<t:A>the value in place {at}</t:A>" for at in range(9)]),
        ("<t:A>a</t:A>", [f"<t:A>'the value in place {at} of a template'</t:A>" for at in range(12)]),
    ],
    ids=["set", "date", "attribute", "mixed", "mark", "quoted mark"],
)
def test_texts_have_their_meaning_where_more_than_text_depends_on_them(known: str, others: list[str]) -> None:
    templates = Templates(meaning, as_text)
    for content in (*[known] * 5, *others, *others):
        body = _within(content)
        assert templates.read(body) == meaning(body)


@pytest.mark.parametrize(
    "body",
    [
        body_of("another subject", "id", "2026-11-23T00:00:00Z", "user@example.com"),
        body_of("a subject", "id", "tomorrow", "user@example.com"),
        body_of("a subject", "", "2026-11-23T00:00:00Z", "user@example.com"),
        body_of("a subject ", "id", "2026-11-23T00:00:00Z", "user@example.com"),
        body_of("a subject", " id", "2026-11-23T00:00:00Z", " user@example.com\n"),
        body_of("a subject", "id&more", "2026-11-23T00:00:00Z", "user@example.com"),
        body_of("a subject", 'a"b', "2026-11-23T00:00:00Z", "user@example.com"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com", quote="'"),
        body_of("ein Gruß", "id", "2026-11-23T00:00:00Z", "jörg@example.com"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b"utf-8", b"utf-7"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b"utf-8", b"iso-8859-1"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(TYPES.encode(), b"urn:other"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b">a s", b"><!-- -->a s"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b">a s", b"><![CDATA[]]>a s"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b"</s:Body>", b""),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b'"id"', b'"i>d"'),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b'"id"', b'"i\td"'),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b"a subject", b"a\rsubject"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b"a subject", b"a\x0csubject"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b"a subject", b"a]]>subject"),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b'Id="id"', b'Id = "id"'),
        body_of("a subject", "id", "2026-11-23T00:00:00Z", "user@example.com").replace(b'Id="id"', b'Id="id" Id="id"'),
    ],
)
def test_what_departs_from_a_known_template_is_read_like_the_first(body: bytes) -> None:
    templates = familiar(Counted())
    for _ in range(6):  # and stays so when it is learned in its turn
        assert templates.read(body) == meaning(body)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name.removesuffix(".request.xml"))
def test_every_sample_keeps_its_meaning_and_its_name(sample: Path) -> None:
    body = sample.read_bytes()
    templates = Templates(meaning, as_text)
    for _ in range(6):
        assert templates.read(body) == meaning(body)
    changed = re.sub(rb'(Id="|DialString>)[^<"]', rb"\g<1>0", body)
    assert templates.read(changed) == meaning(changed)
    asked = request(body)
    named = read_request(body, service=Service.EWS, method="POST", path="/x", content_type="text/xml; charset=utf-8")
    assert operation_of(asked, Service.EWS) == named.operation


# --- anything at all --------------------------------------------------------------------------------------------------

_texts = st.one_of(
    st.sampled_from(
        [
            "",
            "a",
            " a ",
            "2026-11-23",
            "2026-11-23T01:02:03Z",
            "+1 555 0100",
            'x="y"',
            "='",
            "a>b",
            "]]>",
            "\t",
            "\u00e9",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6),
)
_names = st.sampled_from(
    [
        "t:ItemId",
        "m:ItemIds",
        "t:EmailAddress",
        "m:DialString",
        "t:Subject",
        "t:AdditionalProperties",
        "t:FieldURI",
        "Constant",
    ]
)
_attributes = st.dictionaries(
    st.sampled_from(["Id", "ChangeKey", "FieldURI", "Value", "xmlns:z", "xml:lang"]), _texts, max_size=2
)
_trees = st.recursive(
    st.tuples(_names, _attributes, _texts, st.just(())),
    lambda inner: st.tuples(_names, _attributes, st.just(""), st.lists(inner, max_size=3).map(tuple)),
    max_leaves=5,
)


def spelt(tree: tuple[str, dict[str, str], str, tuple[object, ...]], layout: str) -> str:
    name, attributes, text, children = tree
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    inner = escape(text) + "".join(layout + spelt(child, layout) for child in children)  # type: ignore[arg-type]  # trees
    return f"<{name}{said}>{inner}</{name}>"


def edits(body: bytes, data: st.DataObject) -> Iterator[bytes]:
    """The body with a few bytes taken out or put in, mostly where it hurts."""
    for _ in range(data.draw(st.integers(0, 3))):
        at, upto = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 2))
        put = data.draw(
            st.sampled_from([b"", b"<", b">", b'"', b"'", b"&", b"\0", b"=", b" ", b"\r", b"1", b"<a/>", b"<!---->"])
        )
        body = body[:at] + put + body[at + upto :]
        yield body


@given(trees=st.lists(_trees, min_size=1, max_size=3), layout=st.sampled_from(["", "\n  "]), data=st.data())
def test_templates_make_no_difference(
    trees: list[tuple[str, dict[str, str], str, tuple[object, ...]]], layout: str, data: st.DataObject
) -> None:
    """Three times each, so that it is learned; then with other values in the same places, and with edits."""
    templates = Templates(meaning, as_text)
    for tree in trees:
        body = (
            f"<s:Envelope xmlns:s='{SOAP11}' xmlns:t='{TYPES}' xmlns:m='{MESSAGES}'><s:Body><m:X>"
            f"{spelt(tree, layout)}</m:X></s:Body></s:Envelope>"
        ).encode()
        for _ in range(4):
            assert templates.read(body) == meaning(body)
        other = re.sub(rb'(?<=Id=")[a-z0-9]+|(?<=Address>)[a-z]+', b"2026-11-23", body)
        assert templates.read(other) == meaning(other)
        put = data.draw(st.text("ab'\"\\ 1-\t\n", min_size=1, max_size=6)).encode()
        put = put.replace(b'"', b"'") or b"a"
        for at in re.finditer(rb'(?<==")[^"]+(?=")|(?<=>)[^<>\s]+(?=<)', body):
            changed = body[: at.start()] + put + body[at.end() :]
            assert templates.read(changed) == meaning(changed)
        for edited in edits(body, data):
            assert templates.read(edited) == meaning(edited)


@given(values=st.lists(st.text("ab<>&\"'= /\t\x00", max_size=5), min_size=3, max_size=3))
def test_a_body_is_its_skeleton_and_its_values(values: list[str]) -> None:
    """Whatever is taken apart names the same operation as its example: no value can pass for structure."""
    first, second, third = values
    content = f'<a b="{first}">{second}</a>{third}'
    body = f"<s:Envelope xmlns:s='{SOAP11}'><s:Body>{content}</s:Body></s:Envelope>".encode()
    cut = taken_apart(body)
    if cut is None:
        return
    assert (
        b"".join(part for pair in zip(cut.skeleton.split(b"\0"), (*cut.values, b""), strict=True) for part in pair)
        == body
    )
    envelope, model = read_envelope(body), read_envelope(example(cut.skeleton, cut.names))
    assert envelope.payload is not None
    assert model.payload is not None
    assert [one.tag for one in envelope.payload.iter()] == [one.tag for one in model.payload.iter()]


def test_a_form_is_the_same_as_before_templates() -> None:
    """`form`, which explains misses, is made without them and names the same identifiers."""
    body = body_of("a subject", "id", "2026-11-23", "user@example.com")
    for _ in range(5):
        found = canonical(request(body), Operation("X"))
    shown = repr(form(request(body), Operation("X"), frozenset()))
    assert all(value in shown for value in found.values)
