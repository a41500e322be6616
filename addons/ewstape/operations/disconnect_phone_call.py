"""DisconnectPhoneCall: hang up a call that PlayOnPhone placed.

MS-OXWUMS 3.1.4.2, example in 4.2; Microsoft's page "DisconnectPhoneCall operation".
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes
from ewstape.operations._phone_call import requested_call
from ewstape.operations._spec import OperationSpec
from ewstape.operations.response_message import COMMON, ResponseMessage, read_common, unwrapped
from ewstape.wire.namespaces import Element

_RESPONSE = Children(*COMMON)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectPhoneCallRequest:
    """An m:DisconnectPhoneCallType."""

    phone_call_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectPhoneCallResponse(ResponseMessage):
    """An m:DisconnectPhoneCallResponseMessageType, which adds nothing to a response message."""


def read_request(payload: Element, notes: Notes) -> DisconnectPhoneCallRequest:
    """Decode m:DisconnectPhoneCall."""
    return DisconnectPhoneCallRequest(phone_call_id=requested_call(payload, notes))


def read_response(payload: Element, notes: Notes) -> DisconnectPhoneCallResponse:
    """Decode m:DisconnectPhoneCallResponse."""
    message = unwrapped(payload, notes)
    return DisconnectPhoneCallResponse(**read_common(message, _RESPONSE.of(message, notes), notes))


SPEC = OperationSpec(
    name="DisconnectPhoneCall",
    service=Service.EWS,
    read_request=read_request,
    read_response=read_response,
    writes=True,
    call_id_field="phone_call_id",
)
