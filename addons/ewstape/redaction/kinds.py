"""What a sensitive value is. The kind decides how spellings are unified and what shape the pseudonym has."""

from enum import StrEnum


class Kind(StrEnum):
    """The kind of a sensitive value, as a rule names it.

    A kind says what to expect, and the value has the last word: an address is treated as an address in a dial string,
    a display name or a subject as well, so that it gets the same pseudonym everywhere (`normalise.resolve`).
    """

    __hash__ = str.__hash__  # Enum's own is Python code, and a kind is looked up for every value

    ID = "id"
    """An identifier in base64: ItemId, ChangeKey, PhoneCallId, SyncState, Watermark, MAPI entry id; attachment content.
    Not opaque: they hold mailbox GUIDs and the names of servers."""
    PHONE_NUMBER = "phone_number"
    """A telephone number, an extension, or whatever else a dial string may be (MS-OXWUMS 3.1.4.7.2.1)."""
    SIP_ADDRESS = "sip_address"
    """`sip:alice@contoso.com`; the same person as the e-mail address of that name."""
    SMTP_ADDRESS = "smtp_address"
    """An e-mail address or principal name, with or without a prefix such as `SMTP:`."""
    HOST = "host"
    """A host or domain name, or an IP address; with or without a port."""
    URL = "url"
    """A URL: its host, its query, and the parts of its path that hold identifiers."""
    GUID = "guid"
    """A GUID, with or without braces and hyphens."""
    SID = "sid"
    """A Windows security identifier, `S-1-5-21-...` (MS-DTYP 2.4.2.1)."""
    LEGACY_DN = "legacy_dn"
    """A legacyExchangeDN or X.500 address, `/o=.../cn=...` (MS-OXOABK 2.2.1.1)."""
    DISPLAY_NAME = "display_name"
    """The name of a person, group, room or folder."""
    TEXT = "text"
    """Free text: a subject, a body, a file name."""
    COOKIE = "cookie"
    """The value of a cookie."""
    TOKEN = "token"  # noqa: S105  the name of a kind
    """Any other opaque value: a correlation id, a session key, a query value."""
