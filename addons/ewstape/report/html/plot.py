"""How long interactions took over the time of the recording: points on a plane of linear time and logarithmic latency.

Points of one colour are one path of zero-length lines with round ends, which takes ten characters a point and lets the
browser keep them round however the plane is stretched. Points that would cover one another are drawn once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ewstape.report.html.axis import LogAxis, TimeAxis
from ewstape.report.html.values import Entry, Use

if TYPE_CHECKING:
    from ewstape.interaction import Operation

WIDTH, HEIGHT = 2000, 500
"""Of the plane, in units of its paths: finer than a screen shows."""
_NAMED = 5
"""Operations with a colour of their own; the rest share one."""
_GRAIN = 2


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one colour."""

    name: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The plane and its points."""

    x: TimeAxis
    y: LogAxis
    series: tuple[Series, ...]
    failed: Series
    """Those that went wrong; they are in `series` too."""


def plot(entries: Sequence[Entry], uses: Iterable[Use]) -> Plot:
    """The latency of each interaction when it was recorded; `uses` has the most frequent operation first."""
    x = TimeAxis(0.0, max((entry.at for entry in entries), default=0.0))
    y = LogAxis.around(
        min((entry.took for entry in entries), default=0.0), max((entry.took for entry in entries), default=0.0)
    )
    operations = [use.operation for use in uses]
    named, rest = operations[:_NAMED], set(operations[_NAMED:])
    groups: list[tuple[str, set[Operation]]] = [(str(operation), {operation}) for operation in named]
    if rest:
        groups.append(("others" if len(rest) > 1 else str(next(iter(rest))), rest))
    series = tuple(
        _series(name, [entry for entry in entries if entry.operation in members], x, y) for name, members in groups
    )
    return Plot(x, y, series, _series("failed", [entry for entry in entries if not entry.ok], x, y))


def _series(name: str, entries: Sequence[Entry], x: TimeAxis, y: LogAxis) -> Series:
    points = {
        (
            round(x.at(entry.at) * WIDTH / 100 / _GRAIN) * _GRAIN,
            round((100 - y.at(entry.took)) * HEIGHT / 100 / _GRAIN) * _GRAIN,
        ): None
        for entry in entries
    }
    return Series(name, len(entries), "".join(f"M{left} {top}h0" for left, top in points))
