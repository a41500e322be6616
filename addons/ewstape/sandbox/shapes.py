"""Folders and messages as elements, with the properties that the request's shape asks for (MS-OXWSCDATA 2.2.4)."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from ewstape.sandbox.contents import OWNER, Folder, Item, Person
from ewstape.sandbox.extended import ITEM, extended_property, of_folder, tags
from ewstape.sandbox.markup import find_all, leaf, tag, text_of
from ewstape.wire.namespaces import Element


def _extended(name: str) -> tuple[str, Callable[[Item, Folder], str]]:
    kind, value = ITEM[name]
    return name, lambda item, _: extended_property(name, kind, value(item))


# In the order of the schema, which clients generated from it insist on.
_PROPERTIES: Final[Mapping[str, Callable[[Item, Folder], str]]] = {
    "item:ParentFolderId": lambda _, folder: folder_id(folder, "t:ParentFolderId"),
    "item:ItemClass": lambda item, _: leaf("t:ItemClass", item.item_class),
    "item:Subject": lambda item, _: leaf("t:Subject", item.subject),
    "item:Sensitivity": lambda *_: leaf("t:Sensitivity", "Normal"),
    "item:Body": lambda item, _: leaf("t:Body", item.body, BodyType="Text"),
    "item:DateTimeReceived": lambda item, _: leaf("t:DateTimeReceived", item.received),
    "item:Size": lambda item, _: leaf("t:Size", str(item.size)),
    "item:Importance": lambda *_: leaf("t:Importance", "Normal"),
    "item:DateTimeSent": lambda item, _: leaf("t:DateTimeSent", item.received),
    "item:DateTimeCreated": lambda item, _: leaf("t:DateTimeCreated", item.received),
    "item:DisplayTo": lambda *_: leaf("t:DisplayTo", OWNER[0]),
    "item:HasAttachments": lambda *_: leaf("t:HasAttachments", "false"),
    **dict(map(_extended, ITEM)),
    "item:StoreEntryId": lambda item, _: leaf("t:StoreEntryId", item.entry_id),
    "message:Sender": lambda item, _: tag("t:Sender", mailbox(item.sender)),
    "message:ToRecipients": lambda *_: tag("t:ToRecipients", mailbox(OWNER)),
    "message:From": lambda item, _: tag("t:From", mailbox(item.sender)),
    "message:IsRead": lambda *_: leaf("t:IsRead", "false"),
}

_MIME: Final = "item:MimeContent"
_DEFAULT: Final = frozenset(_PROPERTIES) - frozenset(ITEM)
DETAIL: Final = frozenset({_MIME, "item:Body", "message:ToRecipients"})
"""What FindItem and SyncFolderItems cannot give: it takes a GetItem."""


def wanted(shape: Element) -> frozenset[str]:
    """The properties that an ItemShape asks for, by FieldURI or tag; Default is taken for all that have a name."""
    asked = frozenset(field.get("FieldURI", "") for field in find_all(shape, "t:AdditionalProperties/t:FieldURI"))
    base = frozenset() if text_of(shape, "t:BaseShape") == "IdOnly" else _DEFAULT
    mime = frozenset({_MIME}) if text_of(shape, "t:IncludeMimeContent", "false") == "true" else frozenset()
    return asked | tags(shape) | base | mime


def message(item: Item, folder: Folder, properties: frozenset[str]) -> str:
    """A message with those of its properties."""
    mime = (leaf("t:MimeContent", _mime(item), CharacterSet="UTF-8"),) if _MIME in properties else ()
    chosen = (make(item, folder) for path, make in _PROPERTIES.items() if path in properties)
    return tag("t:Message", *mime, item_id(item), *chosen)


def folder_element(folder: Folder, parent: Folder, children: int, items: int, shape: Element) -> str:
    """A folder with all its properties but the extended ones, of which it has those that the shape asks for."""
    asked = tags(shape)
    extended = of_folder(folder.folder_class, children, items)
    return tag(
        "t:Folder",
        folder_id(folder),
        folder_id(parent, "t:ParentFolderId"),
        leaf("t:FolderClass", folder.folder_class),
        leaf("t:DisplayName", folder.name),
        leaf("t:TotalCount", str(items)),
        leaf("t:ChildFolderCount", str(children)),
        *(extended_property(name, *value) for name, value in extended.items() if name in asked),
        leaf("t:UnreadCount", str(items)),
    )


def item_id(item: Item) -> str:
    """The id and version of a message."""
    return tag("t:ItemId", Id=item.id, ChangeKey=item.change_key)


def folder_id(folder: Folder, name: str = "t:FolderId") -> str:
    """The id and version of a folder, in an element of that name."""
    return tag(name, Id=folder.id, ChangeKey=folder.change_key)


def mailbox(person: Person) -> str:
    """Somebody's name and address."""
    name, address = person
    return tag(
        "t:Mailbox",
        leaf("t:Name", name),
        leaf("t:EmailAddress", address),
        leaf("t:RoutingType", "SMTP"),
        leaf("t:MailboxType", "Mailbox"),
    )


def _mime(item: Item) -> str:
    """The message as it came by mail, in base64. Nothing in it depends on the clock."""
    mail = EmailMessage(policy=SMTP)
    name, address = item.sender
    mail["From"], mail["To"] = Address(name, addr_spec=address), Address(OWNER[0], addr_spec=OWNER[1])
    mail["Subject"] = item.subject
    mail["Date"] = datetime.fromisoformat(item.received)
    mail["Message-ID"] = f"<{item.number}.{item.folder}@example.com>"
    mail.set_content(item.body)
    return b64encode(bytes(mail)).decode("ascii")
