"""Axes: where a value stands, in percent, and where the ticks are. Ticks are at round values and show their unit."""

import math
from dataclasses import dataclass

from ewstape.report.html.words import span

_STEPS = (
    *(10.0**power * step for power in range(-3, 1) for step in (1, 2, 5)),
    *(10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 43200.0, 86400.0),
)

_ROUND = tuple(10.0**power * step for power in range(-3, 7) for step in (1, 2, 5))
_LEAST = 0.001
_FEW = 3
_NEAR = 1e-9
_SLACK = 1 + _NEAR


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    percent: str
    """Where: a number for an SVG percentage."""
    label: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Seconds from `begin` to `end`, left to right."""

    begin: float
    end: float

    def at(self, seconds: float) -> float:
        """Where a time stands, in percent of the width; never beside the axis."""
        return min(max(100 * (seconds - self.begin) / ((self.end - self.begin) or 1), 0.0), 100.0)

    def ticks(self, most: int = 7) -> tuple[Tick, ...]:
        """At most about so many."""
        length = (self.end - self.begin) or 1
        step = next((step for step in _STEPS if length / step <= most), 86400.0 * math.ceil(length / most / 86400))
        first = math.ceil(self.begin / step - 1e-9)
        count = math.floor(self.end / step + 1e-9) - first + 1
        return tuple(Tick(f"{self.at(time):.3f}", _label(time, step)) for time in _multiples(first, count, step))


@dataclass(frozen=True, slots=True)
class LogAxis:
    """Seconds on a logarithmic scale; `low` and `high` are powers of ten."""

    low: float
    high: float

    @classmethod
    def around(cls, least: float, most: float) -> "LogAxis":
        """The nearest of 1, 2, 5, 10, ... between which values lie, from a millisecond on."""
        least, most = max(least, _LEAST), max(most, _LEAST)
        low = max(step for step in _ROUND if step <= least * _SLACK)
        high = next((step for step in _ROUND if step * _SLACK >= most and step > low), most)
        return cls(math.log10(low), math.log10(high))

    def at(self, seconds: float) -> float:
        """Where a value stands, in percent of the length; what is below the axis stands at its foot."""
        power = math.log10(seconds) if seconds > 0 else self.low
        return min(max(100 * (power - self.low) / (self.high - self.low), 0.0), 100.0)

    def ticks(self) -> tuple[Tick, ...]:
        """The powers of ten, and what lies between where those are few."""
        steps = [step for step in _ROUND if self.low - _NEAR <= math.log10(step) <= self.high + _NEAR]
        decades = [step for step in steps if math.log10(step) % 1 < _NEAR or math.log10(step) % 1 > 1 - _NEAR]
        shown = decades if len(decades) >= _FEW else steps
        return tuple(
            Tick(f"{self.at(step):.3f}", f"{step * 1000:.0f} ms" if step < 1 else f"{step:,.0f} s") for step in shown
        )


def _multiples(first: int, count: int, step: float) -> tuple[float, ...]:
    return tuple(step * place for place in range(first, first + count))


def _label(seconds: float, step: float) -> str:
    if seconds < 60:  # noqa: PLR2004  a minute
        digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
        return f"{seconds:.{digits}f} s"
    return span(seconds)
