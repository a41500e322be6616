"""A cassette being played: which recorded interaction answers a request, and which were used.

A request is looked up by what it asks (`canonical`), its identifiers are bound to recorded ones (`bindings`), and the
thread that it belongs to, a phone call or the mailbox, tells which of several answers is due (`instances`). A recorded
call can be played any number of times: each PlayOnPhone that is answered starts a new instance of it. Nothing changes
unless the whole request has an answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from ewstape.interaction import Fields, Interaction, Operation, Request, Response
from ewstape.operations.identifiers import PHONE_CALL_ID, Kind
from ewstape.replay.bindings import Bindings, Facts, Owner
from ewstape.replay.calls import Calls
from ewstape.replay.canonical import Canonical, Node, canonical, form
from ewstape.replay.explain import candidates, differences, near, nearest
from ewstape.replay.index import Call, Group, Index, begins_call, call_of
from ewstape.replay.instances import Instance, Pace, Position, Repeat
from ewstape.replay.miss import Difference, Miss, Near, Reason
from ewstape.replay.substitute import put_back

_UNKNOWN_CALLS: Final = "unknown calls"
"""The owner of bindings to ids that no call had: one wrong id is as good as another."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers a request."""

    interaction: Interaction
    """As it was recorded."""
    response: Response | None
    """With the live client's own values in place of the recorded ones; `None` if what was recorded is an error."""


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
        self._interactions = interactions
        self._significant = significant
        self._index = Index(interactions, significant)
        self._calls = Calls(self._index, pace, repeat)
        self._bindings = Bindings(Facts(self._index.holds, self._served, self._index.issues, self._index.is_pseudonym))
        self._used: set[Position] = set()
        self.logons: tuple[str, ...] = self._index.logons
        """The schemes that clients logged on with when this was recorded."""
        self.misses = 0
        """How many requests had no answer."""

    @property
    def used(self) -> tuple[int, ...]:
        """The numbers of the interactions that were served at least once."""
        return tuple(sorted(self._index.numbers[position] for position in self._used))

    @property
    def unused(self) -> tuple[int, ...]:
        """The numbers of the interactions that no request has asked for."""
        return tuple(sorted(number for at, number in enumerate(self._index.numbers) if at not in self._used))

    def holds(self, operation: Operation) -> bool:
        """Whether any interaction is of this operation."""
        return str(operation) in self._index.operations

    def issued(self, value: str) -> bool:
        """Whether a client can have `value` from an answer of this tape only: an id that was served."""
        kinds = (kind for kind in self._index.answered_kinds if not kind.known_to_client)
        return any(self._served(kind, value) for kind in kinds) or self._calls.derived(value)

    def rewind(self) -> None:
        """Begin again: everything is unused, and nothing is bound. The misses stay counted."""
        self._used.clear()
        self._bindings.clear()
        self._calls.rewind()
        for shape in self._index.shapes.values():
            shape.rewind()

    def answer(self, request: Request, operation: Operation, fields: Fields, now: float = 0.0) -> Answer | Miss:  # noqa: ARG002  what counts is in the body
        """What the server answered to this request; asking again moves on to the next state, as it did then.

        Args:
            request: as the client sent it.
            operation: the operation that its body names.
            fields: its decoded fields.
            now: seconds of a clock that never goes back; matters for the pace `recorded`.
        """
        asked = canonical(request, operation, self._significant, self._index.slots)
        call = call_of(operation, asked)
        known = self._calls.recognised(asked, call)
        group = self._match(known, begins=begins_call(operation))
        if group is None:
            return self._missed(Reason.DIFFERENT_CONTENT, request, operation, asked)
        found = self._play(group, known, operation, now) if group.starts else self._go_on(group, known, call, now)
        if isinstance(found, Reason):
            return self._missed(found, request, operation, asked, group)
        position, instance = found
        group.times += 1
        self._index.shapes[asked.key].latest = group
        self._used.add(position)
        interaction = self._interactions[position]
        return Answer(interaction, self._with_live_values(interaction.response, instance))

    # --- which request it is -----------------------------------------------------------------------------------------

    def _match(self, live: Canonical, *, begins: bool) -> Group | None:
        """The recorded request that this one stands for. What is exact and what is bound goes before what is free."""
        found = self._index.groups.get(live)
        shape = self._index.shapes.get(live.key)
        if found is not None or shape is None:
            return found
        owner: Callable[[Group], Owner] = (lambda group: group) if begins else (lambda _: _UNKNOWN_CALLS)
        for early, loosely in product((False, True), repeat=2):
            wanted = tuple(
                self._bindings.recorded(
                    kind, value, loosely=loosely and (begins or kind.varies or self._index.redacted)
                )
                for kind, value in zip(live.kinds, live.values, strict=True)
            )

            def fits(group: Group, *, early: bool = early, wanted: tuple[str | None, ...] = wanted) -> bool:
                known = all(one is None or one == other for one, other in zip(wanted, group.values, strict=True))
                due = early or not self._calls.mailbox.is_ahead(group.number)
                return known and due and self._bindings.fits(live.kinds, group.values, live.values, owner(group))

            found = shape.choices(live.kinds, wanted).choose(fits)
            if found is not None:
                latest = shape.latest
                repeats = found.times and not begins and latest is not None and fits(latest)
                return latest if repeats else found
        return None

    # --- which of its answers is due ---------------------------------------------------------------------------------

    def _play(
        self, group: Group, live: Canonical, operation: Operation, now: float
    ) -> tuple[Position, Instance | None]:
        """Place a call: the recorded ones in turn, from the earliest, each with an instance of its own."""
        position, thread = group.starts[group.times % len(group.starts)]
        if group.times >= len(group.starts):
            self._calls.forget_strangers()
            self._bindings.release(_UNKNOWN_CALLS)
        self._bindings.release(group)
        self._bindings.bind(live.kinds, group.values, live.values, group)
        if thread is None or thread.call is None:
            return position, None
        return position, self._calls.begin(operation.service, thread, thread.call, now)

    def _go_on(
        self, group: Group, live: Canonical, call: Call | None, now: float
    ) -> tuple[Position, Instance | None] | Reason:
        """Answer within a call or the mailbox."""
        instance: Instance | None = self._calls.mailbox
        if call is not None:
            instance = self._calls.find(call, group.values[group.kinds.index(PHONE_CALL_ID)])
        if instance is None:
            return Reason.OTHER_PHASE
        position = instance.answer(group.number, now)
        if isinstance(position, Reason):
            return position
        self._bindings.bind(group.kinds, group.values, live.values, _UNKNOWN_CALLS if instance.thread.unknown else None)
        if call is not None:
            self._calls.learn(call, instance)
        instance.ended |= position in self._index.ending
        return position, instance

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

    def _served(self, kind: Kind, value: str) -> bool:
        return not self._used.isdisjoint(self._index.answered.get((kind, value), ()))

    # --- why there is no answer --------------------------------------------------------------------------------------

    def _missed(
        self, reason: Reason, request: Request, operation: Operation, asked: Canonical, group: Group | None = None
    ) -> Miss:
        self.misses += 1
        if group is not None:
            found: tuple[Near, ...] = (near(self._index, group),)
        else:
            live = form(request, operation, self._significant, self._index.slots)
            compared = candidates(self._index, operation, asked)
            found = nearest(self._index, ((one, self._differences(one, live, operation)) for one in compared))
        if not found:
            reason = Reason.NOT_ON_TAPE if self._index.numbers else Reason.NOTHING_RECORDED
        return Miss(operation=operation, reason=reason, nearest=found, live=asked)

    def _differences(self, group: Group, live: Node, operation: Operation) -> tuple[Difference, ...]:
        recorded = self._interactions[group.first]

        def objects(kind: Kind, one: str, other: str) -> str | None:
            known = self._calls.recorded_id((operation.service, other)) if kind is PHONE_CALL_ID else other
            return self._bindings.objection(kind, one, known, group if group.starts else None)

        there = form(recorded.request, recorded.operation, self._significant, self._index.slots)
        return differences(there, live, objects)
