"""Phone calls, told from the interactions that carry their PhoneCallId.

One pass over the interactions, which may come in the order in which they ended; only what a timeline shows is kept: of
a poll, when it was and which of the call's few states it found.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from operator import itemgetter

from ewstape.interaction import Field, Fields, Interaction, Service
from ewstape.operations import call_id, lookup
from ewstape.report.call import ENDED, Call, State, short_name
from ewstape.report.decoded import decoded
from ewstape.report.result import result_of

__all__ = ["Call", "CallLog", "State", "call_of", "calls", "short_name", "state_of"]

type _Facts = tuple[str, str, str, str]
"""State, cause, SIP code and text."""


class CallLog:
    """Collects calls from interactions as they come by."""

    def __init__(self) -> None:
        self._ongoing: dict[tuple[Service, str], _Seen] = {}
        self._found: list[_Seen] = []

    def add(self, interaction: Interaction) -> int | None:
        """Take note of an interaction that is `decoded`.

        Gives the place of its call among all, in the order in which they were first seen and from 0; `None` if it
        belongs to no call.
        """
        spec = lookup(interaction.operation)
        if spec is None or not spec.call_id_field:
            return None
        service = interaction.operation.service
        call = call_of(interaction)
        seen = self._ongoing.get((service, call)) if call else None
        if seen is None:
            seen = _Seen(id=call, service=service, place=len(self._found))
            self._found.append(seen)
            if call:
                self._ongoing[service, call] = seen
        seen.add(interaction, begins=spec.begins_call, hangs_up=spec.writes and not spec.begins_call)
        return seen.place

    def calls(self) -> Iterator[tuple[int, Call]]:
        """Each call with its place, by when they began."""
        return ((seen.place, seen.call()) for seen in sorted(self._found, key=lambda seen: seen.started_at))


def calls(interactions: Iterable[Interaction]) -> tuple[Call, ...]:
    """The phone calls among `interactions`, by when they began."""
    log = CallLog()
    for interaction in interactions:
        log.add(decoded(interaction))
    return tuple(call for _, call in log.calls())


def call_of(interaction: Interaction) -> str:
    """The PhoneCallId that an interaction is about; empty if it is about no call."""
    response = interaction.response.fields if interaction.response else {}
    return call_id(interaction.operation, interaction.request.fields, response) or ""


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What has been seen of a call so far."""

    id: str
    service: Service
    place: int
    dial_string: str = ""
    item_id: str = ""
    started_at: float = inf
    last_at: float = 0.0
    polled: "array[float]" = field(default_factory=lambda: array("d"))
    found: list[_Facts] = field(default_factory=list)  # by each poll; equal ones are one value
    known: dict[_Facts, _Facts] = field(default_factory=dict)
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    hung_up_at: float | None = None
    not_placed: str = ""

    def add(self, interaction: Interaction, *, begins: bool, hangs_up: bool) -> None:
        self.numbers.append(interaction.number)
        self.started_at = min(self.started_at, interaction.at)
        self.last_at = max(self.last_at, interaction.at)
        asked = interaction.request.fields
        if begins:
            self.dial_string = _text(asked, "dial_string")
            self.item_id = _text(asked, "item_id", "id") or _text(asked, "entry_id")
            self.not_placed = "" if self.id else f"not placed: {result_of(interaction).text}"
        elif hangs_up:
            if self.hung_up_at is None and result_of(interaction).ok:
                self.hung_up_at = interaction.at
        elif interaction.response is not None and (facts := _facts(interaction.response.fields)):
            self.polled.append(interaction.at)
            self.found.append(self.known.setdefault(facts, facts))

    def call(self) -> Call:
        states = tuple(self._changes())
        ended, ended_at = self._end(states)
        return Call(
            id=self.id,
            service=self.service,
            dial_string=self.dial_string,
            item_id=self.item_id,
            started_at=self.started_at,
            states=states,
            ended=ended,
            ended_at=ended_at,
            last_at=self.last_at,
            placed=not self.not_placed,
            interactions=tuple(sorted(self.numbers)),
        )

    def _changes(self) -> Iterator[State]:
        last = None
        for at, facts in sorted(zip(self.polled, self.found, strict=True), key=itemgetter(0)):
            if facts != last:
                state, cause, sip_code, sip_text = facts
                yield State(at=at, state=state, cause=cause, sip_code=sip_code, sip_text=sip_text)
            last = facts

    def _end(self, states: tuple[State, ...]) -> tuple[str, float | None]:
        """Whichever came first: the client hung up, or a poll found the call ended."""
        if self.not_placed:
            return self.not_placed, None
        end = next((state for state in states if state.state == ENDED), None)
        if self.hung_up_at is not None and (end is None or self.hung_up_at <= end.at):
            return f"hung up by the client after {self.hung_up_at - self.started_at:.3f} s", self.hung_up_at
        return ("not seen to end", None) if end is None else (_ENDS.get(end.cause, end.cause), end.at)


_ENDS = {
    "UserBusy": "busy",
    "NoAnswer": "no answer",
    "Unavailable": "number not available",
    "Other": "ended for another reason",
    "": "ended",
}


def _facts(answered: Fields) -> _Facts | None:
    """The state of a call in either service's words: GetPhoneCallInformation nests it, GetCallInfo does not."""
    information = answered.get("phone_call_information")
    if isinstance(information, Mapping):
        state, cause = _text(information, "phone_call_state"), _text(information, "connection_failure_cause")
        sip_code, sip_text = _text(information, "sip_response_code"), _text(information, "sip_response_text")
    else:
        state, cause, sip_code, sip_text = _text(answered, "call_state"), _text(answered, "event_cause"), "", ""
    return (state, "" if cause == "None" else cause, sip_code, sip_text) if state else None


def state_of(interaction: Interaction) -> State | None:
    """What an interaction that is `decoded` found its call to be in; `None` if it did not ask, or was not told."""
    spec, response = lookup(interaction.operation), interaction.response
    if spec is None or not spec.call_id_field or spec.writes or response is None:
        return None
    if (facts := _facts(response.fields)) is None:
        return None
    state, cause, sip_code, sip_text = facts
    return State(at=interaction.at, state=state, cause=cause, sip_code=sip_code, sip_text=sip_text)


def _text(fields: Fields, *path: str) -> str:
    """The text at a path of keys; empty if there is none."""
    found: Field | None = fields
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""
