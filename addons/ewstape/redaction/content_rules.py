"""Rules for what people write and keep: subjects, bodies, files, times, properties; and for texts that may quote it."""

from ewstape.redaction.kinds import Kind
from ewstape.redaction.rule import Rule, Treatment

__all__ = ["CONTENT"]

CONTENT: tuple[Rule, ...] = (
    Rule(
        name="subjects",
        reason="They say what people write to each other about.",
        kind=Kind.TEXT,
        xml="Subject NormalizedSubject ConversationTopic Topic UniqueTopics/String String BillingInformation Mileage "
        "MeetingRequestSubject AppointmentSubject",
    ),
    Rule(
        name="bodies",
        reason="They are what people write to each other.",
        kind=Kind.TEXT,
        xml="Body TextBody UniqueBody NormalizedBody FirstBody NewBodyContent NewBody BodyPreview Preview "
        "InternalReply/Message ExternalReply/Message ReplyBody/Message CustomMailTip Comment Notes "
        "MessageBody MeetingNotes",
    ),
    Rule(
        name="contents",
        reason="Whole messages, attachments, pictures and certificates in base64 hold anything.",
        kind=Kind.ID,
        xml="MimeContent MimeContentUTF8 Content PictureData Base64Binary UserPhoto ContactPhoto BinaryData XmlData "
        "Certificate SharedSecret",
    ),
    Rule(
        name="attachment-names",
        reason="File names say what is in them.",
        kind=Kind.TEXT,
        xml="FileAttachment/Name ItemAttachment/Name ReferenceAttachment/Name Attachment/Name AttachmentName FileName",
    ),
    Rule(
        name="free-busy",
        reason="When somebody is free or busy is personal; the length of the view stays.",
        treatment=Treatment.MASK,
        xml="MergedFreeBusy",
    ),
    Rule(
        name="property-values",
        reason="Extended properties, user configurations and settings hold anything; numbers and dates stay.",
        kind=Kind.TEXT,
        xml="Value DictionaryValue DictionaryKey",
    ),
    Rule(
        name="search-terms",
        reason="What people look for are names, addresses and subjects.",
        kind=Kind.TEXT,
        xml="QueryString Query Constant/@Value Contains/@Value Keyword",
    ),
    Rule(
        name="free-text",
        reason="Messages of servers quote numbers, addresses, SIDs and server names; their fixed sentences stay.",
        treatment=Treatment.SCAN,
        headers="User-Agent X-CasErrorCode Warning",
        xml="MessageText faultstring faultcode faultactor SIPResponseText Message Text MessageXml MessageXml/Value "
        "Violation Reason ErrorMessage LastErrorMessage DebugData ExceptionType ErrorDebugInfo DiagnosticInfo",
        patterns="quoted id",
    ),
    Rule(
        name="other-texts",
        reason="What no rule names may be anything: more than a word is replaced, the rest scanned.",
        kind=Kind.TEXT,
    ),
)
