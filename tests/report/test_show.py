"""A cassette as it is printed: the whole of it for a pipe, and for a terminal of some width."""

from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ewstape.cassette import Cassette, CassetteWriter, Header
from ewstape.interaction import Interaction
from ewstape.redaction import RAW
from ewstape.report.filters import Filter
from ewstape.report.legible import Legible
from ewstape.report.reading import Reading
from ewstape.report.show import show_plain, show_terminal


@pytest.fixture
def cassette(tmp_path: Path) -> Any:
    def write(interactions: Iterable[Interaction], header: Header | None = None) -> Cassette:
        path = tmp_path / "calls.yaml"
        with CassetteWriter(path, header or Header(upstream="https://mail.example.com")) as writer:
            for interaction in interactions:
                writer.write(interaction)
        return Cassette.open(path)

    return write


def plain(recorded: Cassette, wanted: Filter | None = None, *, body: bool = False, calls: bool = True) -> list[str]:
    said: list[str] = []
    show_plain(Legible(recorded, [].append), Reading(wanted or Filter()), said.append, body=body, calls=calls)
    return said


def terminal(
    recorded: Cassette, wanted: Filter | None = None, *, width: int = 80, body: bool = False, colour: bool = False
) -> str:
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=True, color_system="standard" if colour else None, highlight=False
    )
    show_terminal(Legible(recorded, [].append), Reading(wanted or Filter()), console, body=body, calls=True)
    return out.getvalue()


def test_a_pipe_gets_a_line_each_by_number_then_the_calls_then_the_sum(cassette: Any, recorded: Any) -> None:
    said = plain(cassette(recorded))
    assert [line.split()[0] for line in said[:8]] == ["#", "1", "2", "3", "4", "5", "6", "7"]
    assert said[8] == ""
    assert said[9].startswith("call 9a10      1.000  +15550100")
    assert said[-2:] == ["", "7 interactions in 5.58 s; 1 call"]


def test_calls_can_be_left_out(cassette: Any, recorded: Any) -> None:
    assert len(plain(cassette(recorded), calls=False)) == 1 + 7 + 2


def test_a_filter_leaves_rows_out_and_calls_that_have_none(cassette: Any, play: Any, poll: Any) -> None:
    said = plain(cassette([play(1, 0, call="one"), play(2, 1, call="two"), poll(3, 2, "Alerted", call="one")]),
                 Filter(numbers=(range(3, 4),)))  # fmt: skip
    assert [line.split()[0] for line in said if line] == ["#", "3", "call", "call", "call", "call", "1"]
    assert said[-1] == "1 of 3 interactions in 84 ms; 1 call"


def test_a_terminal_gets_a_title_a_table_timelines_and_the_sum(cassette: Any, recorded: Any) -> None:
    header = Header(upstream="https://mail.example.com", recorded="2026-11-23T09:14:07Z", redaction=("urls", "guids"))
    lines = terminal(cassette(recorded, header), width=120).split("\n")
    assert lines[0] == "calls.yaml · recorded 2026-11-23T09:14:07Z · https://mail.example.com · redacted by 2 rules"
    assert lines[2].split() == ["#", "at", "s", "took", "size", "call", "operation", "result"]
    assert [line.split()[0] for line in lines[3:10]] == ["1", "2", "3", "4", "5", "6", "7"]
    assert lines[11].startswith("● 9a10  +15550100")
    assert lines[-2:] == ["7 interactions in 5.58 s; 1 call", ""]


@pytest.mark.parametrize(
    ("redaction", "said"),
    [
        pytest.param((), "calls.yaml", id="hand-written"),
        pytest.param(RAW, "calls.yaml · not redacted", id="raw"),
        pytest.param(
            (*RAW, "urls", "rules:5d0c3a7e", "key:9f2b41c6"), "calls.yaml · redacted by 3 rules", id="digests"
        ),
    ],
)
def test_the_title_says_whether_it_is_redacted(
    cassette: Any, recorded: Any, redaction: tuple[str, ...], said: str
) -> None:
    assert terminal(cassette(recorded, Header(redaction=redaction))).split("\n")[0] == said


def test_a_narrow_title_is_shortened_by_whole_facts(cassette: Any, recorded: Any) -> None:
    header = Header(upstream=f"https://{'a' * 80}.example.com", recorded="2026-11-23T09:14:07Z")
    assert terminal(cassette(recorded, header)).split("\n")[0] == "calls.yaml · recorded 2026-11-23T09:14:07Z"


def test_each_call_has_a_colour_of_its_own_in_row_and_timeline(cassette: Any, play: Any) -> None:
    text = terminal(cassette([play(1, 0, call="one"), play(2, 1, call="two")]), colour=True)
    one, two = (line.partition("● ")[2][:4] for line in text.split("\n")[3:5])
    assert f"\x1b[36m● {one}\x1b[0m" in text
    assert f"\x1b[1;36m● {one}\x1b[0m" in text
    assert f"\x1b[35m● {two}\x1b[0m" in text
    assert f"\x1b[1;35m● {two}\x1b[0m" in text


def test_whom_a_call_is_for_is_said_once_where_it_has_no_column(cassette: Any, play: Any, poll: Any) -> None:
    def for_alice(interaction: Interaction) -> Interaction:
        headers = (("X-AnchorMailbox", "alice@example.com"),)
        return replace(interaction, request=replace(interaction.request, headers=headers))

    recorded = cassette([for_alice(one) for one in (play(1, 0), play(2, 1, call="other"), poll(3, 2, "Alerted"))])
    assert terminal(recorded).count("for alice@example.com") == 2
    assert terminal(recorded, width=160).count("alice@example.com") == 3


def test_bodies_follow_their_row_indented(cassette: Any, recorded: Any) -> None:
    for text in ("\n".join(plain(cassette(recorded), Filter(numbers=(range(6, 7),)), body=True)),):
        assert "-- request  POST https://mail.example.com/EWS/Exchange.asmx, " in text
        assert "\n      <m:DisconnectPhoneCall>\n" in text
        assert "-- response  HTTP 200, " in text


def test_bodies_are_coloured_on_a_terminal_only(cassette: Any, recorded: Any) -> None:
    tape = cassette(recorded)
    assert "\x1b[94;49m<m:DisconnectPhoneCall" in terminal(tape, body=True, colour=True)
    assert "\x1b" not in "".join(plain(tape, body=True))


HOSTILE = "\x1b[2J\x9b\u202e[bold red]x[/]\u2028"


def test_nothing_of_a_cassette_reaches_a_terminal_as_more_than_text(cassette: Any, play: Any) -> None:
    body = f"<a>\u202e\x9b[2J[red]{HOSTILE[5:]}</a>".encode()
    one = play(1, 0)
    one = replace(
        one,
        error=HOSTILE,
        operation=replace(one.operation, name=f"X{HOSTILE}"),
        request=replace(one.request, fields={"dial_string": HOSTILE}, body=body),
        response=replace(one.response, body=body),
    )
    tape = cassette([one, play(2, 1, dial="[red]\u202e1")], Header(upstream=HOSTILE, recorded=HOSTILE))
    for text in (terminal(tape, body=True), "\n".join(plain(tape, body=True))):
        assert all(character.isprintable() or character == "\n" for character in text)
        assert "[bold red]x[/]" in text
        assert r"\u202e" in text


def test_what_stands_beside_a_broken_document_is_printed_with_the_bodies_that_belong_to_it(
    cassette: Any, recorded: Any
) -> None:
    tape = cassette(recorded)
    whole = plain(tape, body=True)
    text = tape.path.read_text()
    numbers = [one.number for one in tape]
    for broken in (numbers[1], numbers[-1]):
        text = text.replace(f"number: {broken}\n", f"number: {broken} x\n")
    tape.path.write_text(text)
    left = Cassette.open(tape.path)
    rows = [line.split()[0] for line in plain(left, calls=False)[1:-2]]
    assert rows == [str(number) for number in sorted(numbers) if number not in {numbers[1], numbers[-1]}]
    assert set(plain(left, body=True, calls=False)[:-1]) <= set(whole)
    assert f"{len(rows)} interactions in " in terminal(left)


def test_a_cassette_without_interactions_is_shown_as_such(cassette: Any) -> None:
    tape = cassette([])
    assert plain(tape)[-1] == "0 interactions"
    assert "0 interactions" in terminal(tape)


class Endless(list[Interaction]):
    """A cassette that is far longer than anybody reads."""

    def __init__(self, recorded: Cassette) -> None:
        super().__init__(recorded[:])
        self.header, self.path, self.read = recorded.header, recorded.path, 0

    def last(self) -> Interaction:
        return self[-1]

    def __iter__(self) -> Any:
        for one in super().__iter__():
            while True:
                self.read += 1
                yield replace(one, number=self.read)


class Enough(Exception):  # noqa: N818  it is none
    """The reader goes away."""


def test_rows_are_printed_while_the_cassette_is_read(cassette: Any, recorded: Any) -> None:
    endless: Any = Endless(cassette(recorded))

    def say(line: str) -> None:
        if line.startswith("     5 "):
            raise Enough

    with pytest.raises(Enough):
        show_plain(endless, Reading(Filter()), say, body=False, calls=True)
    assert endless.read == 5

    class Terminal(StringIO):
        def write(self, text: str) -> int:
            if " 5  " in text:
                raise Enough
            return len(text)

    endless.read = 0
    with pytest.raises(Enough):
        show_terminal(endless, Reading(Filter()), Console(file=Terminal(), width=80), body=False, calls=True)
    assert endless.read == 64
