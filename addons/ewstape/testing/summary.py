"""What a test run says at its end about its cassettes. Plain data in, since it may come from another process."""

from collections.abc import Iterator, Sequence
from typing import TypedDict

from ewstape.report.figures import counted

__all__ = ["Outcome", "summary"]

_LISTED = 20


class Outcome(TypedDict):
    """What became of a test's cassette, as JSON can carry it."""

    test: str
    cassette: str
    used: int
    unused: list[int]
    misses: int
    recorded: str
    """What a recording said at its end; empty for a replay."""


def summary(outcomes: Sequence[Outcome], *, unused: bool) -> list[str]:
    """The lines of the section, none if no test used a cassette; `unused` says whether to list what was left unused."""
    return list(_lines(outcomes, unused=unused)) if outcomes else []


def _lines(outcomes: Sequence[Outcome], *, unused: bool) -> Iterator[str]:
    used = sum(one["used"] for one in outcomes)
    total = used + sum(len(one["unused"]) for one in outcomes)
    missed = sum(one["misses"] for one in outcomes)
    cassettes = len({one["cassette"] for one in outcomes})
    yield (
        f"{counted(len(outcomes), 'test')} with {counted(cassettes, 'cassette')}: {used:,} of "
        f"{counted(total, 'interaction')} replayed, {counted(missed, 'request')} had no answer"
    )
    details = [
        *(f"no answer: {one['test']}: {counted(one['misses'], 'request')}" for one in outcomes if one["misses"]),
        *(one["recorded"] for one in outcomes if one["recorded"]),
        *(
            f"unused: {one['cassette']} in {one['test']}: {_numbers(one['unused'])}"
            for one in outcomes
            if unused and one["unused"]
        ),
    ]
    yield from details[:_LISTED]
    if len(details) > _LISTED:
        yield f"and {len(details) - _LISTED} more"


def _numbers(numbers: list[int]) -> str:
    shown = ", ".join(f"#{number}" for number in numbers[:_LISTED])
    return shown + (f" and {len(numbers) - _LISTED} more" if len(numbers) > _LISTED else "")
