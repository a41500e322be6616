"""What a comparison of two recordings finds, as plain values. Texts are the traffic's own, not escaped."""

from dataclasses import dataclass

from ewstape.interaction import Operation
from ewstape.report.calls import Call


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs."""

    path: str
    """Where: `request.dial_string`, `response/RootFolder/Items/Message[2]/Subject`."""
    before: str | None
    """On the left; `None` if the field is not there."""
    after: str | None
    """On the right; `None` if the field is not there."""
    note: str = ""
    """In words, where the two values do not say it: for identifiers, which ones they stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An interaction of the left with the one that stands for it on the right; or one without the other."""

    operation: Operation
    left: int | None
    """Its number; `None` if the right has it and the left has not."""
    right: int | None
    left_result: str = ""
    right_result: str = ""
    changes: tuple[Change, ...] = ()
    moved: bool = False
    """It is at another place in its thread."""

    @property
    def differs(self) -> bool:
        """Whether there is anything to say about it."""
        return bool(self.changes) or self.moved or self.left is None or self.right is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What belongs together: a phone call, or all that is about no call."""

    left_call: Call | None = None
    right_call: Call | None = None
    is_call: bool
    pairs: tuple[Pair, ...] = ()
    """Those that differ, in order."""
    changes: tuple[Change, ...] = ()
    """Of the call as a whole: the states that it walked, how it ended, how often it was asked about."""


@dataclass(frozen=True, slots=True)
class Throughout:
    """A change that many interactions have in common."""

    change: Change
    pairs: tuple[tuple[int, int], ...]
    """The numbers of the interactions, left and right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that differs between two recordings."""

    left_count: int
    right_count: int
    """How many interactions they have."""
    left_repeats: int = 0
    right_repeats: int = 0
    """How many of these are polls of a call that brought nothing new, and were left out."""
    equal: int
    """How many pairs say the same, what is said once for all of them aside."""
    throughout: tuple[Throughout, ...] = ()
    threads: tuple[Thread, ...] = ()
    """Those in which anything differs."""
    redacted_differently: bool = False
    """So that pseudonyms were taken for the values they may stand for."""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.throughout or self.threads)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs that differ."""
        return tuple(pair for thread in self.threads for pair in thread.pairs)
