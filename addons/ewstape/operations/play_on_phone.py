"""PlayOnPhone, which MS-OXWUMS calls PlayOnPhone2: the server dials a number and plays an item to whoever answers.

MS-OXWUMS 3.1.4.7; Microsoft's page "PlayOnPhone operation (EWS)". The document renames the operation because the
Exchange 2007 service has a PlayOnPhone too; on the wire, and in the server's own schema, it is PlayOnPhone.
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes, attribute, text
from ewstape.operations._phone_call import phone_call_id
from ewstape.operations._spec import OperationSpec
from ewstape.operations.response_message import COMMON, ERROR, SUCCESS, ResponseMessage, read_common, unwrapped
from ewstape.wire.namespaces import Element, local_name

_REQUEST = Children("ItemId", "DialString", required=("ItemId", "DialString"))
_RESPONSE = Children(*COMMON, "PhoneCallId")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemId:
    """A t:ItemIdType: which item in a mailbox, and which version of it."""

    id: str | None
    change_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayOnPhoneRequest:
    """An m:PlayOnPhoneType (MS-OXWUMS 3.1.4.7.2.1)."""

    item_id: ItemId | None
    """The voice message or other item to play."""
    dial_string: str | None
    """The number to dial; a SIP or mail address is possible too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayOnPhoneResponse(ResponseMessage):
    """An m:PlayOnPhoneResponseMessageType (MS-OXWUMS 3.1.4.7.2.4)."""

    phone_call_id: str | None = None
    """Names the call in all later requests; there if and only if the call was placed."""


def read_request(payload: Element, notes: Notes) -> PlayOnPhoneRequest:
    """Decode m:PlayOnPhone."""
    children = _REQUEST.of(payload, notes)
    item = children.get("ItemId")
    return PlayOnPhoneRequest(
        item_id=None if item is None else ItemId(id=attribute(item, "Id", notes), change_key=item.get("ChangeKey")),
        dial_string=text(children.get("DialString")),
    )


def read_response(payload: Element, notes: Notes) -> PlayOnPhoneResponse:
    """Decode m:PlayOnPhoneResponse."""
    message = unwrapped(payload, notes)
    children = _RESPONSE.of(message, notes)
    response = PlayOnPhoneResponse(
        **read_common(message, children, notes), phone_call_id=phone_call_id(children.get("PhoneCallId"), notes)
    )
    if response.response_class == SUCCESS and "PhoneCallId" not in children:
        notes.add(f"{local_name(message)}: success without a PhoneCallId")
    if response.response_class == ERROR and "PhoneCallId" in children:
        notes.add(f"{local_name(message)}: an error with a PhoneCallId")
    return response


SPEC = OperationSpec(
    name="PlayOnPhone",
    document_name="PlayOnPhone2",
    service=Service.EWS,
    read_request=read_request,
    read_response=read_response,
    writes=True,
    call_id_field="phone_call_id",
    begins_call=True,
)
