"""Phone calls, told from the interactions that carry their PhoneCallId.

One pass over the interactions, which may come in the order in which they ended; only what a timeline shows is kept.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from ewstape.interaction import Field, Fields, Interaction, Service
from ewstape.operations import call_id, lookup
from ewstape.report.decoded import decoded
from ewstape.report.result import result_of


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a poll found the call to be in, where it is not what the poll before it found."""

    at: float
    """Seconds from the beginning of the recording to the poll."""
    state: str
    """`Connecting`, `Alerted`, `Connected`, `Disconnected`, ... (t:PhoneCallStateType)."""
    cause: str = ""
    """Why it ended (t:ConnectionFailureCauseType); empty for `None`."""
    sip_code: str = ""
    sip_text: str = ""

    def __str__(self) -> str:
        """In words: `Disconnected UserBusy (486 Busy Here)`."""
        sip = " ".join(filter(None, (self.sip_code, self.sip_text)))
        return " ".join(filter(None, (self.state, self.cause, sip and f"({sip})")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One phone call, or an attempt at one."""

    id: str
    """The PhoneCallId; empty if none was given out."""
    service: Service
    dial_string: str = ""
    item_id: str = ""
    started_at: float
    """Seconds from the beginning of the recording to PlayOnPhone, or to the first that was seen of the call."""
    states: tuple[State, ...] = ()
    ended: str
    """How it ended, in words."""
    interactions: tuple[int, ...] = ()
    """The numbers of all that belongs to it."""

    @property
    def name(self) -> str:
        """A short name for people, the same in every report; empty if the call has no id."""
        return short_name(self.id) if self.id else ""


def calls(interactions: Iterable[Interaction]) -> tuple[Call, ...]:
    """The phone calls among `interactions`, by when they began."""
    ongoing: dict[tuple[Service, str], _Seen] = {}
    found: list[_Seen] = []
    for interaction in map(decoded, interactions):
        spec = lookup(interaction.operation)
        if spec is None or not spec.call_id_field:
            continue
        service = interaction.operation.service
        call = call_of(interaction)
        seen = ongoing.get((service, call)) if call else None
        if seen is None:
            seen = _Seen(id=call, service=service)
            found.append(seen)
            if call:
                ongoing[service, call] = seen
        seen.add(interaction, begins=spec.begins_call, hangs_up=spec.writes and not spec.begins_call)
    return tuple(sorted((seen.call() for seen in found), key=lambda call: call.started_at))


def call_of(interaction: Interaction) -> str:
    """The PhoneCallId that an interaction is about; empty if it is about no call."""
    response = interaction.response.fields if interaction.response else {}
    return call_id(interaction.operation, interaction.request.fields, response) or ""


@lru_cache(maxsize=1024)
def short_name(phone_call_id: str) -> str:
    """Four hexadecimal digits that stand for a PhoneCallId: those of a pseudonym, else of a hash."""
    try:
        pseudonym = _PSEUDONYM.fullmatch(b64decode(phone_call_id, validate=True))
    except ValueError:
        pseudonym = None
    if pseudonym:
        return pseudonym[1].decode()
    return blake2b(phone_call_id.encode("utf-8", "surrogatepass"), digest_size=2).hexdigest()


_PSEUDONYM = re.compile(rb"ewstape:call:([0-9a-f]{4})[0-9a-f]*")


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What has been seen of a call so far."""

    id: str
    service: Service
    dial_string: str = ""
    item_id: str = ""
    starts: list[float] = field(default_factory=list)
    polls: list[State] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    hung_up_at: float | None = None
    not_placed: str = ""

    def add(self, interaction: Interaction, *, begins: bool, hangs_up: bool) -> None:
        self.numbers.append(interaction.number)
        self.starts.append(interaction.at)
        asked = interaction.request.fields
        result = result_of(interaction)
        if begins:
            self.dial_string = _text(asked, "dial_string")
            self.item_id = _text(asked, "item_id", "id") or _text(asked, "entry_id")
            self.not_placed = "" if self.id else f"not placed: {result.text}"
        elif hangs_up:
            if result.ok and self.hung_up_at is None:
                self.hung_up_at = interaction.at
        elif interaction.response is not None and (state := _state(interaction.at, interaction.response.fields)):
            self.polls.append(state)

    def call(self) -> Call:
        started_at = min(self.starts)
        states = tuple(_changes(sorted(self.polls, key=lambda state: state.at)))
        return Call(
            id=self.id,
            service=self.service,
            dial_string=self.dial_string,
            item_id=self.item_id,
            started_at=started_at,
            states=states,
            ended=self.not_placed or _end(states, started_at, self.hung_up_at),
            interactions=tuple(sorted(self.numbers)),
        )


def _changes(states: list[State]) -> Iterable[State]:
    last = ""
    for state in states:
        if str(state) != last:
            yield state
        last = str(state)


_ENDS = {
    "UserBusy": "busy",
    "NoAnswer": "no answer",
    "Unavailable": "number not available",
    "Other": "ended for another reason",
    "": "ended",
}


def _end(states: tuple[State, ...], started_at: float, hung_up_at: float | None) -> str:
    """Whichever came first: the client hung up, or a poll found the call ended."""
    end = next((state for state in states if state.state == "Disconnected"), None)
    if hung_up_at is not None and (end is None or hung_up_at <= end.at):
        return f"hung up by the client after {hung_up_at - started_at:.3f} s"
    return "not seen to end" if end is None else _ENDS.get(end.cause, end.cause)


def _state(at: float, answered: Fields) -> State | None:
    """The state of a call in either service's words: GetPhoneCallInformation nests it, GetCallInfo does not."""
    information = answered.get("phone_call_information")
    if isinstance(information, Mapping):
        state, cause = _text(information, "phone_call_state"), _text(information, "connection_failure_cause")
        sip_code, sip_text = _text(information, "sip_response_code"), _text(information, "sip_response_text")
    else:
        state, cause, sip_code, sip_text = _text(answered, "call_state"), _text(answered, "event_cause"), "", ""
    if not state:
        return None
    return State(at=at, state=state, cause="" if cause == "None" else cause, sip_code=sip_code, sip_text=sip_text)


def _text(fields: Fields, *path: str) -> str:
    """The text at a path of keys; empty if there is none."""
    found: Field | None = fields
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""
