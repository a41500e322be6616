"""Rules for identifiers that look opaque and are not: of items, folders, calls, subscriptions and MAPI entries."""

from ewstape.redaction.kinds import Kind
from ewstape.redaction.rule import Rule

__all__ = ["IDENTIFIERS"]

IDENTIFIERS: tuple[Rule, ...] = (
    Rule(
        name="item-ids",
        reason="They look opaque and are not: decoded, many hold the GUID of the mailbox.",
        kind=Kind.ID,
        xml="@Id @ItemId @FolderId @RootItemId @OccurrenceId @RecurringMasterId @RecurringMasterItemId "
        "@ConversationId ItemId FolderId ConversationId AttachmentId PersonaId ParentId UID GlobalObjectId "
        "InstanceKey ConversationIndex RecordKey SearchKey InternetMessageId InReplyTo References ContentId RuleId "
        "BlockId SearchId HoldId EventId CalendarEventDetails/ID UniqueId",
    ),
    Rule(
        name="change-keys",
        reason="They stand beside item ids and are made of the same stuff.",
        kind=Kind.ID,
        xml="@ChangeKey @RootItemChangeKey ChangeKey",
    ),
    Rule(
        name="phone-call-ids",
        reason="Decoded, a call id is a GUID and the name of the server that holds the call.",
        kind=Kind.ID,
        xml="PhoneCallId/@Id PhoneCallId CallId PlayOnPhoneResponse PlayOnPhoneGreetingResponse",
    ),
    Rule(
        name="mapi-ids",
        reason="MAPI entry ids hold the GUIDs of the store and the folder.",
        kind=Kind.ID,
        xml="entryId EntryId StoreEntryId base64FolderId base64FolderID TelephoneAccessFolderEmail StoreId",
    ),
    Rule(
        name="sync-states",
        reason="A subscription's id decodes to the name of a back-end server; the states hold folder and mailbox ids.",
        kind=Kind.ID,
        xml="SubscriptionId Watermark PreviousWatermark SyncState LastSyncState",
    ),
)
