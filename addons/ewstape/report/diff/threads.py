"""A recording cut into threads: each phone call is one, and all that is about no call is another.

One pass over the interactions. Of each only digests, identifiers and what tells its call are kept, so that big
recordings fit; whoever needs the content reads it again.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import NamedTuple

from ewstape.interaction import Interaction, Operation
from ewstape.operations import lookup
from ewstape.report.calls import Call, calls
from ewstape.report.decoded import decoded
from ewstape.report.diff.node import digest, identifiers, split
from ewstape.report.diff.tree import Matter, Reading, request_matter, response_matter
from ewstape.report.result import result_of

__all__ = ["Advance", "Entry", "Recorded", "RecordedThread", "read"]

type Advance = Callable[[int], object]
"""Told how many interactions were dealt with since it was last told."""

_SMALL = 16 * 1024
"""Bytes of the largest body whose message is remembered."""
_REMEMBERED = 1024
"""Messages that are remembered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of an interaction."""

    index: int
    """In the sequence that it came from."""
    number: int
    operation: Operation
    asked: bytes
    """The digest of the request's content, without versions and the like."""
    answered: bytes
    """The digest of the response's content."""
    setting: bytes
    """The digests of all the rest of both."""
    identifiers: tuple[tuple[str, str], ...]
    """Of both, in order."""
    took: float
    result: str

    @property
    def whole(self) -> bytes:
        """Equal for entries that say the same, identifiers aside."""
        return self.asked + self.answered + self.setting


@dataclass(frozen=True, slots=True)
class RecordedThread:
    """The interactions of a call, or those of none, in the order in which they began."""

    entries: tuple[Entry, ...]
    call: Call | None = None

    @property
    def happened(self) -> tuple[Hashable, ...]:
        """All that was asked and answered."""
        return tuple([(entry.operation, entry.asked, entry.answered) for entry in self.entries])


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording as it is compared."""

    count: int
    """How many interactions it has."""
    others: RecordedThread
    """What is about no call."""
    calls: tuple[RecordedThread, ...]
    """By when they began."""
    repeats: int
    """How many polls were left out, because they got the same answer as the one before."""


def read(interactions: Sequence[Interaction], reading: Reading, *, advance: Advance, every_poll: bool) -> Recorded:
    """The threads of a recording.

    Args:
        interactions: in any order.
        reading: how messages are read.
        advance: told of progress.
        every_poll: keep polls that say nothing new, too.
    """
    entries: dict[int, Entry] = {}
    summary = _summariser(reading)
    of_calls: list[Interaction] = []
    for index, interaction in enumerate(interactions):
        interaction = decoded(interaction)  # noqa: PLW2901  the same one
        entries[index] = _entry(index, interaction, summary)
        spec = lookup(interaction.operation)
        if spec is not None and spec.call_id_field:
            of_calls.append(_without_bodies(interaction, index))
        advance(1)
    threads = []
    repeats = 0
    for call in calls(of_calls):
        of_call = sorted((entries.pop(index) for index in call.interactions), key=lambda entry: entry.number)
        kept = of_call if every_poll else _without_repeats(of_call)
        repeats += len(of_call) - len(kept)
        threads.append(RecordedThread(tuple(kept), call))
    others = sorted(entries.values(), key=lambda entry: (entry.number, entry.index))
    return Recorded(len(interactions), RecordedThread(tuple(others)), tuple(threads), repeats)


class _Summary(NamedTuple):
    """What is kept of a message."""

    content: bytes
    setting: bytes
    identifiers: tuple[tuple[str, str], ...]


def _summary(reading: Reading, matter: Matter) -> _Summary:
    tree = reading.tree(matter)
    content, setting = split(tree)
    return _Summary(digest(content), digest(setting), tuple(identifiers(tree)))


def _summariser(reading: Reading) -> Callable[[Matter], _Summary]:
    """Sums up messages, and small ones that come again and again, as polls and their answers do, but once."""
    remembered = lru_cache(_REMEMBERED)(partial(_summary, reading))
    return lambda matter: remembered(matter) if len(matter.body) <= _SMALL else _summary(reading, matter)


def _entry(index: int, interaction: Interaction, summary: Callable[[Matter], _Summary]) -> Entry:
    request, response = summary(request_matter(interaction)), summary(response_matter(interaction))
    return Entry(
        index=index,
        number=interaction.number,
        operation=interaction.operation,
        asked=request.content,
        answered=response.content,
        setting=request.setting + response.setting,
        identifiers=(*request.identifiers, *response.identifiers),
        took=interaction.took,
        result=result_of(interaction).text,
    )


def _without_bodies(interaction: Interaction, index: int) -> Interaction:
    """What a timeline needs, known by its index: numbers of hand-written cassettes need not be unique."""
    request, response = replace(interaction.request, body=b""), interaction.response
    bare = None if response is None else replace(response, body=b"")
    return replace(interaction, number=index, request=request, response=bare)


def _without_repeats(entries: list[Entry]) -> list[Entry]:
    kept: list[Entry] = []
    for entry in entries:
        if not (kept and _polls(entry) and _says_the_same(kept[-1], entry)):
            kept.append(entry)
    return kept


def _polls(entry: Entry) -> bool:
    spec = lookup(entry.operation)
    return spec is not None and not spec.writes


def _says_the_same(one: Entry, other: Entry) -> bool:
    return one.operation == other.operation and one.whole == other.whole and one.identifiers == other.identifiers
