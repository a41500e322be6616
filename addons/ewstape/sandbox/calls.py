"""Phone calls that take their course as they are asked about, and the three EWS operations on them.

A call has no clock: each GetPhoneCallInformation (or the older GetCallInfo) moves it one state on, and its last state
stays. The dial string alone decides how it goes (only its digits count, so `tel:+1-555-0101` is busy as well):

    dial string                          outcome
    ----------------------------------   -------------------------------------------------------------------
    +1 555 0101                          Connecting, Disconnected: UserBusy, 486 Busy Here
    +1 555 0102                          Connecting, Alerted, Alerted, Disconnected: NoAnswer, 480
    +1 555 0103                          Connecting, Disconnected: Unavailable, 404 Not Found
    +1 555 0104                          Connecting, Disconnected: Other, 503 Service Unavailable
    any other number of 3 to 15 digits   Connecting, Alerted, Connected until somebody hangs up
    name@host, with or without sip:      the same
    empty, or digits too few or many     refused: ErrorInvalidPhoneNumber
    any other text                       refused: ErrorPhoneNumberNotDialable
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ewstape.sandbox.identifiers import Identifiers
from ewstape.sandbox.markup import Refusal, attribute, find, leaf, response, tag, text_of
from ewstape.wire.namespaces import TYPES, Element


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call goes."""

    states: tuple[str, ...]
    """What one poll after another sees (PhoneCallState); the last stays."""
    cause: str = "None"
    """Why it ended by itself (ConnectionFailureCause)."""
    sip_code: str = ""
    sip_text: str = ""


ANSWERED: Final = Outcome(("Connecting", "Alerted", "Connected"))
OUTCOMES: Final[Mapping[str, Outcome]] = {
    "15550101": Outcome(("Connecting", "Disconnected"), "UserBusy", "486", "Busy Here"),
    "15550102": Outcome(
        ("Connecting", "Alerted", "Alerted", "Disconnected"), "NoAnswer", "480", "Temporarily Unavailable"
    ),
    "15550103": Outcome(("Connecting", "Disconnected"), "Unavailable", "404", "Not Found"),
    "15550104": Outcome(("Connecting", "Disconnected"), "Other", "503", "Service Unavailable"),
}
"""By the digits of the dial string; every other number that can be dialled is `ANSWERED`."""

_INVALID_CALL_ID: Final = ("ErrorInvalidPhoneCallId", "The phone call ID isn't valid.")
_INVALID_NUMBER: Final = ("ErrorInvalidPhoneNumber", "The phone number isn't valid in this dial plan.")
_NOT_DIALABLE: Final = ("ErrorPhoneNumberNotDialable", "The phone number isn't in a form that can be dialed.")
_ITEM_NOT_FOUND: Final = ("ErrorItemNotFound", "The specified object was not found in the store.")

_ADDRESS: Final = re.compile(r"(sip:)?[^@\s]+@[^@\s]+", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?:tel:)?\+?([0-9 ().-]*)(?:;.*)?", re.IGNORECASE)  # RFC 3966, as far as people go
_LENGTHS: Final = range(3, 16)  # digits; E.164 ends at fifteen


def outcome_of(dial_string: str) -> Outcome:
    """How a call to `dial_string` will go, by the table above; raises `Refusal` if it cannot be dialled at all."""
    if _ADDRESS.fullmatch(dial_string.strip()):
        return ANSWERED
    if not (number := _NUMBER.fullmatch(dial_string.strip())):
        raise Refusal(*_NOT_DIALABLE)
    digits = re.sub(r"\D", "", number[1])
    if len(digits) not in _LENGTHS:
        raise Refusal(*_INVALID_NUMBER)
    return OUTCOMES.get(digits, ANSWERED)


@dataclass(slots=True)
class Call:
    """One call: how it is to go, and how far it has come."""

    outcome: Outcome
    polls: int = 0
    hung_up: bool = False

    def poll(self) -> str:
        """Let the call go on by one step and tell its state."""
        self.polls += 1
        return self.state

    @property
    def state(self) -> str:
        """What the latest poll saw, or what hanging up made of it (PhoneCallState)."""
        if self.hung_up:
            return "Disconnected"
        return self.outcome.states[min(max(self.polls, 1), len(self.outcome.states)) - 1]


class Calls:
    """The phone calls of one server, whichever of its services made them, and the EWS operations on them."""

    def __init__(self, identifiers: Identifiers, is_item: Callable[[str], bool]) -> None:
        self._identifiers = identifiers
        self._is_item = is_item
        self._calls: dict[str, Call] = {}
        self._made: Counter[tuple[str, str]] = Counter()
        self.operations = {
            "PlayOnPhone": self._play_on_phone,
            "PlayOnPhone2": self._play_on_phone,  # MS-OXWUMS's own name for it
            "GetPhoneCallInformation": self._get_phone_call_information,
            "DisconnectPhoneCall": self._disconnect_phone_call,
        }

    def place(self, what: str, dial_string: str) -> str:
        """Begin a call and give its id. The id follows from what is played to whom and how often, not from the order
        in which calls arrive, so clients that call at the same time get the same ids in every run.
        """
        outcome = outcome_of(dial_string)
        self._made[what, dial_string] += 1
        call_id = self._identifiers.phone_call_id(what, dial_string, str(self._made[what, dial_string]))
        self._calls[call_id] = Call(outcome)
        return call_id

    def get(self, call_id: str) -> Call:
        """The call; raises `Refusal` if there never was one of that id."""
        if call_id not in self._calls:
            raise Refusal(*_INVALID_CALL_ID)
        return self._calls[call_id]

    def hang_up(self, call_id: str) -> None:
        """End a call; raises `Refusal` if there is none, or if it has ended already."""
        call = self.get(call_id)
        if call.state == "Disconnected":
            raise Refusal(*_INVALID_CALL_ID)
        call.hung_up = True

    def _play_on_phone(self, request: Element) -> str:
        item_id = attribute(find(request, "m:ItemId"), "Id")
        dial_string = text_of(request, "m:DialString")
        if not self._is_item(item_id):
            raise Refusal(*_ITEM_NOT_FOUND)
        return response("PlayOnPhone", tag("PhoneCallId", Id=self.place(item_id, dial_string)))

    def _get_phone_call_information(self, request: Element) -> str:
        call = self.get(attribute(find(request, "m:PhoneCallId"), "Id"))
        facts = {"PhoneCallState": call.poll(), "ConnectionFailureCause": "None"}
        if call.state == "Disconnected" and not call.hung_up:
            facts |= {
                "ConnectionFailureCause": call.outcome.cause,
                "SIPResponseText": call.outcome.sip_text,
                "SIPResponseCode": call.outcome.sip_code,
            }
        children = (leaf(name, value, xmlns=TYPES) for name, value in facts.items())
        return response("GetPhoneCallInformation", tag("PhoneCallInformation", *children))

    def _disconnect_phone_call(self, request: Element) -> str:
        self.hang_up(attribute(find(request, "m:PhoneCallId"), "Id"))
        return response("DisconnectPhoneCall")
