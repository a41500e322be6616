"""Why the tape has no answer for a request, in words and as data.

A miss goes to logs, to test output and to the client, and the live request holds people's real data. So a value that
identifies somebody or something, and any text, is shown as its kind and length only, unless asked for.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from ewstape.interaction import Operation
from ewstape.operations import spec_name
from ewstape.replay.canonical import Canonical


class Reason(StrEnum):
    """What stands between a request and an answer; the value says it in words."""

    NOTHING_RECORDED = "the tape is empty"
    NOT_ON_TAPE = "the tape has no such operation"
    DIFFERENT_CONTENT = "recorded, but with other content"
    USED_UP = "every recorded answer was given"
    OTHER_PHASE = "recorded, but not at this point of the call"


_WHAT_TO_TRY = {
    Reason.NOTHING_RECORDED: "record something first, or name another cassette",
    Reason.NOT_ON_TAPE: "record the operation, or replay with the mode new_episodes",
    Reason.DIFFERENT_CONTENT: "send what was recorded at the places that differ, or record this request",
    Reason.USED_UP: "rewind the tape between runs, or record as many of these requests as the client sends",
    Reason.OTHER_PHASE: "place the call first, and ask in the order of the recording; or record this order",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place at which a recorded request and the live one do not fit."""

    path: str
    """Local names from the SOAP envelope's part down, attributes with an `@`: `Body/PlayOnPhone/ItemId/@Id`."""
    recorded: str | None = field(default=None, repr=False)
    """What is recorded; `None` if nothing is there."""
    live: str | None = field(default=None, repr=False)
    """What the client sent; `None` if nothing is there."""
    kind: str = ""
    """What the values are, if they are not to be shown: `phone call id`, `text`."""
    why: str = ""
    """For identifiers, which need not be equal: why these cannot stand for one another."""

    def shown(self, value: str | None, *, show_live: bool) -> str | None:
        """A value as it may be shown to people."""
        if value is None or not self.kind or show_live:
            return value
        return f"<{self.kind}, {len(value)} characters>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A recorded interaction that comes near to the live request."""

    number: int
    used_up: bool = False
    """Whether it was given as an answer, as were all others for the same request."""
    differences: tuple[Difference, ...] = ()
    """Why it is no answer; empty if the content fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A live request that the tape has no answer for."""

    operation: Operation
    reason: Reason
    nearest: tuple[Near, ...] = ()
    """Up to three, the nearest first."""
    live: Canonical | None = field(default=None, compare=False, repr=False)
    """The request."""

    @property
    def what_to_try(self) -> str:
        """The way out, in words."""
        return _WHAT_TO_TRY[self.reason]

    def __str__(self) -> str:
        """One line for people, free of live values."""
        said = f"no answer on tape for {spec_name(self.operation)}: {self.reason.value}"
        if not self.nearest:
            return said
        near = self.nearest[0]
        said = f"{said}; the nearest is interaction {near.number}"
        if not near.differences:
            return said
        difference = near.differences[0]
        return f"{said}, and {difference.path} differs{f' ({difference.why})' if difference.why else ''}"

    def to_dict(self, *, show_live: bool = False) -> dict[str, object]:
        """Plain data for a report; with `show_live`, also the values that identify somebody or something."""
        return {
            "operation": str(self.operation),
            "reason": self.reason.value,
            "what_to_try": self.what_to_try,
            "nearest": [
                {
                    "number": near.number,
                    "used_up": near.used_up,
                    "differences": [_plain(difference, show_live=show_live) for difference in near.differences],
                }
                for near in self.nearest
            ],
        }


def _plain(difference: Difference, *, show_live: bool) -> dict[str, object]:
    plain: dict[str, object] = {
        "path": difference.path,
        "recorded": difference.shown(difference.recorded, show_live=show_live),
        "live": difference.shown(difference.live, show_live=show_live),
    }
    return plain | ({"why": difference.why} if difference.why else {})


_HARMLESS = re.compile(r"true|false|\d{1,6}")
_WORDS = frozenset({"BaseShape", "BodyType", "GreetingType", "DeleteType", "EventType", "FreeBusyView", "FolderClass"})
"""Elements whose text is a word of the schema."""


def kind_of_text(element: str, *values: str | None) -> str:
    """The kind of an element's text that is no identifier; empty if it says nothing about anybody."""
    return "" if element in _WORDS or all(not value or _HARMLESS.fullmatch(value) for value in values) else "text"
