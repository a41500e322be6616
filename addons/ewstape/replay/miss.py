"""Why the tape has no answer for a request.

A miss names the operation, the kind of difference and the place of it. It never shows a value: it goes to logs, to test
output and to the client, and the live request holds people's real data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from ewstape.interaction import Operation
from ewstape.operations import spec_name
from ewstape.replay.canonical import Node


class Reason(StrEnum):
    """What stands between a request and an answer; the value says it in words."""

    NOTHING_RECORDED = "the tape is empty"
    NOT_ON_TAPE = "the tape has no such operation"
    DIFFERENT_CONTENT = "recorded, but with other content"
    USED_UP = "every recorded answer was given, and what changes something is not answered twice"
    OTHER_PHASE = "recorded, but not at this point of the call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A live request that the tape has no answer for."""

    operation: Operation
    reason: Reason
    nearest: int | None = None
    """The number of the recorded interaction that comes nearest, if one was looked for."""
    path: str = ""
    """Where the nearest one first differs, as element names; empty if it does not differ."""

    def __str__(self) -> str:
        """One line for people, free of live values."""
        place = f"; the nearest is interaction {self.nearest}" if self.nearest is not None else ""
        difference = f", and {self.path} differs" if self.path else ""
        return f"no answer on tape for {spec_name(self.operation)}: {self.reason.value}{place}{difference}"


def differences(recorded: Node, live: Node) -> Iterator[str]:
    """The paths at which two requests for the same operation differ, in document order.

    Elements are given by their local names, attributes with an `@`: `Body/PlayOnPhone/ItemId/@Id`.
    """
    for one, other in zip_longest(recorded[3], live[3]):
        yield from _differences(one, other, ())


def _differences(recorded: Node | None, live: Node | None, above: tuple[str, ...]) -> Iterator[str]:
    if recorded == live:
        return
    known = live or recorded
    assert known is not None
    path = (*above, _local(known[0]))
    here = "/".join(path)
    if recorded is None or live is None or recorded[0] != live[0]:
        yield here
        return
    ours, theirs = dict(recorded[1]), dict(live[1])
    yield from (f"{here}/@{_local(name)}" for name in sorted(ours | theirs) if ours.get(name) != theirs.get(name))
    if recorded[2] != live[2]:
        yield here
    for one, other in zip_longest(recorded[3], live[3]):
        yield from _differences(one, other, path)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
