"""The Unified Messaging service of Exchange 2007 (`UM2007Legacy.asmx`): eleven operations, MS-OXWUMS 3.1.4.

It shares its calls with the EWS service beside it. Its answers repeat the name of their root inside, it has no SOAP
headers, and what it refuses it refuses with a fault.
"""

from collections.abc import Callable, Mapping
from typing import Final

from ewstape.sandbox.calls import Calls
from ewstape.sandbox.markup import Refusal, SchemaViolation, leaf, tag, text_of
from ewstape.wire.namespaces import MESSAGES, Element

EXCEPTION_TYPES: Final[Mapping[str, str]] = {
    "ErrorInvalidPhoneCallId": "InvalidCallIdException",
    "ErrorItemNotFound": "InvalidObjectIdException",
    "ErrorInvalidPhoneNumber": "DialingRulesException",
    "ErrorPhoneNumberNotDialable": "DialingRulesException",
}
"""What this service calls the refusals of the other (MS-OXWUMS 2.2.5.1)."""

_EVENT_CAUSES: Final = ("None", "UserBusy", "NoAnswer", "Other")  # it knows no Unavailable
_GREETINGS: Final = ("NormalCustom", "OofCustom")


class LegacyService:
    """The service: settings of one mailbox, and a second door to its calls."""

    def __init__(self, calls: Calls, is_entry: Callable[[str], bool], folder_id: str) -> None:
        self._calls = calls
        self._is_entry = is_entry
        self._settings = {
            "OofStatus": "false",
            "MissedCallNotificationEnabled": "true",
            "PlayOnPhoneDialString": "+1 555 0199",
            "TelephoneAccessNumbers": "+1 555 0180",
            "TelephoneAccessFolderEmail": folder_id,
        }
        self.operations: Mapping[str, Callable[[Element], str]] = {
            "PlayOnPhone": self._play_on_phone,
            "PlayOnPhoneGreeting": self._play_on_phone_greeting,
            "GetCallInfo": self._get_call_info,
            "Disconnect": self._disconnect,
            "IsUMEnabled": lambda _: _result("IsUMEnabled", "true"),
            "GetUMProperties": self._get_um_properties,
            "SetOofStatus": self._setter("SetOofStatus", "status", "OofStatus"),
            "SetMissedCallNotificationEnabled": self._setter(
                "SetMissedCallNotificationEnabled", "status", "MissedCallNotificationEnabled"
            ),
            "SetPlayOnPhoneDialString": self._setter("SetPlayOnPhoneDialString", "dialString", "PlayOnPhoneDialString"),
            "SetTelephoneAccessFolderEmail": self._setter(
                "SetTelephoneAccessFolderEmail", "base64FolderID", "TelephoneAccessFolderEmail"
            ),
            "ResetPIN": lambda _: _done("ResetPIN"),
        }

    def _play_on_phone(self, request: Element) -> str:
        entry_id = text_of(request, "m:entryId")
        if not self._is_entry(entry_id):
            raise Refusal("ErrorItemNotFound", "The object ID isn't valid.")
        return _result("PlayOnPhone", self._calls.place(entry_id, text_of(request, "m:DialString")))

    def _play_on_phone_greeting(self, request: Element) -> str:
        greeting = text_of(request, "m:GreetingType")
        if greeting not in _GREETINGS:
            raise SchemaViolation(f"The value {greeting!r} is not a GreetingType.")
        return _result("PlayOnPhoneGreeting", self._calls.place(greeting, text_of(request, "m:DialString")))

    def _get_call_info(self, request: Element) -> str:
        call = self._calls.get(text_of(request, "m:CallId"))
        state = call.poll()
        cause = call.outcome.cause if state == "Disconnected" and not call.hung_up else "None"
        cause = cause if cause in _EVENT_CAUSES else "Other"
        return _nested("GetCallInfo", leaf("CallState", state), leaf("EventCause", cause))

    def _disconnect(self, request: Element) -> str:
        self._calls.hang_up(text_of(request, "m:CallId"))
        return _done("Disconnect")

    def _get_um_properties(self, _request: Element) -> str:
        return _nested("GetUMProperties", *(leaf(name, value) for name, value in self._settings.items()))

    def _setter(self, operation: str, element: str, setting: str) -> Callable[[Element], str]:
        def handle(request: Element) -> str:
            self._settings[setting] = text_of(request, f"m:{element}")
            return _done(operation)

        return handle


def _nested(operation: str, *children: str) -> str:
    return tag(f"{operation}Response", tag(f"{operation}Response", *children), xmlns=MESSAGES)


def _result(operation: str, text: str) -> str:
    return tag(f"{operation}Response", leaf(f"{operation}Response", text), xmlns=MESSAGES)


def _done(operation: str) -> str:
    return tag(f"{operation}Response", xmlns=MESSAGES)
