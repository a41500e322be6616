"""GetCallInfo: how a call that this service placed is getting on.

MS-OXWUMS 3.1.4.3; Microsoft's page "GetCallInfo operation (UM web service)".
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes, token
from ewstape.operations._spec import OperationSpec
from ewstape.operations.get_phone_call_information import PHONE_CALL_STATES
from ewstape.operations.um._answers import nested
from ewstape.operations.um._call import read_call_request
from ewstape.wire.namespaces import Element

_INFO = Children("CallState", "EventCause", required=("CallState", "EventCause"))
_EVENT_CAUSES = ("None", "UserBusy", "NoAnswer", "Other")  # unlike EWS, no Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCallInfoResponse:
    """A UMCallInfo: the state of a call at one moment."""

    call_state: str | None
    """One of the states that a call has in EWS too."""
    event_cause: str | None
    """Why the call ended; the word None if it has not, or nobody knows."""


def read_response(payload: Element, notes: Notes) -> GetCallInfoResponse:
    """Decode m:GetCallInfoResponse."""
    children = _INFO.of(nested(payload, notes), notes)
    return GetCallInfoResponse(
        call_state=token(children.get("CallState"), notes, *PHONE_CALL_STATES),
        event_cause=token(children.get("EventCause"), notes, *_EVENT_CAUSES),
    )


SPEC = OperationSpec(
    name="GetCallInfo",
    service=Service.UM,
    read_request=read_call_request,
    read_response=read_response,
    writes=False,
    call_id_field="call_id",
)
