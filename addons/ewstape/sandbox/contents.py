"""What lies in the sandbox's mailbox: a few folders, two voice mails, a message. Only their ids depend on the seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ewstape.sandbox.identifiers import Identifiers

type Person = tuple[str, str]
"""A display name and an address."""

OWNER: Final[Person] = ("Alex Example", "alex@example.com")
COLLEAGUE: Final[Person] = ("Robin Example", "robin@example.com")
DIRECTORY: Final = (OWNER, COLLEAGUE, ("Voice Mail", "voicemail@example.com"))

VOICE_MAIL: Final = "IPM.Note.Microsoft.Voicemail.UM.CA"
"""The item class of a message that a caller left."""

_FOLDERS: Final = (
    ("root", "Root", "root", "IPF.Note"),
    ("msgfolderroot", "Top of Information Store", "root", "IPF.Note"),
    ("inbox", "Inbox", "msgfolderroot", "IPF.Note"),
    ("drafts", "Drafts", "msgfolderroot", "IPF.Note"),
    ("sentitems", "Sent Items", "msgfolderroot", "IPF.Note"),
    ("deleteditems", "Deleted Items", "msgfolderroot", "IPF.Note"),
    ("outbox", "Outbox", "msgfolderroot", "IPF.Note"),
    ("junkemail", "Junk Email", "msgfolderroot", "IPF.Note"),
    ("calendar", "Calendar", "msgfolderroot", "IPF.Appointment"),
    ("contacts", "Contacts", "msgfolderroot", "IPF.Contact"),
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, known by its distinguished id and by its store id."""

    distinguished_id: str
    name: str
    parent: str
    """The distinguished id of the folder it lies in; the root lies in itself."""
    folder_class: str
    id: str
    change_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A message."""

    folder: str
    """The distinguished id of the folder it lies in."""
    number: int
    """Its place in the order of arrival, from 1."""
    item_class: str
    subject: str
    sender: Person
    received: str
    body: str
    id: str
    change_key: str
    entry_id: str

    @property
    def size(self) -> int:
        """Its size in bytes, more or less."""
        return 1000 + len(self.body)


def folders(identifiers: Identifiers) -> Iterator[Folder]:
    """All folders, parents first."""
    for name, display_name, parent, folder_class in _FOLDERS:
        store_id, change_key = identifiers.store_id("folder", name), identifiers.change_key("folder", name)
        yield Folder(name, display_name, parent, folder_class, store_id, change_key)


def items(identifiers: Identifiers) -> Iterator[Item]:
    """The messages of the inbox, newest first."""
    yield _voice_mail(identifiers, "+1 555 0100", "2026-01-15T09:30:00Z", number=3)
    yield new_item(
        identifiers,
        name="minutes",
        number=2,
        item_class="IPM.Note",
        subject="Minutes & next steps <draft>",
        sender=COLLEAGUE,
        received="2026-01-14T16:05:00Z",
        body="Hello Alex,\nplease find the minutes below.\nRobin\n",
    )
    yield _voice_mail(identifiers, "+1 555 0150", "2026-01-12T08:00:00Z", number=1)


def new_item(  # noqa: PLR0913  a message has so many parts, and all are named at the call
    identifiers: Identifiers,
    *,
    name: str,
    number: int,
    item_class: str,
    subject: str,
    sender: Person,
    received: str,
    body: str,
    folder: str = "inbox",
) -> Item:
    """A message whose ids follow from the seed and its `name`."""
    return Item(
        folder=folder,
        number=number,
        item_class=item_class,
        subject=subject,
        sender=sender,
        received=received,
        body=body,
        id=identifiers.store_id("item", name),
        change_key=identifiers.change_key("item", name),
        entry_id=identifiers.entry_id("item", name),
    )


def _voice_mail(identifiers: Identifiers, caller: str, received: str, *, number: int) -> Item:
    return new_item(
        identifiers,
        name=f"voice mail {caller}",
        number=number,
        item_class=VOICE_MAIL,
        subject=f"Voice Mail from {caller}",
        sender=(caller, "voicemail@example.com"),
        received=received,
        body=f"You received a voice mail from {caller}.\nPreview: Hello Alex, this is Robin. Please call me back.\n",
    )
