"""What the three phone call operations of EWS share: the id of a call."""

from ewstape.operations._elements import Children, Notes, attribute
from ewstape.wire.namespaces import Element

_REQUEST = Children("PhoneCallId", required=("PhoneCallId",))


def phone_call_id(element: Element | None, notes: Notes) -> str | None:
    """The Id of a t:PhoneCallIdType."""
    return attribute(element, "Id", notes)


def requested_call(payload: Element, notes: Notes) -> str | None:
    """The call that a request with nothing but a PhoneCallId is about."""
    return phone_call_id(_REQUEST.of(payload, notes).get("PhoneCallId"), notes)
