"""A cassette as `ewstape show` prints it: rows while they are read, then the calls, then a line that sums up."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from rich.console import Console
from rich.text import Text

from ewstape.interaction import Interaction, Message
from ewstape.redaction import RAW
from ewstape.report.bodies import body_text, coloured
from ewstape.report.escape import escape
from ewstape.report.figures import counted
from ewstape.report.legible import Legible
from ewstape.report.ordering import by_number
from ewstape.report.reading import Reading
from ewstape.report.row import Row, row
from ewstape.report.table import CALL_STYLES, columns, heading, lines, plain_heading, plain_line
from ewstape.report.timeline import plain_timeline, timeline

_SAMPLE = 64
"""Rows that the widths of the table are chosen from."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row that waits for its turn: small, so the bodies are read again when they are to be shown."""

    row: Row
    style: str
    index: int


def show_terminal(recorded: Legible, reading: Reading, console: Console, *, body: bool, calls: bool) -> None:
    """Print for a terminal, in as many columns as it has, in its own colours.

    Raises:
        CassetteError: the file cannot be read any more; what stands before is printed.
    """
    stream = _stream(recorded, reading)
    first = list(islice(stream, _SAMPLE))
    known = [line.row for _, line in first if line]
    table = columns(known, row(last) if (last := recorded.last()) else None, console.width)
    _print(console, [_title(recorded, console.width), Text(), *heading(table)])
    told: dict[str, str] = {}  # for whom each call is, which is said once where it has no column
    for line in by_number(chain(first, stream)):
        if line is None:
            continue
        known_who = not table.who and told.get(line.row.call) == line.row.who
        told[line.row.call] = line.row.who
        _print(console, lines(replace(line.row, who="") if known_who else line.row, line.style, table))
        if body:
            _print(console, _bodies(recorded[line.index], coloured))
    if calls:
        for place, call in reading.calls():
            _print(console, [Text(), *timeline(call, _style(place), console.width)])
    _print(console, [Text(), Text(reading.summary(), "bold")])


def show_plain(recorded: Legible, reading: Reading, say: Callable[[str], object], *, body: bool, calls: bool) -> None:
    """The same for a pipe: a line each, whatever the width, and nothing but text.

    Raises:
        CassetteError: the file cannot be read any more; what stands before is printed.
    """
    ordered = by_number(_stream(recorded, reading))
    first = list(islice(ordered, 1))  # a cassette that cannot be read has no heading
    say(plain_heading())
    for line in filter(None, chain(first, ordered)):
        say(plain_line(line.row))
        if body:
            for text in _bodies(recorded[line.index], Text):
                say(text.plain)
    for _, call in reading.calls() if calls else ():
        say("")
        for told in plain_timeline(call):
            say(told)
    say("")
    say(reading.summary())


def _stream(recorded: Iterable[Interaction], reading: Reading) -> Iterator[tuple[int, _Line | None]]:
    for index, (interaction, place, wanted) in enumerate(reading.of(recorded)):
        yield interaction.number, _Line(row(interaction), _style(place), index) if wanted else None


def _style(place: int | None) -> str:
    return "" if place is None else CALL_STYLES[place % len(CALL_STYLES)]


def _title(recorded: Legible, width: int) -> Text:
    header = recorded.header
    facts = (
        f"recorded {header.recorded}" if header.recorded else "",
        header.upstream,
        _redacted(header.redaction),
    )
    title = Text().append(escape(recorded.path.name), "bold")
    for fact in filter(None, facts):
        more = Text(f" · {escape(fact)}", "dim")
        if title.cell_len + more.cell_len <= width:
            title.append_text(more)
    return title


def _redacted(redaction: Sequence[str]) -> str:
    rules = {rule for rule in redaction if not rule.startswith(("rules:", "key:"))}  # which are digests beside them
    if rules <= set(RAW):
        return "not redacted" if rules else ""  # a hand-written one need not say
    return f"redacted by {counted(len(rules), 'rule')}"


def _bodies(interaction: Interaction, look: Callable[[str], Text]) -> Iterator[Text]:
    request, response = interaction.request, interaction.response
    messages: list[tuple[str, Message]] = [(f"request  {request.method} {request.url}", request)]
    if response is not None:
        messages.append((f"response  HTTP {response.status}", response))
    for which, message in messages:
        yield Text(f"  -- {escape(which)}, {counted(len(message.body), 'byte')}", "dim")
        for line in look(body_text(message)).split("\n"):
            yield Text("  ").append_text(line)
    yield Text()


def _print(console: Console, texts: Iterable[Text]) -> None:
    for text in texts:
        console.print(text, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
