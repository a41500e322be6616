"""GetPhoneCallInformation: how a call is getting on.

MS-OXWUMS 3.1.4.4; Microsoft's page "GetPhoneCallInformation operation". Clients poll: the same request gets another
answer as the call proceeds.
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes, integer, text, token
from ewstape.operations._phone_call import requested_call
from ewstape.operations._spec import OperationSpec
from ewstape.operations.response_message import COMMON, SUCCESS, ResponseMessage, read_common, unwrapped
from ewstape.wire.namespaces import TYPES, Element, local_name

PHONE_CALL_STATES = (
    "Idle",
    "Connecting",
    "Alerted",
    "Connected",
    "Disconnected",
    "Incoming",
    "Transferring",
    "Forwarding",
)
"""t:PhoneCallStateType; the Exchange 2007 service has the same values (Microsoft's page "PhoneCallState")."""

CONNECTION_FAILURE_CAUSES = ("None", "UserBusy", "NoAnswer", "Unavailable", "Other")
"""t:ConnectionFailureCauseType (Microsoft's page "ConnectionFailureCause")."""

_RESPONSE = Children(*COMMON, "PhoneCallInformation")
_INFORMATION = Children(
    "PhoneCallState",
    "ConnectionFailureCause",
    "SIPResponseText",
    "SIPResponseCode",
    namespace=TYPES,  # although the element they are in is in the namespace of messages
    required=("PhoneCallState", "ConnectionFailureCause"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPhoneCallInformationRequest:
    """An m:GetPhoneCallInformationType."""

    phone_call_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCallInformation:
    """A t:PhoneCallInformationType: the state of a call at one moment."""

    phone_call_state: str | None
    """One of `PHONE_CALL_STATES`."""
    connection_failure_cause: str | None
    """One of `CONNECTION_FAILURE_CAUSES`; the word None unless the call ended for a known reason."""
    sip_response_text: str | None = None
    """What the telephone side said, such as `Busy Here`."""
    sip_response_code: int | None = None
    """The SIP status code (RFC 3261), such as 486."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPhoneCallInformationResponse(ResponseMessage):
    """An m:GetPhoneCallInformationResponseMessageType."""

    phone_call_information: PhoneCallInformation | None = None


def read_request(payload: Element, notes: Notes) -> GetPhoneCallInformationRequest:
    """Decode m:GetPhoneCallInformation."""
    return GetPhoneCallInformationRequest(phone_call_id=requested_call(payload, notes))


def read_response(payload: Element, notes: Notes) -> GetPhoneCallInformationResponse:
    """Decode m:GetPhoneCallInformationResponse."""
    message = unwrapped(payload, notes)
    children = _RESPONSE.of(message, notes)
    information = children.get("PhoneCallInformation")
    response = GetPhoneCallInformationResponse(
        **read_common(message, children, notes),
        phone_call_information=None if information is None else _information(information, notes),
    )
    if response.response_class == SUCCESS and information is None:
        notes.add(f"{local_name(message)}: success without PhoneCallInformation")
    return response


def _information(element: Element, notes: Notes) -> PhoneCallInformation:
    children = _INFORMATION.of(element, notes)
    return PhoneCallInformation(
        phone_call_state=token(children.get("PhoneCallState"), notes, *PHONE_CALL_STATES),
        connection_failure_cause=token(children.get("ConnectionFailureCause"), notes, *CONNECTION_FAILURE_CAUSES),
        sip_response_text=text(children.get("SIPResponseText")),
        sip_response_code=integer(children.get("SIPResponseCode"), notes),
    )


SPEC = OperationSpec(
    name="GetPhoneCallInformation",
    service=Service.EWS,
    read_request=read_request,
    read_response=read_response,
    writes=False,
    call_id_field="phone_call_id",
)
