"""Which interactions are shown: by operation, call, time, number and outcome. All that is given must be true.

What people type is read here too, so that every command that filters reads it alike.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from math import inf

from ewstape.interaction import Interaction, Operation
from ewstape.operations import spec_name
from ewstape.report.calls import call_of, short_name, state_of
from ewstape.report.result import result_of

__all__ = ["Filter", "failed", "numbers", "seconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What an interaction must be to be shown; without arguments, anything."""

    operations: tuple[str, ...] = ()
    """Names on the wire or in the specification, with `*`, `?` and `[...]`; in any case. One of them must fit."""
    call: str = ""
    """A PhoneCallId, or the short name that stands for it."""
    errors: bool = False
    """Only what `failed`."""
    since: float = 0.0
    """Seconds from the beginning of the recording to the earliest beginning of a request."""
    until: float = inf
    """The same to the latest."""
    numbers: tuple[range, ...] = ()
    """One of them must hold the interaction's number."""
    also: Callable[[Interaction], bool] | None = None
    """A test of some other kind; asked last."""

    def __call__(self, interaction: Interaction) -> bool:
        """Whether an interaction that is `decoded` is to be shown."""
        return (
            self.since <= interaction.at <= self.until
            and (not self.numbers or any(interaction.number in wanted for wanted in self.numbers))
            and (not self.operations or _is_named(interaction.operation, self.operations))
            and (not self.call or _is_of_call(interaction, self.call))
            and (not self.errors or failed(interaction))
            and (self.also is None or self.also(interaction))
        )


def failed(interaction: Interaction) -> bool:
    """Whether something went wrong: the request was refused or lost, or it found its call to have failed."""
    state = state_of(interaction)
    return not result_of(interaction).ok or bool(state and state.cause)


@lru_cache(maxsize=1024)
def _is_named(operation: Operation, patterns: Sequence[str]) -> bool:
    names = {str(operation).lower(), operation.name.lower(), spec_name(operation).lower()}
    return any(fnmatchcase(name, pattern.lower()) for name in names for pattern in patterns)


def _is_of_call(interaction: Interaction, call: str) -> bool:
    call_id = call_of(interaction)
    return bool(call_id) and (call_id == call or short_name(call_id) == call.lower())


_SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_PART = r"(\d+(?:\.\d+)?) ?(ms|s|min|m|h|)"
_DURATION = re.compile(rf"{_PART}(?: ?{_PART})*", re.ASCII)


def seconds(text: str, after: float = 0.0) -> float:
    """What a time is in seconds: `90`, `90s`, `1m30s`, `250 ms`; with `+` before it, counted from `after`.

    Raises:
        ValueError: it is no time.
    """
    from_there = text.startswith("+")
    duration = text.removeprefix("+").strip().lower()
    if not _DURATION.fullmatch(duration):
        raise ValueError(f"{text!r} is no time: write 90, 1m30s, or +10s for one counted from --since")
    total = sum(float(count) * _SECONDS[unit] for count, unit in re.findall(_PART, duration, re.ASCII))
    return total + after if from_there else total


_NUMBERS = re.compile(r"(\d{1,15})(-?)(\d{0,15})", re.ASCII)
_BEYOND = 10**15 + 1


def numbers(text: str) -> range:
    """The numbers that `7`, `7-12` and `7-` stand for.

    Raises:
        ValueError: it is none of these.
    """
    match = _NUMBERS.fullmatch(text)
    if match is None or (match[3] and (not match[2] or int(match[3]) < int(match[1]))):
        raise ValueError(f"{text!r} is no number of an interaction: write 7, 7-12, or 7- for all from there")
    first = int(match[1])
    if not match[2]:
        return range(first, first + 1)
    return range(first, int(match[3]) + 1 if match[3] else _BEYOND)
