"""The request that Disconnect and GetCallInfo share: a call, by its id."""

from dataclasses import dataclass

from ewstape.operations._elements import Children, Notes, text
from ewstape.wire.namespaces import Element

_REQUEST = Children("CallId", required=("CallId",))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """Which call is meant."""

    call_id: str | None
    """As PlayOnPhone or PlayOnPhoneGreeting answered it."""


def read_call_request(payload: Element, notes: Notes) -> CallRequest:
    """Decode m:Disconnect or m:GetCallInfo."""
    return CallRequest(call_id=text(_REQUEST.of(payload, notes).get("CallId")))
