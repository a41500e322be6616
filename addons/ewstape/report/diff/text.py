"""A difference for people: what is true throughout, then thread by thread what differs, as short as it can be said.

Left is `-` and red, right is `+` and green, as in any diff, and colour never says what a sign does not. A terminal gets
lines folded under their indentation; a pipe gets them whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ewstape.operations import spec_name
from ewstape.report.calls import Call
from ewstape.report.diff.difference import Change, Difference, Pair, Thread, Throughout
from ewstape.report.escape import escape
from ewstape.report.figures import counted

__all__ = ["Side", "show"]

_LEFT, _RIGHT, _CHANGED, _QUIET = "red", "green", "yellow", "dim"
_LONGEST = 240
"""Characters of a value that are shown."""
_LEAD = 30
"""How many of what both values begin with, where they differ further on."""
_MOST_CHANGES = 12
"""Fields of one pair that are listed."""
_WIDTH = 80
"""What a line may hold in a pipe before a change is put on lines of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What the heading says of a recording."""

    name: str
    recorded: str = ""
    upstream: str = ""


type _Line = tuple[int, Text]
"""Its indentation, and the line."""


def show(difference: Difference, left: Side, right: Side, console: Console) -> None:
    """Print it; the console decides on colour and width."""
    width = min(console.width, _WIDTH) if not console.is_terminal else console.width
    for indentation, line in _lines(difference, left, right, width):
        if console.is_terminal:
            console.print(Padding(line, (0, 0, 0, indentation)), overflow="fold")
        else:
            console.file.write(f"{' ' * indentation}{line.plain}\n")  # rich would end the process if nobody reads
    console.file.flush()


def _lines(difference: Difference, left: Side, right: Side, width: int) -> Iterator[_Line]:
    yield 0, _heading("-", _LEFT, left, difference.left_count)
    yield 0, _heading("+", _RIGHT, right, difference.right_count)
    yield 0, Text(_summary(difference), style="bold")
    for note in _notes(difference):
        yield 0, Text(note, style=_QUIET)
    if difference.throughout:
        yield 0, Text()
        yield 0, Text("throughout", style="bold")
        for one in difference.throughout:
            yield from _throughout(one, width)
    for thread in difference.threads:
        yield 0, Text()
        yield from _thread(thread, width)


def _heading(sign: str, style: str, side: Side, count: int) -> Text:
    facts = (counted(count, "interaction"), side.recorded, side.upstream.partition("://")[2])
    return _joined(
        [Text(f"{sign} {escape(side.name)}", style=style), Text(f"  {escape(', '.join(filter(None, facts)))}")]
    )


def _summary(difference: Difference) -> str:
    if not difference:
        return "no difference"
    pairs = difference.pairs
    missing = sum(pair.right is None for pair in pairs)
    added = sum(pair.left is None for pair in pairs)
    counts = {
        "changed": len(pairs) - missing - added,
        "missing on the right": missing,
        "added on the right": added,
        "equal": difference.equal,
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count or what == "equal")


def _notes(difference: Difference) -> Iterator[str]:
    repeats = difference.left_repeats, difference.right_repeats
    if any(repeats):
        yield f"polls that brought nothing new are left out: {repeats[0]} and {repeats[1]}"
    if difference.redacted_differently:
        yield "redacted differently: a pseudonym may stand for any one value"


def _throughout(one: Throughout, width: int) -> Iterator[_Line]:
    first_left, first_right = one.pairs[0]
    count = f"{counted(len(one.pairs), 'interaction')}, first #{first_left} / #{first_right}"
    yield from _change(one.change, 2, width, count)


def _thread(thread: Thread, width: int) -> Iterator[_Line]:
    yield 0, _title(thread)
    yield from _changes(thread.changes, 2, width)
    for pair in thread.pairs:
        yield from _pair(pair, width)


def _title(thread: Thread) -> Text:
    left, right = thread.left_call, thread.right_call
    if not thread.is_call:
        return Text("outside calls", style="bold")
    if left is None or right is None:
        call, sign, style, where = (left, "- ", _LEFT, "left") if left else (right, "+ ", _RIGHT, "right")
        return Text(f"{sign}{_called(call)}  only on the {where}", style=f"bold {style}")
    names = _called(left) if _called(left) == _called(right) else f"{_called(left)} / {_called(right)}"
    return Text(names, style="bold")


def _called(call: Call | None) -> str:
    return " ".join(filter(None, ("call", call.name, escape(call.dial_string)))) if call else ""


def _pair(pair: Pair, width: int) -> Iterator[_Line]:
    documented = spec_name(pair.operation)
    name = escape(str(pair.operation) + (f" ({documented})" if documented != pair.operation.name else ""))
    if pair.right is None:
        yield 2, Text(f"- #{pair.left}  {name}  {escape(pair.left_result)}", style=_LEFT)
        return
    if pair.left is None:
        yield 2, Text(f"+ #{pair.right}  {name}  {escape(pair.right_result)}", style=_RIGHT)
        return
    line = Text(f"~ #{pair.left} / #{pair.right}  {name}", style=_CHANGED)
    if pair.left_result != pair.right_result:
        line += Text(f"  {escape(pair.left_result)} -> {escape(pair.right_result)}", style=_CHANGED)
    if pair.moved:
        line += Text("  moved", style=_CHANGED)
    yield 2, line
    yield from _changes(pair.changes, 6, width)


def _changes(changes: tuple[Change, ...], indentation: int, width: int) -> Iterator[_Line]:
    for change in changes[:_MOST_CHANGES]:
        yield from _change(change, indentation, width)
    if len(changes) > _MOST_CHANGES:
        yield indentation, Text(f"and {len(changes) - _MOST_CHANGES} more fields; --json has all", style=_QUIET)


def _change(change: Change, indentation: int, width: int, remark: str = "") -> Iterator[_Line]:
    """One line where it fits: `path: before -> after`; else the values on lines of their own."""
    path, remark = escape(change.path), "; ".join(map(escape, filter(None, (change.note, remark))))
    before, after = _excerpts(change.before, change.after)
    told = [(sign, style, value) for sign, style, value in (("-", _LEFT, before), ("+", _RIGHT, after)) if value]
    if before is not None and after is not None:
        short = [Text(f"{path}: "), Text(before, style=_LEFT), Text(" -> "), Text(after, style=_RIGHT)]
    else:
        short = [Text(f"{sign} {path}: {value}", style=style) for sign, style, value in told]
    if remark and indentation + sum(map(len, short)) + len(remark) + 4 <= width:
        short.append(Text(f"  ({remark})", style=_QUIET))
        remark = ""
    if indentation + sum(map(len, short)) <= width:
        yield indentation, _joined(short)
    else:
        yield indentation, Text(path)
        for sign, style, value in told:
            yield indentation + 2, Text(f"{sign} {value}", style=style)
    if remark:
        yield indentation + 2, Text(remark, style=_QUIET)


def _joined(parts: Iterable[Text]) -> Text:
    line = Text()
    for part in parts:
        line.append_text(part)
    return line


def _excerpts(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Both values, escaped; of long ones the piece where they begin to differ."""
    start = 0
    if before and after and max(len(before), len(after)) > _LONGEST:
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
        start = max(0, alike - _LEAD)
    return _excerpt(before, start), _excerpt(after, start)


def _excerpt(value: str | None, start: int) -> str | None:
    if value is None:
        return None
    piece = value[start : start + _LONGEST]
    text = f"{'...' if start else ''}{escape(piece)}{'...' if len(value) > start + _LONGEST else ''}"
    return text or '""'
