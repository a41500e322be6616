"""The quick reader accepts nothing that the strict one would not read as the same interaction."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ewstape.cassette import Cassette, dump, load_interaction, quick
from ewstape.cassette.strictyaml import MAX_DEPTH
from ewstape.errors import CassetteError
from ewstape.interaction import UNREAD, Field, Interaction, Operation, Request, Response

type Interactions = st.SearchStrategy[Interaction]
type Strict = Callable[[str], Interaction | None]

SAMPLE = Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"
CHARACTERS = " \t\n\r:#-\"'\\|>+{}[],&*!%@`~?=aZ09.<>/\x00\x7f\x85\xa0\u2028\ufeff\xe9\u20ac\U0001f4de\ud800"
LINES = (
    "---",
    "...",
    "# c",
    "? a",
    "    - a",
    "    - a: b",
    "      - - x",
    "      c: d",
    "    a:",
    "    a: b",
    '    A: ""',
    '    A: "\\x7F"',
    '    "a": "\\uD800"',
    '    a: "\\U00110000"',
    "    a: &b c",
    "    a: *b",
    "    a: !!str c",
    "    a: 'b'",
    "    a : b",
    "    <<: a",
    "    - {}",
    "    a: []",
    "  fields:",
    "  headers: {}",
    "  headers:",
    "  notes:",
    "  body: |",
    "  body: |2+",
    "  body: >-",
    "  body_base64: |",
    "  charset: utf-16-le",
    "  newlines: crlf",
    "  layout: indented",
    "  status: 99",
    "response:",
    "request:",
    "number: 0",
    "at: 1",
    "service: um",
    "   ",
    "    ",
    "      ",
)
LINE_EDITS: tuple[Callable[[Random, list[str], int, int], list[str]], ...] = (
    lambda _, lines, at, __: lines[:at] + lines[at + 1 :],
    lambda _, lines, at, other: [*lines[:at], lines[other], *lines[at:]],
    lambda random, lines, at, _: [*lines[:at], random.choice(LINES), *lines[at:]],
    lambda _, lines, at, other: [*lines[:at], lines[other], *lines[at + 1 :]],
    lambda random, lines, at, _: [*lines[:at], " " * random.choice((1, 2, 4)) + lines[at], *lines[at + 1 :]],
    lambda random, lines, at, _: [*lines[:at], lines[at][random.choice((1, 2, 4)) :], *lines[at + 1 :]],
    lambda random, lines, at, _: [*lines[:at], lines[at] + random.choice(ENDS), *lines[at + 1 :]],
    lambda _, lines, at, other: [*lines[:at], *(f"  {line}" for line in lines[at:other]), *lines[max(at, other) :]],
)
ENDS = (" # c", " ", ":", "\t", '"', " : a")


@pytest.fixture(scope="module")
def strict() -> Strict:
    """What the strict reader makes of a document, or None where it refuses it."""

    def read(text: str) -> Interaction | None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(quick, "read", lambda *_: None)
            try:
                return load_interaction(text)
            except (CassetteError, UnicodeEncodeError):  # the latter: libyaml on lone surrogates
                return None

    return read


def _mutant(text: str, random: Random) -> str:
    """`text` after one to three small edits of characters or lines, as a person or a merge might make them."""
    for _ in range(random.randint(1, 3)):
        if random.random() < 0.3:
            place = random.randrange(len(text) + 1)
            text = text[:place] + random.choice(("", *CHARACTERS)) + text[place + random.randrange(2) :]
        else:
            lines = text.split("\n")
            at, other = random.randrange(len(lines)), random.randrange(len(lines))
            text = "\n".join(random.choice(LINE_EDITS)(random, lines, at, other))
    return text


def _outcome(interaction: Interaction) -> Interaction:
    """What came of a request, taken from the whole."""
    response = interaction.response
    known = None if response is None else replace(response, fields={}, notes=())
    return replace(interaction, request=UNREAD, response=known)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_was_dumped_is_read_quickly_and_alike(
    interactions: Interactions, strict: Strict, data: st.DataObject
) -> None:
    """All but keys that are so long that they need two lines."""
    interaction = data.draw(interactions)
    text = dump(interaction)
    found = quick.read(text)
    assert found == interaction or (found is None and "\n    ? " in text)
    assert strict(text) == interaction
    if found is not None:
        assert repr(quick.read_outcome(text.encode())) == repr(_outcome(found))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_what_was_changed_is_left_to_the_strict_reader_or_read_alike(
    interactions: Interactions, strict: Strict, data: st.DataObject, random: Random
) -> None:
    text = dump(data.draw(interactions | st.sampled_from(list(Cassette.open(SAMPLE)))))
    for _ in range(15):
        mutant = _mutant(text, random)
        if (found := quick.read(mutant)) is not None:
            assert repr(found) == repr(strict(mutant))
            assert repr(quick.read_outcome(mutant.encode())) == repr(_outcome(found))


@pytest.mark.parametrize("size", [0, 100, 100_000])
def test_what_came_of_a_request_is_read_alike_however_long_a_quoted_body_is(size: int) -> None:
    text = dump(
        Interaction(
            number=1,
            operation=Operation("GetFolder"),
            request=Request(method="POST", url="https://mail.example.com/a"),
            response=Response(status=200, headers=(("Server", "x"),), body=b"\x01" * size),
        )
    )
    found = quick.read(text)
    assert found is not None
    assert quick.read_outcome(text.encode()) == _outcome(found)


ORDINARY = dump(
    Interaction(
        number=1,
        operation=Operation("GetFolder"),
        request=Request(
            method="POST",
            url="https://mail.example.com/a",
            headers=(("Accept", "a"),),
            body=b"<a>\n b\n</a>\n",
            fields={"one": "two", "three": ["four"]},
        ),
        response=Response(status=200, body=b"x\x00"),
    )
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("---\n", ""),
        ("---\n", "--- # c\n"),
        ("...\n", "...\n# c\n"),
        ("...\n", ""),
        ("\n", "\r\n"),
        ("number: 1\n", "number: 1 # c\n"),
        ("number: 1\n", ""),
        ("number: 1\nat: 0.000\n", "at: 0.000\nnumber: 1\n"),
        ("number: 1\n", "number: '1'\n"),
        ("Folder\n", "Folder\nservice: ews\n"),
        ("one: two", "one: 'two'"),
        ("one: two", "one : two"),
        ("one: two", "one:  two"),
        ("one: two", "one: two "),
        ("one: two", "one: two # c"),
        ("one: two", "one: two\n      three"),
        ("one: two", "one: >-\n      two"),
        ("one: two", "one: two: three"),
        ("one: two", "one:"),
        ("one: two", "one: &a two"),
        ("one: two", "one: !!str two"),
        ("one: two", 'one: "\\u0041\\/"'),
        ("one: two", 'one: "\\uD83D\\uDE00"'),
        ("one: two", "one: {a: b}"),
        ("one: two", "one: two\n    one: two"),
        ("      - four", "    - four"),
        ("      - four", "      -  four"),
        ("      - four", "       - four"),
        ("      - four", "      four"),
        ("      - four", "      - four\n      a: b"),
        ("    Accept: a\n", "    Accept: a\n    Accept: a\n"),
        ("    Accept: a\n", "    Accept:\n"),
        ("    Accept: a\n", '    Accept: "\\r\\n"\n'),
        ("    Accept: a\n", "    a/b: a\n"),
        ("status: 200", "status: 600"),
        ("status: 200", "status: 0200"),
        ("body: |\n", "body: |2\n"),
        ("body: |\n", "body: |+2\n"),
        ("body: |\n", "body: >\n"),
        ("body: |\n    <a>", "body: |\n      <a>"),
        ("     b\n", "   b\n"),
        ("     b\n", "     b\x85\n"),
        ("     b\n", "     b\ufeff\n"),
        ("     b\n", "    \n"),
        ("https://", "file://"),
        ("    </a>\n", "    </a>\n\n"),
    ],
    ids=repr,
)
def test_what_the_writer_would_not_write_is_left_to_the_strict_reader(old: str, new: str) -> None:
    assert quick.read(ORDINARY) is not None
    assert old in ORDINARY
    assert quick.read(ORDINARY.replace(old, new)) is None


@pytest.mark.parametrize("depth", range(MAX_DEPTH - 4, MAX_DEPTH + 1))
@pytest.mark.parametrize("leaf", ["{}", "[]", "a"])
def test_the_limit_of_nesting_is_the_same(strict: Strict, depth: int, leaf: str) -> None:
    nested = "".join(f"\n{'  ' * level}a:" for level in range(2, depth))
    text = ORDINARY.replace("\n    one: two", f"{nested} {leaf}")
    assert quick.read(text) == strict(text)


def test_deep_fields_are_read_as_they_were_cut(strict: Strict) -> None:
    fields: Field = "end"
    for level in range(20):
        fields = [fields, "x"] if level % 2 else {"a": fields, "b": {}}
    request = Request(method="GET", url="https://mail.example.com/", fields={"top": fields})
    text = dump(Interaction(number=1, operation=Operation("GetFolder"), request=request))
    found = quick.read(text)
    assert found is not None
    assert found == strict(text)


# --- halves -----------------------------------------------------------------------------------------------------------


def in_halves(text: str) -> Interaction | None:
    """A document that is read in halves."""
    halves = quick.halves(text.encode("utf-8", "surrogatepass"))
    if halves is None:
        return None
    asked, response = quick.read_asked(halves[0]), quick.read_answered(halves[1]) if halves[1] else None
    if asked is None or (halves[1] and response is None):
        return None
    return replace(asked, response=response)


def without_fields(interaction: Interaction) -> Interaction:
    request, response = interaction.request, interaction.response
    response = None if response is None else replace(response, fields={})
    return replace(interaction, request=replace(request, fields={}), response=response)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_halves_are_read_when_the_whole_is_and_alike(
    interactions: Interactions, data: st.DataObject, random: Random
) -> None:
    text = dump(data.draw(interactions | st.sampled_from(list(Cassette.open(SAMPLE)))))
    for mutant in (text, *(_mutant(text, random) for _ in range(15))):
        whole = quick.read(mutant)
        assert repr(in_halves(mutant)) == repr(whole and without_fields(whole))


def test_a_document_that_is_too_long_for_yaml_has_no_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    document = ORDINARY.encode()
    monkeypatch.setattr(quick, "MAX_SCALAR", len(document))
    assert quick.halves(document) is not None
    monkeypatch.setattr(quick, "MAX_SCALAR", len(document) - 5)
    assert quick.halves(document) is None
