"""Hostile YAML is refused before anything is built, and never by any other exception than `Problem`."""

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ewstape.cassette import strictyaml
from ewstape.cassette.strictyaml import MAX_DEPTH, Path, Plain, Problem, parse


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers: the second is the fallback where libyaml is missing."""
    monkeypatch.setattr(strictyaml, "_LOADER", yaml.CBaseLoader if request.param == "libyaml" else yaml.BaseLoader)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a: +15551212\n", {"a": "+15551212"}),
        (
            "a: 0123456\nb: 555:12:12\nc: no\nd: ~\ne:\n",
            {"a": "0123456", "b": "555:12:12", "c": "no", "d": "~", "e": ""},
        ),
        ("{a: [b, {c: d}]}", {"a": ["b", {"c": "d"}]}),
        ("# yaml-language-server: $schema=x\n%YAML 1.1\n---\na: b\n...\n", {"a": "b"}),
        ("text", "text"),
    ],
    ids=["a dial string", "what YAML would resolve", "flow style", "comment and directive", "a bare scalar"],
)
def test_every_scalar_stays_text(text: str, plain: Plain) -> None:
    assert parse(text) == plain


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: !!python/object:os.system x", "the tag 'tag:yaml.org,2002:python/object:os.system' is not allowed", 0),
        ("a: !x {}", "the tag '!x' is not allowed", 0),
        ("\na: &x b\nc: *x", "the anchor 'x' is not allowed", 1),
        ("a: *x", "the alias 'x' is not allowed", 0),
        ("a: b\nc: d\na: e", "the key 'a' twice is not allowed", 2),
        ("? [a]\n: b", "a key that is not text is not allowed", 0),
        ("%TAG ! tag:x,2000:\n---\na: b", "a %TAG directive is not allowed", 1),
        ("a: b\n...\n---\nc: d", "expected one document, got another; begin each with a line '---'", 2),
        ("# nothing\n", "expected a document, got nothing", 0),
        ("", "expected a document, got nothing", 0),
        ("[" * 200_000, "nesting deeper than 16 is not allowed", 0),
        ("- " * 20 + "a", "nesting deeper than 16 is not allowed", 0),
        ("a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 20)), "nesting deeper than 16 is not allowed", 16),
    ],
    ids=[
        "python tag",
        "own tag",
        "anchor",
        "alias",
        "duplicate key",
        "list as key",
        "%TAG",
        "two documents",
        "comment only",
        "empty",
        "200,000 brackets",
        "deep list",
        "deep mapping",
    ],
)
def test_what_a_cassette_never_needs_is_refused(text: str, message: str, line: int) -> None:
    with pytest.raises(Problem) as caught:
        parse(text)
    assert caught.value.message == message
    assert abs(caught.value.line - line) <= ("%TAG" in text)  # the two parsers place this one differently


@pytest.mark.usefixtures("parser")
def test_the_deepest_allowed_nesting_is_read() -> None:
    plain = "x"
    for _ in range(MAX_DEPTH):
        plain = [plain]
    assert parse("[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH) == plain


@pytest.mark.usefixtures("parser")
def test_a_scalar_over_the_bound_is_refused() -> None:
    assert parse("a: 12345", max_scalar=5) == {"a": "12345"}
    with pytest.raises(Problem, match="a scalar of 6 characters"):
        parse("a: 123456", max_scalar=5)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b\nc: 'd", 1),
        ("a: b\n...\nc: d", 2),
        ("a: b\n\tc: d", 1),
        ("a: b\n- c", 1),
        ("a: b\nc: \x00\n", 1),
        ('a: "\\UFFFFFFFF"', 0),
        ("%YAML 9.1\n---\na: b", 0),
    ],
    ids=["open quote", "no mark", "tab", "list in mapping", "control character", "beyond Unicode", "YAML 9"],
)
def test_broken_yaml_is_a_problem_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Problem) as caught:
        parse(text)
    assert caught.value.message.startswith("not valid YAML: ")
    assert "\n" not in caught.value.message
    assert caught.value.line in (line, line + 1)


@pytest.mark.usefixtures("parser")
@given(
    st.text()
    | st.text("[]{}:,-?&*!|>'\"%@`# \n\tab\\ux0\x85\ufeff", max_size=80)
    | st.text("-. \na:", max_size=40)
    | st.binary(max_size=80).map(lambda data: data.decode("latin-1"))
)
def test_garbage_is_plain_data_or_a_problem(text: str) -> None:
    """Any other exception fails this test, as a crash would."""
    with suppress(Problem):
        assert isinstance(parse(text), str | list | dict)


def test_lines_are_given_by_path() -> None:
    lines: dict[Path, int] = {}
    parse("a:\n  b:\n    - c\n    - d\n", lines=lines)
    assert lines == {(): 0, ("a",): 0, ("a", "b"): 1, ("a", "b", 0): 2, ("a", "b", 1): 3}
