"""What counts as a difference, as far as users decide it."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

__all__ = ["Options", "Threshold"]

_INDEX = re.compile(r"\[\d+\]")
_STEPS = re.compile(r"[./]@?")
_THRESHOLD = re.compile(r"(?!$)(?:([0-9]+(?:\.[0-9]+)?)x(?:/(?!$)|$))?(?:([0-9]+(?:\.[0-9]+)?)(ms|s))?")


@dataclass(frozen=True, slots=True)
class Threshold:
    """From when on a change of an interaction's duration counts: both must be reached."""

    factor: float = 1.0
    seconds: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """`2x`, `500ms`, `1.5s`, or both with a slash between.

        Raises:
            ValueError: it is none of these.
        """
        match = _THRESHOLD.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a threshold such as 2x, 500ms or 2x/500ms")
        seconds = float(match[2] or 0) / (1000 if match[3] == "ms" else 1)
        return cls(float(match[1] or 1), seconds)

    def exceeded(self, left: float, right: float) -> bool:
        """Whether one took so much longer than the other."""
        shorter, longer = sorted((left, right))
        return longer > shorter and longer >= shorter * self.factor and longer - shorter >= self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What counts as a difference."""

    timing: Threshold | None = None
    """`None`: durations do not count."""
    polls: bool = False
    """Whether it counts how often a call was asked about without news."""
    ignore: tuple[str, ...] = ()
    """Patterns (`*`, `?`) of fields that do not count: of the whole path without indices, or of any step of it."""
    redacted_differently: bool = False
    """One side holds pseudonyms where the other has values, or pseudonyms of another key."""

    def counts(self, path: str) -> bool:
        """Whether a difference in this field counts."""
        plain = _INDEX.sub("", path)
        names = (plain, *_STEPS.split(plain))
        return not any(fnmatchcase(name, pattern) for pattern in self.ignore for name in names)
