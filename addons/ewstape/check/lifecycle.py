"""Whether the phone calls of a cassette run their course (MS-OXWUMS 3.1.1): begun, polled, ended, each in its turn.

A cassette may begin in the middle: where no call begins at all, ids that come from nowhere are no surprise. The same
goes for an id that the server did not know either.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ewstape.check.finding import Finding
from ewstape.interaction import Fields, Interaction, Operation
from ewstape.operations import call_id, lookup

_RULE = "call"
_OK = "NoError"


@dataclass(slots=True)
class _Call:
    begun_in: int
    ended: bool = False
    seen_ended: set[str] = field(default_factory=set)
    """The services whose polls have seen it end."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an interaction does to a phone call; all that must be kept of it."""

    number: int
    document: int
    id: str
    service: str
    begins: bool
    hangs_up: bool
    ok: bool
    state: str


def step(interaction: Interaction, said: tuple[Operation, Fields, Fields], document: int) -> Step | None:
    """The step that an interaction is in the life of a call; `None` if it belongs to no call."""
    operation, asked, answered = said
    spec = lookup(operation)
    if spec is None or not spec.call_id_field or interaction.response is None:
        return None
    code = answered.get("response_code", _OK)
    return Step(
        interaction.number,
        document,
        call_id(operation, asked, answered) or "",
        operation.service,
        spec.begins_call,
        spec.writes and not spec.begins_call,
        code == _OK and "fault" not in answered,
        _state(answered),
    )


def oddities(steps: Iterable[Step]) -> Iterator[Finding]:
    """What is odd about the calls, by the order in which the steps began."""
    calls: dict[str, _Call] = {}
    ordered = sorted((one for one in steps if one.ok and one.id), key=lambda one: one.number)
    if not any(one.begins for one in ordered):
        return
    for one in ordered:
        call = calls.get(one.id)
        if one.begins:
            if call is not None and not call.ended:
                yield Finding(one.document, "$.response", _RULE, f"begins the call of document {call.begun_in} again")
            calls[one.id] = _Call(one.document)
        elif call is None:
            yield Finding(
                one.document, "$.request", _RULE, "the id of the call comes from nowhere: no call began with it"
            )
        elif one.hangs_up:
            call.ended = True
        else:
            yield from _poll(call, one)
    for call in calls.values():
        if not call.ended:
            yield Finding(
                call.begun_in, "$.response", _RULE, "begins a call that is never disconnected, nor seen to end"
            )


def _poll(call: _Call, one: Step) -> Iterator[Finding]:
    if one.service in call.seen_ended:
        words = f"polls the call of document {call.begun_in} after a poll has seen it end"
        yield Finding(one.document, "$.request", _RULE, words)
    if one.state == "Disconnected":
        call.ended = True
        call.seen_ended.add(one.service)


def _state(answered: Fields) -> str:
    """In either service's words: GetPhoneCallInformation nests it, GetCallInfo does not."""
    information = answered.get("phone_call_information")
    inner = information if isinstance(information, Mapping) else answered
    state = inner.get("phone_call_state", inner.get("call_state"))
    return state if isinstance(state, str) else ""
