"""GetUMProperties: the Unified Messaging settings of the mailbox owner.

MS-OXWUMS 3.1.4.5; Microsoft's page "GetUMProperties operation (UM web service)".
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes, boolean, text
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import nested, read_empty
from ewstape.wire.namespaces import Element

_PROPERTIES = Children(
    "OofStatus",
    "MissedCallNotificationEnabled",
    "PlayOnPhoneDialString",
    "TelephoneAccessNumbers",
    "TelephoneAccessFolderEmail",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUMPropertiesResponse:
    """The settings that the Set operations of this service change."""

    oof_status: bool | None
    missed_call_notification_enabled: bool | None
    play_on_phone_dial_string: str | None
    telephone_access_numbers: str | None
    """A list of numbers in one text, as the server writes it."""
    telephone_access_folder_email: str | None
    """A folder id in base64, in spite of the name."""


def read_response(payload: Element, notes: Notes) -> GetUMPropertiesResponse:
    """Decode m:GetUMPropertiesResponse."""
    children = _PROPERTIES.of(nested(payload, notes), notes)
    return GetUMPropertiesResponse(
        oof_status=boolean(children.get("OofStatus"), notes),
        missed_call_notification_enabled=boolean(children.get("MissedCallNotificationEnabled"), notes),
        play_on_phone_dial_string=text(children.get("PlayOnPhoneDialString")),
        telephone_access_numbers=text(children.get("TelephoneAccessNumbers")),
        telephone_access_folder_email=text(children.get("TelephoneAccessFolderEmail")),
    )


SPEC = OperationSpec(
    name="GetUMProperties",
    service=Service.UM,
    read_request=read_empty,
    read_response=read_response,
    writes=False,
)
