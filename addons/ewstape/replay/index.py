"""What was recorded, sorted for answering: equal requests together, calls into threads, values by where they occur."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from ewstape.interaction import Interaction, Operation, Service
from ewstape.operations import is_write, lookup
from ewstape.operations.identifiers import PHONE_CALL_ID, Kind
from ewstape.redaction.pseudonyms import holds_pseudonym
from ewstape.replay.canonical import Canonical, Slot, canonical, redacted_slots
from ewstape.replay.instances import Position, Thread
from ewstape.replay.substitute import identifiers

type Place = tuple[int, str | None]
"""Which identifier of a request, and its value; `None` for one that a server issues, but that nobody was issued."""

type Call = tuple[Service, str]
"""The service that placed a call, and its PhoneCallId."""

_ENDED = re.compile(rb"State\s*>\s*Disconnected\s*<")
_NO_SUCH_CALL = re.compile(rb"ErrorInvalidPhoneCallId|InvalidCallId")


@dataclass(slots=True, eq=False)
class Group:
    """Recorded requests that are equal, identifiers included."""

    number: int
    kinds: tuple[Kind, ...]
    values: tuple[str, ...]
    first: Position
    starts: list[tuple[Position, Thread | None]] = field(default_factory=list)
    """For a request that begins calls: the interactions, and what follows of the call that each began, if any."""
    size: int = 0
    """How many interactions there are."""
    times: int = 0
    """How often it was answered."""


@dataclass(slots=True)
class Pool:
    """Groups from which to choose: the one least used first, and of those the earliest."""

    _heap: list[tuple[int, int, Group]]

    def choose(self, fits: Callable[[Group], bool]) -> Group | None:
        """The first group that fits. How often a group was used is only corrected as it comes up."""
        passed: list[tuple[int, int, Group]] = []
        chosen = None
        while self._heap and chosen is None:
            times, number, group = heappop(self._heap)
            if times != group.times:
                heappush(self._heap, (group.times, number, group))
                continue
            passed.append((times, number, group))
            chosen = group if fits(group) else None
        for entry in passed:
            heappush(self._heap, entry)
        return chosen


@dataclass(slots=True)
class Shape:
    """Groups that differ in their identifiers only."""

    groups: list[Group] = field(default_factory=list)
    by_value: dict[Place, list[Group]] = field(default_factory=dict)
    latest: Group | None = None
    """The one that was answered last."""
    _pools: dict[Place | None, Pool] = field(default_factory=dict)

    def choices(self, kinds: tuple[Kind, ...], wanted: tuple[str | None, ...]) -> Pool:
        """The groups to choose from, for the values that are already known; others may be among them."""
        known = [
            (at, value)
            for at, (kind, value) in enumerate(zip(kinds, wanted, strict=True))
            if value is not None or kind.issued_by_server
        ]
        narrowest = min(known, key=lambda place: len(self.by_value.get(place, ())), default=None)
        if narrowest not in self._pools:
            groups = self.groups if narrowest is None else self.by_value.get(narrowest, [])
            self._pools[narrowest] = Pool([(group.times, group.number, group) for group in groups])
        return self._pools[narrowest]

    def rewind(self) -> None:
        """Forget how often each group was used."""
        self._pools.clear()
        self.latest = None
        for group in self.groups:
            group.times = 0


class _Seen(NamedTuple):
    """What the index needs of an interaction; the bodies are not kept."""

    number: int
    at: float
    auth: str
    operation: Operation
    asked: Canonical
    answered: tuple[tuple[Kind, str], ...]
    ends: bool
    """Whether the response says that a call is over."""
    denies: bool
    """Whether it says that there is no such call."""
    slots: frozenset[Slot]
    """Those that `asked` was made with."""


def _seen(interaction: Interaction, significant: frozenset[str], slots: frozenset[Slot]) -> _Seen:
    response = interaction.response
    body = b"" if response is None else response.body
    return _Seen(
        number=interaction.number,
        at=interaction.at,
        auth=interaction.auth,
        operation=interaction.operation,
        asked=canonical(interaction.request, interaction.operation, significant, slots),
        answered=() if response is None else tuple(identifiers(response)),
        ends=_ENDED.search(body) is not None,
        denies=_NO_SUCH_CALL.search(body) is not None,
        slots=slots,
    )


class Index:
    """Everything that is known of a recording before it is played. Reads each interaction once; in a
    redacted recording, again those that came before a place that turned out to be redacted.
    """

    def __init__(self, interactions: Sequence[Interaction], significant: frozenset[str]) -> None:
        self.numbers: list[int] = []
        self.offsets: list[float] = []
        self.shapes: dict[bytes, Shape] = {}
        self.groups: dict[Canonical, Group] = {}
        self.operations: dict[str, dict[int, Group]] = {}
        """By operation, its requests in the order of the recording."""
        self.requested: set[tuple[Kind, str]] = set()
        """The identifiers in requests."""
        self.answered: dict[tuple[Kind, str], list[Position]] = {}
        """The identifiers in responses, with where they occur."""
        self.mailbox = Thread()
        self.placed_before: dict[Call, Thread] = {}
        """Calls that were begun before the recording, and ids that never were one."""
        self.ending: set[Position] = set()
        """The answers after which a client knows that the call is over."""
        self.logons: tuple[str, ...] = ()
        self.slots: frozenset[Slot] = frozenset()
        """Where requests hold pseudonyms that are no identifiers."""
        self.redacted = False
        """Whether any request holds a pseudonym."""
        self._significant = significant
        self._threads: dict[Call, Thread] = {}
        self._read(interactions)
        self.answered_kinds = frozenset(kind for kind, _ in self.answered)
        for asked, group in self.groups.items():
            for at, (kind, value) in enumerate(zip(asked.kinds, asked.values, strict=True)):
                if kind.issued_by_server and (kind, value) not in self.answered:
                    self.shapes[asked.key].by_value.setdefault((at, None), []).append(group)

    def holds(self, kind: Kind, value: str) -> bool:
        """Whether an identifier occurs on the tape."""
        return (kind, value) in self.requested or (kind, value) in self.answered

    def issues(self, kind: Kind, value: str) -> bool:
        """Whether an identifier occurs in a response."""
        return (kind, value) in self.answered

    def is_pseudonym(self, value: str) -> bool:
        """Whether a recorded value is or holds a pseudonym."""
        return self.redacted and holds_pseudonym(value)

    def _read(self, interactions: Sequence[Interaction]) -> None:
        """Sort what was recorded by the order of starts: documents are written as they end."""
        logons: dict[str, None] = {}
        seen = self._sight(interactions)
        self.numbers = [one.number for one in seen]
        self.offsets = [one.at for one in seen]
        for position in sorted(range(len(seen)), key=self.numbers.__getitem__):
            logons[seen[position].auth] = None
            self._add(position, seen[position])
        self.logons = tuple(filter(None, logons))

    def _sight(self, interactions: Sequence[Interaction]) -> list[_Seen]:
        """What the index needs of each interaction, all by the same slots."""
        seen = []
        for interaction in interactions:
            self.slots |= redacted_slots(interaction.request, interaction.operation, self._significant)
            seen.append(_seen(interaction, self._significant, self.slots))
            asked = seen[-1].asked
            self.redacted = self.redacted or any(map(holds_pseudonym, asked.values))
        for at, one in enumerate(seen):
            if one.slots != self.slots:
                asked = canonical(interactions[at].request, one.operation, self._significant, self.slots)
                seen[at] = one._replace(asked=asked)
        return seen

    def _add(self, position: Position, seen: _Seen) -> None:
        operation, asked = seen.operation, seen.asked
        group = self._group(asked, position)
        self.operations.setdefault(str(operation), {}).setdefault(group.number, group)
        self.requested.update(zip(asked.kinds, asked.values, strict=True))
        for place in seen.answered:
            self.answered.setdefault(place, []).append(position)
        if begins_call(operation):
            placed = next((value for kind, value in seen.answered if kind is PHONE_CALL_ID), None)
            thread = None if placed is None else Thread(placed, [seen.at])
            group.starts.append((position, thread))
            if placed is not None and thread is not None:
                self._threads[operation.service, placed] = thread
            return
        call, write, thread = call_of(operation, asked), is_write(operation), self.mailbox
        if call is not None:
            if call not in self._threads:
                self._threads[call] = self.placed_before[call] = Thread(call[1], [seen.at], unknown=True)
            thread = self._threads[call]
            thread.unknown &= seen.denies
            if write or seen.ends:
                self.ending.add(position)
        thread.add(group.number, position, seen.at, write=write)

    def _group(self, asked: Canonical, position: Position) -> Group:
        group = self.groups.get(asked)
        if group is None:
            group = self.groups[asked] = Group(len(self.groups), asked.kinds, asked.values, position)
            shape = self.shapes.setdefault(asked.key, Shape())
            shape.groups.append(group)
            for place in enumerate(asked.values):
                shape.by_value.setdefault(place, []).append(group)
        group.size += 1
        return group


def begins_call(operation: Operation) -> bool:
    """Whether the operation places a phone call."""
    spec = lookup(operation)
    return spec is not None and spec.begins_call


def call_of(operation: Operation, asked: Canonical) -> Call | None:
    """The call that a request is about; `None` if it is about none, or begins one."""
    spec = lookup(operation)
    if spec is None or not spec.call_id_field or spec.begins_call or PHONE_CALL_ID not in asked.kinds:
        return None
    return operation.service, asked.values[asked.kinds.index(PHONE_CALL_ID)]
