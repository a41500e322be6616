"""A cassette being played: which recorded interaction answers a request, and which were used.

What was recorded falls into threads: one per phone call, one for the rest of the mailbox. The writes of a thread cut it
into phases, and a read is answered from the phase that the client has reached, so that one poll or fifty before
DisconnectPhoneCall see the call ringing and never its end. A recorded call can be played any number of times: each
PlayOnPhone that is answered starts a new run of it. No write is answered twice within a run.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from ewstape.interaction import Fields, Interaction, Operation, Request, Service
from ewstape.operations import call_id, is_write, lookup, read_request, read_response
from ewstape.replay.canonical import Canonical, canonical
from ewstape.replay.headers import first
from ewstape.replay.miss import Miss, Reason, differences

type _Position = int
"""Where an interaction stands in the sequence that the tape was made from."""

type _Call = tuple[Service, str]
"""The service that placed a call, and its PhoneCallId."""

_COMPARED = 50
"""How many interactions are compared in search of the nearest one, so that a miss stays cheap on a large tape."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The recorded interaction that answers a request. It may hold an error in place of a response."""

    interaction: Interaction


@dataclass(slots=True)
class _Thread:
    """What was recorded of one phone call or of the mailbox. Phase 0 comes before its first write."""

    of_call: bool
    phase: int = 0
    """The last phase so far."""
    reads: dict[bytes, dict[int, list[_Position]]] = field(default_factory=dict)
    """By key and phase, the answers in the order of recording."""
    writes: dict[bytes, list[tuple[int, _Position]]] = field(default_factory=dict)
    """By key, the phase that the write leads to, and the write."""

    def add(self, key: bytes, position: _Position, *, write: bool) -> None:
        if write:
            self.phase += 1
            self.writes.setdefault(key, []).append((self.phase, position))
        else:
            self.reads.setdefault(key, {}).setdefault(self.phase, []).append(position)


@dataclass(slots=True)
class _Run:
    """One time through a thread: the phase reached, and how far each sequence of answers has been walked."""

    thread: _Thread
    phase: int = 0
    _read: dict[tuple[bytes, int], int] = field(default_factory=lambda: defaultdict(int))
    _written: dict[bytes, int] = field(default_factory=lambda: defaultdict(int))

    def answer(self, key: bytes) -> _Position | Reason:
        if key in self.thread.writes:
            return self._write(self.thread.writes[key], key)
        if key in self.thread.reads:
            return self._look(self.thread.reads[key], key)
        return Reason.OTHER_PHASE

    def _write(self, recorded: list[tuple[int, _Position]], key: bytes) -> _Position | Reason:
        if self._written[key] == len(recorded):
            return Reason.USED_UP
        phase, position = recorded[self._written[key]]
        self._written[key] += 1
        # Writes may come in another order than recorded; that does not undo what was reached.
        self.phase = max(self.phase, phase)
        return position

    def _look(self, recorded: dict[int, list[_Position]], key: bytes) -> _Position | Reason:
        if self.phase in recorded:
            return self._walk(recorded[self.phase], key)
        if self.thread.of_call:
            return Reason.OTHER_PHASE  # a ringing call must not be answered with how it ended, nor the other way about
        # Most of a mailbox is untouched by any one write: what was last seen before it still holds.
        earlier = max((phase for phase in recorded if phase < self.phase), default=None)
        return recorded[min(recorded)][0] if earlier is None else recorded[earlier][-1]

    def _walk(self, answers: list[_Position], key: bytes) -> _Position:
        """The next answer of this phase; its last again once all were given."""
        index = self._read[key, self.phase]
        self._read[key, self.phase] = min(index + 1, len(answers) - 1)
        return answers[index]


@dataclass(slots=True)
class _Starts:
    """The recorded calls that one and the same request began; they are played in turn, from the earliest."""

    recorded: list[tuple[_Position, _Call | None, _Thread]] = field(default_factory=list)
    """The interaction, the call that it began, if any, and what follows of it."""
    _next: int = 0

    def take(self) -> tuple[_Position, _Call | None, _Thread]:
        start = self.recorded[self._next]
        self._next = (self._next + 1) % len(self.recorded)
        return start


class Tape:
    """Recorded interactions as answers to live requests.

    Answering changes what comes next, without any lock: use a tape from one thread, the event loop of its front.
    """

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        """Read all `interactions` once; after that, one is only fetched again to be served."""
        self._interactions = interactions
        self._numbers = [interaction.number for interaction in interactions]
        self._first: dict[bytes, _Position] = {}
        self._operations: dict[str, list[_Position]] = {}
        self._mailbox = _Run(_Thread(of_call=False))
        self._starts: dict[bytes, _Starts] = {}
        self._runs: dict[_Call, _Run] = {}
        """The latest run of each call."""
        self._used: set[_Position] = set()
        self.logons: tuple[str, ...] = ()
        """The schemes that clients logged on with when this was recorded."""
        self.misses = 0
        """How many requests had no answer."""
        self._index()

    @property
    def used(self) -> tuple[int, ...]:
        """The numbers of the interactions that were served at least once."""
        return tuple(sorted(self._numbers[position] for position in self._used))

    @property
    def unused(self) -> tuple[int, ...]:
        """The numbers of the interactions that no request has asked for."""
        return tuple(sorted(number for at, number in enumerate(self._numbers) if at not in self._used))

    def holds(self, operation: Operation) -> bool:
        """Whether any interaction is of this operation."""
        return str(operation) in self._operations

    def answer(self, request: Request, operation: Operation, fields: Fields) -> Answer | Miss:
        """What the server answered to this request; asking again moves on to the next state, as it did then.

        Args:
            request: as the client sent it.
            operation: the operation that its body names.
            fields: its decoded fields, which tell the phone call it is about.
        """
        asked = canonical(request, operation)
        found = self._find(asked.key, operation, fields)
        if isinstance(found, Reason):
            self.misses += 1
            return self._explain(found, asked, operation)
        self._used.add(found)
        return Answer(self._interactions[found])

    def _find(self, key: bytes, operation: Operation, fields: Fields) -> _Position | Reason:
        if key not in self._first:
            return Reason.DIFFERENT_CONTENT
        if key in self._starts:
            position, call, thread = self._starts[key].take()
            if call is not None:
                self._runs[call] = _Run(thread)
            return position
        call = _call(operation, fields, {})
        run = self._mailbox if call is None else self._runs.get(call)
        return Reason.OTHER_PHASE if run is None else run.answer(key)

    def _explain(self, reason: Reason, asked: Canonical, operation: Operation) -> Miss:
        recorded = self._operations.get(str(operation), ())
        if reason is not Reason.DIFFERENT_CONTENT:
            return Miss(operation=operation, reason=reason, nearest=self._numbers[self._first[asked.key]])
        if not recorded:
            return Miss(operation=operation, reason=Reason.NOT_ON_TAPE if self._numbers else Reason.NOTHING_RECORDED)
        compared = ((position, self._differences(position, asked)) for position in islice(recorded, _COMPARED))
        nearest, paths = min(compared, key=lambda candidate: len(candidate[1]))
        return Miss(operation=operation, reason=reason, nearest=self._numbers[nearest], path=next(iter(paths), ""))

    def _differences(self, position: _Position, asked: Canonical) -> list[str]:
        interaction = self._interactions[position]
        return list(differences(canonical(interaction.request, interaction.operation).form, asked.form))

    def _index(self) -> None:
        """Sort what was recorded into threads and phases, by the order of starts: documents are written as they end."""
        calls: dict[_Call, _Thread] = {}
        logons: dict[str, None] = {}
        for position in sorted(range(len(self._numbers)), key=self._numbers.__getitem__):
            interaction = self._interactions[position]
            operation = interaction.operation
            logons[interaction.auth] = None
            key = canonical(interaction.request, operation).key
            self._first.setdefault(key, position)
            self._operations.setdefault(str(operation), []).append(position)
            call = _recorded_call(interaction)
            if _begins_call(operation):
                thread = _Thread(of_call=True)
                self._starts.setdefault(key, _Starts()).recorded.append((position, call, thread))
                if call is not None:
                    calls[call] = thread
                continue
            if call is None:
                thread = self._mailbox.thread
            elif call in calls:
                thread = calls[call]
            else:  # begun before the recording, or an id that never was one
                thread = calls[call] = _Thread(of_call=True)
                self._runs[call] = _Run(thread)
            thread.add(key, position, write=is_write(operation))
        self.logons = tuple(filter(None, logons))


def _begins_call(operation: Operation) -> bool:
    spec = lookup(operation)
    return spec is not None and spec.begins_call


def _call(operation: Operation, asked: Fields, answered: Fields) -> _Call | None:
    found = call_id(operation, asked, answered)
    return None if found is None else (operation.service, found)


def _recorded_call(interaction: Interaction) -> _Call | None:
    """The call that a recorded interaction belongs to, from its bodies: a hand-written tape holds nothing else."""
    operation, request, response = interaction.operation, interaction.request, interaction.response
    if lookup(operation) is None:
        return None
    asked = read_request(
        request.body,
        service=operation.service,
        method=request.method,
        path="",
        content_type=first(request.headers, _TYPE),
    )
    answered: Fields = {}
    if response is not None:
        content_type = first(response.headers, _TYPE)
        answered = read_response(operation, response.body, status=response.status, content_type=content_type).fields
    return _call(operation, asked.fields, answered)


_TYPE = "Content-Type"
