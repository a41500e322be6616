"""Phone calls as lanes on a time axis: from dialling, through the states that polls saw, to the end."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from statistics import median

from ewstape.interaction import Service
from ewstape.operations import is_write
from ewstape.report.calls import Call
from ewstape.report.html.axis import TimeAxis
from ewstape.report.html.values import Entry, Lane, Segment

_LEGIBLE = 0.05
"""The share of a common axis that a call takes, below which it is a mere dot there."""
_ROOM = 2.0
"""How much longer than nine of ten calls the axis of all may be."""

STATES: Mapping[str, str] = {
    "": "dialled",
    "Connecting": "connecting",
    "Alerted": "alerted",
    "Connected": "connected",
    "Disconnected": "ended",
}
"""The class of each state in the style sheet; any other is `other` (t:PhoneCallStateType has nine)."""


def lanes(calls: Iterable[Call], entries: Mapping[int, Entry], hang_ups: Collection[int]) -> tuple[Lane, ...]:
    """A lane for each call.

    Args:
        calls: by when they began.
        entries: the interactions by number.
        hang_ups: the numbers of those by which a client hung up.
    """
    return tuple(_lane(index, call, entries, hang_ups) for index, call in enumerate(calls))


def clock_axis(drawn: Sequence[Lane]) -> TimeAxis:
    """The axis on which the lanes stand where they were recorded."""
    return TimeAxis(min((lane.began for lane in drawn), default=0.0), max((lane.ended for lane in drawn), default=0.0))


def dial_axis(drawn: Sequence[Lane]) -> TimeAxis:
    """The axis on which all lanes begin at the left. It has room for nine of ten; a few that are far longer are cut."""
    lengths = sorted(lane.ended - lane.began for lane in drawn)
    return TimeAxis(0.0, min(lengths[-1], _ROOM * lengths[(len(lengths) - 1) * 9 // 10]) if lengths else 0.0)


def legible_by_clock(drawn: Sequence[Lane]) -> bool:
    """Whether most calls can be made out where they were recorded, or would be dots in a long recording."""
    axis = clock_axis(drawn)
    return median(lane.ended - lane.began for lane in drawn) >= _LEGIBLE * (axis.end - axis.begin)


def _lane(index: int, call: Call, entries: Mapping[int, Entry], hang_ups: Collection[int]) -> Lane:
    own = [entries[number] for number in call.interactions]
    hung_up = min((entry.at for entry in own if entry.number in hang_ups), default=None)
    ended = max(entry.at + entry.took for entry in own) if call.ended_at is None else call.ended_at
    failure = call.failure
    return Lane(
        index=index,
        name=call.name,
        dial_string=call.dial_string,
        service="" if call.service is Service.EWS else str(call.service),
        began=call.started_at,
        ended=max(ended, call.started_at),
        ending=call.ended,
        outcome="failed" if call.failed else "open" if call.ended_at is None else "done",
        reason=", ".join(filter(None, (failure.cause, failure.sip))) if failure else "",
        segments=tuple(_segments(call, ended)),
        hung_up=hung_up,
        polls=sum(not is_write(entry.operation) for entry in own),
    )


def _segments(call: Call, ended: float) -> Iterator[Segment]:
    """From one change of state to the next; what comes after the end is none."""
    begins = [(call.started_at, ""), *((state.at, state.state) for state in call.states if state.at < ended)]
    for (begin, state), (end, _) in zip(begins, [*begins[1:], (ended, "")], strict=True):
        if end > begin:
            yield Segment(state=state, begin=begin, end=end)
