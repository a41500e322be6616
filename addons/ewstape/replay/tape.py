"""A cassette being played: which recorded interaction answers a request, and which were used.

A request is looked up by what it asks (`canonical`), its identifiers are bound to recorded ones (`bindings`), and the
thread that it belongs to, a phone call or the mailbox, tells which of several answers is due (`instances`). A recorded
call can be played any number of times: each PlayOnPhone that is answered starts a new instance of it. Nothing changes
unless the whole request has an answer.

A cassette that changes while it is played is noticed: before a miss is declared, and when a document is read that is no
longer what it was. One that has grown goes on being played; one that was changed begins anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ewstape.errors import CassetteError
from ewstape.interaction import Interaction, Operation, Request, Response
from ewstape.operations import lookup, wire_name
from ewstape.operations.identifiers import KINDS, PHONE_CALL_ID, Kind
from ewstape.replay.bindings import Bindings, Facts
from ewstape.replay.calls import Calls
from ewstape.replay.canonical import Canonical, Node
from ewstape.replay.explain import candidates, differences, near, nearest
from ewstape.replay.index import Call, Group, Index, Rank, begins_call, call_of
from ewstape.replay.instances import Instance, Pace, Repeat
from ewstape.replay.kept import Kept
from ewstape.replay.matching import UNKNOWN_CALLS, Matching
from ewstape.replay.miss import Difference, Miss, Near, Reason
from ewstape.replay.substitute import put_back


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers a request."""

    interaction: Interaction
    """As it was recorded; unless it is about a phone call, perhaps without its request, which nobody asks for."""
    response: Response | None
    """With the live client's own values in place of the recorded ones; `None` if what was recorded is an error."""
    call: str | None = field(default=None, compare=False)
    """The PhoneCallId that the live client knows the call by; `None` if it belongs to no call that the tape began."""


class Source(Protocol):
    """Where a recording comes from, which may change."""

    def renewed(self, *, force: bool = False) -> Index | None:
        """The index of the recording as it is now; `None` if it is still what it was. With `force`, in any case.

        Raises:
            CassetteError: it cannot be read any more.
        """


class Tape:
    """Recorded interactions as answers to live requests.

    Answering changes what comes next, without any lock: use a tape from one thread, the event loop of its front.
    """

    def __init__(
        self,
        interactions: Sequence[Interaction],
        *,
        pace: Pace = "poll",
        repeat: Repeat = "last",
        significant: frozenset[str] = frozenset(),
    ) -> None:
        """Read all `interactions` once; after that, one is only fetched again to be served.

        Args:
            interactions: in any order; their numbers tell which came first.
            pace: whether reads walk the recorded states poll by poll, or in the time that was recorded.
            repeat: whether a read that walked through all states of its phase gets the last again, or a miss.
            significant: local names of SOAP headers that count although they do not by default.
        """
        kept = interactions if isinstance(interactions, Kept) else Kept(interactions)
        self._begin(Index.of(kept, significant), None, pace, repeat)

    @classmethod
    def of(cls, index: Index, source: Source | None = None, *, pace: Pace = "poll", repeat: Repeat = "last") -> "Tape":
        """The tape of a recording whose index is there already.

        Args:
            index: of the recording.
            source: tells when it has changed; none for what cannot.
            pace: as above.
            repeat: as above.
        """
        tape = cls.__new__(cls)
        tape._begin(index, source, pace, repeat)  # noqa: SLF001  it is one of these
        return tape

    def _begin(self, index: Index, source: Source | None, pace: Pace, repeat: Repeat) -> None:
        self._index = index
        self._source = source
        self._calls = Calls(index, pace, repeat)
        self._bindings = Bindings(Facts(self._holds, self._served, self._issues, self._is_pseudonym))
        self._used: set[Rank] = set()
        self._matching = Matching(index, self._bindings, self._calls)
        self.misses = 0
        """How many requests had no answer."""

    @property
    def logons(self) -> tuple[str, ...]:
        """The schemes that clients logged on with when this was recorded."""
        return self._index.logons

    @property
    def used(self) -> tuple[int, ...]:
        """The numbers of the interactions that were served at least once."""
        return tuple(sorted(self._index.numbers[rank] for rank in self._used))

    @property
    def unused(self) -> tuple[int, ...]:
        """The numbers of the interactions that no request has asked for."""
        return tuple(number for rank, number in enumerate(self._index.numbers) if rank not in self._used)

    def holds(self, operation: Operation) -> bool:
        """Whether any interaction is of this operation."""
        return wire_name(operation) in self._index.operations

    def issued(self, value: str) -> bool:
        """Whether a client can have `value` from an answer of this tape only: an id that was served."""
        kinds = (kind for kind in KINDS if not kind.known_to_client)
        return any(self._served(kind, value) for kind in kinds) or self._calls.derived(value)

    def rewind(self) -> None:
        """Begin again: everything is unused, and nothing is bound. The misses stay counted."""
        self._used.clear()
        self._matching.rewind()
        self._bindings.clear()
        self._calls.rewind()

    def answer(self, request: Request, operation: Operation, now: float = 0.0) -> Answer | Miss:
        """What the server answered to this request; asking again moves on to the next state, as it did then.

        Args:
            request: as the client sent it.
            operation: the operation that its body names.
            now: seconds of a clock that never goes back; matters for the pace `recorded`.

        Raises:
            CassetteError: what answers it cannot be read, and neither can the cassette be opened again.
        """
        try:
            found = self._answer(request, operation, now)
        except CassetteError:
            if not self._renew(force=True):
                raise
            found = self._answer(request, operation, now)
        if isinstance(found, Miss) and self._grew_or_changed():
            found = self._answer(request, operation, now)
        self.misses += isinstance(found, Miss)
        return found

    def _grew_or_changed(self) -> bool:
        """Whether there is a newer recording to ask. What cannot be read just now is played as it is known."""
        try:
            return self._renew()
        except CassetteError:
            return False

    def _answer(self, request: Request, operation: Operation, now: float) -> Answer | Miss:
        asked = self._index.ask(request, operation)
        call = call_of(operation, asked)
        known = self._calls.recognised(asked, call)
        group = self._matching.find(known, begins=begins_call(operation))
        if group is None:
            return self._missed(Reason.DIFFERENT_CONTENT, request, operation, asked)
        found = self._play(group, known, operation, now) if group.starts else self._go_on(group, known, call, now)
        if isinstance(found, Reason):
            return self._missed(found, request, operation, asked, group)
        rank, instance = found
        interaction = self._recorded(rank, operation)
        self._matching.take(group)
        self._used.add(rank)
        known_as = None if instance is None else instance.live_call
        return Answer(interaction, self._with_live_values(interaction.response, instance), known_as)

    def _renew(self, *, force: bool = False) -> bool:
        """Go on with the recording as it is now; whether it is another."""
        index = None if self._source is None else self._source.renewed(force=force)
        if index is None:
            return False
        grown = not force and index.continues(self._index)
        self._index = index
        self._matching.move_to(index)
        self._calls.move_to(index)
        if not grown:
            self.rewind()
        return True

    # --- which of its answers is due ---------------------------------------------------------------------------------

    def _play(self, group: Group, live: Canonical, operation: Operation, now: float) -> tuple[Rank, Instance | None]:
        """Place a call: the recorded ones in turn, from the earliest, each with an instance of its own."""
        times, starts = self._matching.times[group.number], group.starts
        rank = starts[times % len(starts)]
        thread = self._index.started(rank)
        if times >= len(starts):
            self._calls.forget_strangers()
            self._bindings.release(UNKNOWN_CALLS)
        self._bindings.release(group.number)
        self._bindings.bind(live.kinds, group.asked.values, live.values, group.number)
        if thread is None or thread.call is None:
            return rank, None
        return rank, self._calls.begin(operation.service, thread, thread.call, now)

    def _go_on(
        self, group: Group, live: Canonical, call: Call | None, now: float
    ) -> tuple[Rank, Instance | None] | Reason:
        """Answer within a call or the mailbox."""
        asked, instance = group.asked, self._calls.mailbox
        if call is not None:
            found = self._calls.find(call, asked.values[asked.kinds.index(PHONE_CALL_ID)])
            if found is None:
                return Reason.OTHER_PHASE
            instance = found
        rank = instance.answer(group.number, now)
        if isinstance(rank, Reason):
            return rank
        self._bindings.bind(asked.kinds, asked.values, live.values, UNKNOWN_CALLS if instance.thread.unknown else None)
        if call is not None:
            self._calls.learn(call, instance)
            if self._index.ends[rank]:
                self._calls.end(call[0], instance)
        return rank, instance

    def _with_live_values(self, response: Response | None, instance: Instance | None) -> Response | None:
        call = None if instance is None else instance.thread.call
        renamed = None if instance is None or call == instance.live_call else instance.live_call
        if response is None or not (self._bindings or renamed):
            return response

        def live_value(kind: Kind | None, recorded: str) -> str | None:
            if renamed and kind is PHONE_CALL_ID and recorded == call:
                return renamed
            bound = None if kind is None else self._bindings.live(kind, recorded)
            return self._bindings.own(recorded) if bound is None else bound

        return put_back(response, live_value, everywhere=self._index.redacted)

    # --- what is known of the values on the tape, whichever index is in use ------------------------------------------

    def _served(self, kind: Kind, value: str) -> bool:
        return any(rank in self._used for rank in self._index.answered(kind, value))

    def _holds(self, kind: Kind, value: str) -> bool:
        return self._index.holds(kind, value)

    def _issues(self, kind: Kind, value: str) -> bool:
        return self._index.issues(kind, value)

    def _is_pseudonym(self, value: str) -> bool:
        return self._index.is_pseudonym(value)

    def _recorded(self, rank: Rank, operation: Operation) -> Interaction:
        spec = lookup(operation)
        if spec is not None and spec.call_id_field:
            return self._index.document(rank)[0]
        return self._index.outcome(rank)

    # --- why there is no answer --------------------------------------------------------------------------------------

    def _missed(
        self, reason: Reason, request: Request, operation: Operation, asked: Canonical, group: Group | None = None
    ) -> Miss:
        if group is not None:
            found: tuple[Near, ...] = (near(self._index, self._matching.times, group),)
        else:
            live = self._index.form(request, operation)
            compared = map(self._index.group, candidates(self._index, operation, asked))
            found = nearest(
                self._index, self._matching.times, ((one, self._differences(one, live, operation)) for one in compared)
            )
        if not found:
            reason = Reason.NOT_ON_TAPE if len(self._index) else Reason.NOTHING_RECORDED
        return Miss(operation=operation, reason=reason, nearest=found, live=asked)

    def _differences(self, group: Group, live: Node, operation: Operation) -> tuple[Difference, ...]:
        recorded = self._index.document(group.first)[0]

        def objects(kind: Kind, one: str, other: str) -> str | None:
            known = self._calls.recorded_id((operation.service, other)) if kind is PHONE_CALL_ID else other
            return self._bindings.objection(kind, one, known, group.number if group.starts else None)

        return differences(self._index.form(recorded.request, recorded.operation), live, objects)
