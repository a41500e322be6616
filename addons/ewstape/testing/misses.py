"""A miss in several lines, for the output of a test: what comes near on tape, where it differs, what to try."""

from collections.abc import Iterator

from ewstape.operations import spec_name
from ewstape.replay import Miss
from ewstape.replay.miss import Difference
from ewstape.report.escape import escape

__all__ = ["miss_report"]

_SHOWN = 8
"""Differences of one interaction that are listed."""


def miss_report(miss: Miss) -> list[str]:
    """The lines, free of live values that identify somebody or something."""
    said = [f"no answer on tape for {escape(spec_name(miss.operation))}: {miss.reason.value}"]
    for near in miss.nearest:
        said.append(
            f"  interaction {near.number}{' (used up)' if near.used_up else ''}" + (":" * bool(near.differences))
        )
        for difference in near.differences[:_SHOWN]:
            said.extend(f"    {escape(line)}" for line in _lines(difference))
        if (more := len(near.differences) - _SHOWN) > 0:
            said.append(f"    and {more} more")
    said.append(f"  what to try: {miss.what_to_try}")
    return said


def _lines(difference: Difference) -> Iterator[str]:
    yield difference.path + (f" ({difference.why})" if difference.why else "")
    for side, value in (("recorded", difference.recorded), ("live", difference.live)):
        shown = difference.shown(value, show_live=False)
        yield f"  {side + ':':<10}{'(nothing)' if shown is None else shown}"
