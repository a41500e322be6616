"""PlayOnPhone of the Exchange 2007 service: the server dials a number and plays an item.

MS-OXWUMS 3.1.4.8; Microsoft's page "PlayOnPhone operation (UM web service)". Not to be taken for the PlayOnPhone of
EWS, which has the same name and namespace but names the item by an ItemId.
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes, text
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import read_call_id
from ewstape.wire.namespaces import Element

_REQUEST = Children("entryId", "DialString", required=("entryId", "DialString"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayOnPhoneRequest:
    """What to play, and where."""

    entry_id: str | None
    """The MAPI entry id of the item, in base64 (`item:StoreEntryId` of EWS)."""
    dial_string: str | None
    """The number to dial."""


def read_request(payload: Element, notes: Notes) -> PlayOnPhoneRequest:
    """Decode m:PlayOnPhone as the Exchange 2007 service has it."""
    children = _REQUEST.of(payload, notes)
    return PlayOnPhoneRequest(entry_id=text(children.get("entryId")), dial_string=text(children.get("DialString")))


SPEC = OperationSpec(
    name="PlayOnPhone",
    service=Service.UM,
    read_request=read_request,
    read_response=read_call_id,
    writes=True,
    call_id_field="call_id",
    begins_call=True,
)
