"""A phone call as a timeline: what it went through, how long each lasted, how it ended and why.

On a terminal each stretch has its piece of a bar, one below the other, so that the whole reads as a staircase. In a
pipe each line begins with the call's name, so that `grep` finds a whole call by it.
"""

from collections.abc import Iterator

from rich.text import Text

from ewstape.report.call import Call, Span
from ewstape.report.escape import escape
from ewstape.report.figures import duration
from ewstape.report.table import folded

_AT, _LASTS, _NAME = 12, 10, 14
_TEXTS = _AT + _LASTS + _NAME + 6
"""Cells of a line before its bar: time, duration, state."""
_LONGEST = 72
_LEAST = 8
_ENDING = 36
"""Cells below which no ending stands beside its time."""


def timeline(call: Call, style: str, width: int) -> Iterator[Text]:
    """The lines for a terminal of `width` columns. `style` is that of the call in the table."""
    yield Text.assemble(
        (f"● {call.name}" if call.placed else "○ ----", f"bold {style}" if call.placed else "dim"),
        ("  "),
        (escape(call.dial_string), "bold") if call.dial_string else ("not dialled in this recording", "dim"),
        (f"  {_numbers(call)}", "dim"),
    )
    room = min(width - _TEXTS, _LONGEST)
    spans = call.spans()
    for span in spans:
        line = Text.assemble(
            (f"{span.begins:{_AT}.3f}", "dim"),
            f"{duration(span.lasts) if span.lasts else '':>{_LASTS}}",
            (f"  {escape(span.name):<{_NAME}}", style),
        )
        if room >= _LEAST:
            line.append("  ").append_text(_bar(span, spans, room, style))
        yield line
    yield from _end(call, width)


def plain_timeline(call: Call) -> Iterator[str]:
    """The lines for a pipe: name, when, how long, what; times in seconds."""
    name = f"call {call.name or '----'}"
    yield f"{name}  {call.started_at:9.3f}  {escape(call.dial_string) or '-'}"
    for span in call.spans():
        yield f"{name}  {span.begins:9.3f}  {span.lasts:9.3f}  {escape(span.name)}"
    at = f"{call.ended_at:9.3f}" if call.ended_at is not None else " " * 9
    yield f"{name}  {at}  {'':9}  {_ending(call)}"


def _end(call: Call, width: int) -> Iterator[Text]:
    at = f"{call.ended_at:{_AT}.3f}" if call.ended_at is not None else " " * (_AT)
    mark, style = ("✗", "bold red") if call.failed else ("■", "") if call.ended_at is not None else ("…", "bold")
    before = Text.assemble((at, "dim"), " " * _LASTS)
    if width - before.cell_len < _ENDING:  # then it stands in a line of its own
        before.rstrip()
        if before:
            yield before
        before = Text()
    indent = before.cell_len + 4
    first, *more = folded(_ending(call), width - indent) or [""]
    yield before.append(f"  {mark} {first}", style)
    for piece in more:
        yield Text.assemble(" " * indent, (piece, style))


def _ending(call: Call) -> str:
    """How it ended, with the failure cause and the SIP response where there was one."""
    failure = call.failure
    why = ", ".join(filter(None, (failure.cause, failure.sip))) if failure else ""
    return escape(f"{call.ended} ({why})" if why else call.ended)


def _numbers(call: Call) -> str:
    first, last = call.interactions[0], call.interactions[-1]
    return f"#{first}" if first == last else f"#{first} to #{last}"


def _bar(span: Span, spans: tuple[Span, ...], room: int, style: str) -> Text:
    """The piece of the call's bar that is this stretch: as wide as its part of the whole, and a cell at least."""
    begin, end = spans[0].begins, spans[-1].ends
    whole = end - begin or 1.0
    first = min(round((span.begins - begin) / whole * room), room - 1)
    cells = max(round((span.ends - begin) / whole * room) - first, 1)
    solid = span.name == "Connected"
    return Text(" " * first).append(("━" if solid else "─") * cells, style)
