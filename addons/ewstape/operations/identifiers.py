"""Which fields of EWS and Unified Messaging messages hold identifiers, and of what kind.

An identifier names something and means nothing by itself: ids of items and calls, addresses, dial strings, and the
date-times and UIDs that a client makes anew in every run. Replay binds them and compares everything else. Elements are
known by their local names, since imitations of Exchange mix the namespaces up. Sources: the schemas that Exchange
serves (messages.xsd, types.xsd) and, for the older service, Microsoft's "Unified Messaging web service reference".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """What an identifier names. Each kind is one object, compared by identity."""

    name: str
    issued_by_server: bool = False
    """The server hands it out in the course of a conversation, and a client can have it from nowhere else."""
    known_to_client: bool = False
    """People and programs have it of their own, and need no answer to learn it."""
    varies: bool = False
    """A client makes it anew each time, so that a value of another run is no mistake."""
    form: re.Pattern[str] | None = None
    """What a value looks like; any other text in the field is no identifier."""

    def admits(self, value: str) -> bool:
        """Whether `value` is an identifier of this kind at all; an empty one never is."""
        return bool(value) and (self.form is None or self.form.fullmatch(value) is not None)

    def __str__(self) -> str:
        """The name for people: `phone call id`."""
        return self.name.replace("_", " ")


_DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?")

ITEM_ID: Final = Kind("item_id")
CHANGE_KEY: Final = Kind("change_key")
FOLDER_ID: Final = Kind("folder_id")
ATTACHMENT_ID: Final = Kind("attachment_id")
CONVERSATION_ID: Final = Kind("conversation_id")
PERSONA_ID: Final = Kind("persona_id")
ENTRY_ID: Final = Kind("entry_id")
PHONE_CALL_ID: Final = Kind("phone_call_id", issued_by_server=True)
SYNC_STATE: Final = Kind("sync_state", issued_by_server=True)
WATERMARK: Final = Kind("watermark", issued_by_server=True)
SUBSCRIPTION_ID: Final = Kind("subscription_id", issued_by_server=True)
DIAL_STRING: Final = Kind("dial_string", known_to_client=True)
SMTP_ADDRESS: Final = Kind("smtp_address", known_to_client=True)
PRINCIPAL_NAME: Final = Kind("principal_name", known_to_client=True)
SID: Final = Kind("sid", known_to_client=True)
UID: Final = Kind("uid", known_to_client=True, varies=True)
DATE_TIME: Final = Kind("date_time", known_to_client=True, varies=True, form=_DATE_TIME)

_TABLE: Final[Mapping[Kind, str]] = {
    # Parent/Element/@Attribute, or the text of an element; a parent is given where the name alone is ambiguous.
    ITEM_ID: """ItemId/@Id ParentItemId/@Id RootItemId/@Id ReferenceItemId/@Id OldItemId/@Id
        AssociatedCalendarItemId/@Id
        OccurrenceItemId/@RecurringMasterId RecurringMasterItemId/@OccurrenceId RecurringMasterItemIdRanges/@Id
        AttachmentId/@RootItemId RootItemId/@RootItemId AlternateId/@Id""",
    CHANGE_KEY: """ItemId/@ChangeKey ParentItemId/@ChangeKey RootItemId/@RootItemChangeKey ReferenceItemId/@ChangeKey
        OldItemId/@ChangeKey AssociatedCalendarItemId/@ChangeKey OccurrenceItemId/@ChangeKey
        RecurringMasterItemId/@ChangeKey FolderId/@ChangeKey ParentFolderId/@ChangeKey DistinguishedFolderId/@ChangeKey
        OldFolderId/@ChangeKey OldParentFolderId/@ChangeKey ConversationId/@ChangeKey PersonaId/@ChangeKey
        AttachmentId/@RootItemChangeKey""",
    FOLDER_ID: """FolderId/@Id ParentFolderId/@Id OldFolderId/@Id OldParentFolderId/@Id
        AlternatePublicFolderId/@FolderId""",
    ATTACHMENT_ID: "AttachmentId/@Id",
    CONVERSATION_ID: "ConversationId/@Id",
    PERSONA_ID: "PersonaId/@Id",
    ENTRY_ID: "entryId StoreEntryId base64FolderID base64FolderId TelephoneAccessFolderEmail",
    PHONE_CALL_ID: """PhoneCallId/@Id CallId PlayOnPhoneResponse/PlayOnPhoneResponse
        PlayOnPhoneGreetingResponse/PlayOnPhoneGreetingResponse""",
    SYNC_STATE: "SyncState SyncFolderState SyncItemsState",
    WATERMARK: "Watermark PreviousWatermark",
    SUBSCRIPTION_ID: "SubscriptionId",
    DIAL_STRING: "DialString dialString PlayOnPhoneDialString TelephoneAccessNumbers",
    SMTP_ADDRESS: """EmailAddress EMailAddress PrimarySmtpAddress SmtpAddress Email/Address User/Mailbox
        AlternateId/@Mailbox SendingAs""",
    PRINCIPAL_NAME: "PrincipalName",
    SID: "SID",
    UID: "UID InternetMessageId",
    DATE_TIME: """CalendarView/@StartDate CalendarView/@EndDate TimeWindow/StartTime TimeWindow/EndTime
        DetailedSuggestionsWindow/StartTime DetailedSuggestionsWindow/EndTime
        FieldURIOrConstant/Constant/@Value""",
}

KINDS: Final = tuple(_TABLE)
"""All kinds of identifiers."""

type Slots = Mapping[str, tuple[tuple[str, Kind], ...]]
"""What an element can hold: by attribute name, `""` for its text, the parents it needs (`""`: any) and the kind."""


def _by_element() -> Mapping[str, Slots]:
    found: dict[str, dict[str, tuple[tuple[str, Kind], ...]]] = {}
    for kind, places in _TABLE.items():
        for place in places.split():
            path, _, attribute = place.partition("/@")
            parent, _, element = path.rpartition("/")
            slots = found.setdefault(element, {})
            slots[attribute] = (*slots.get(attribute, ()), (parent, kind))
    return found


_BY_ELEMENT: Final = _by_element()

ELEMENTS: Final = frozenset(_BY_ELEMENT)
"""The local names of all elements that can hold an identifier."""


@lru_cache(2048)
def slots_of(tag: str) -> Slots | None:
    """Where an element of this name, with or without its namespace, can hold identifiers; `None` if nowhere."""
    return _BY_ELEMENT.get(_local(tag))


def kind_of(parent: str, tag: str, attribute: str | None = None) -> Kind | None:
    """The kind of identifier in an attribute, or in the text of an element that has no child elements.

    Args:
        parent: the name of the element around it, with or without its namespace; empty if there is none.
        tag: the element's own name.
        attribute: its name; `None` asks about the text.
    """
    slots = slots_of(tag)
    if slots is None:
        return None
    return next((kind for wanted, kind in slots.get(attribute or "", ()) if wanted in {"", _local(parent)}), None)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
