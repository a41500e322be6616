"""Folders and messages as elements, with the properties that the request's shape asks for (MS-OXWSCDATA 2.2.4)."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from ewstape.sandbox.contents import OWNER, Folder, Item, Person
from ewstape.sandbox.markup import find_all, leaf, tag, text_of
from ewstape.wire.namespaces import Element

# In the order of the schema, which clients generated from it insist on.
_PROPERTIES: Final[Mapping[str, Callable[[Item, Folder], str]]] = {
    "item:ParentFolderId": lambda _, folder: folder_id(folder, "t:ParentFolderId"),
    "item:ItemClass": lambda item, _: leaf("t:ItemClass", item.item_class),
    "item:Subject": lambda item, _: leaf("t:Subject", item.subject),
    "item:Sensitivity": lambda *_: leaf("t:Sensitivity", "Normal"),
    "item:Body": lambda item, _: leaf("t:Body", item.body, BodyType="Text"),
    "item:DateTimeReceived": lambda item, _: leaf("t:DateTimeReceived", item.received),
    "item:Size": lambda item, _: leaf("t:Size", str(1000 + len(item.body))),
    "item:Importance": lambda *_: leaf("t:Importance", "Normal"),
    "item:DateTimeSent": lambda item, _: leaf("t:DateTimeSent", item.received),
    "item:DateTimeCreated": lambda item, _: leaf("t:DateTimeCreated", item.received),
    "item:DisplayTo": lambda *_: leaf("t:DisplayTo", OWNER[0]),
    "item:HasAttachments": lambda *_: leaf("t:HasAttachments", "false"),
    "item:StoreEntryId": lambda item, _: leaf("t:StoreEntryId", item.entry_id),
    "message:Sender": lambda item, _: tag("t:Sender", mailbox(item.sender)),
    "message:ToRecipients": lambda *_: tag("t:ToRecipients", mailbox(OWNER)),
    "message:From": lambda item, _: tag("t:From", mailbox(item.sender)),
    "message:IsRead": lambda *_: leaf("t:IsRead", "false"),
}

ALL: Final = frozenset(_PROPERTIES)
LISTED: Final = ALL - {"item:Body", "message:ToRecipients"}
"""What FindItem and SyncFolderItems can give; the rest takes a GetItem."""


def wanted(shape: Element) -> Collection[str]:
    """The property paths (FieldURI) that an ItemShape asks for; Default is taken for all there are."""
    if text_of(shape, "t:BaseShape") != "IdOnly":
        return ALL
    return {field.get("FieldURI", "") for field in find_all(shape, "t:AdditionalProperties/t:FieldURI")}


def message(item: Item, folder: Folder, properties: Collection[str]) -> str:
    """A message with those of its properties."""
    chosen = (make(item, folder) for path, make in _PROPERTIES.items() if path in properties)
    return tag("t:Message", item_id(item), *chosen)


def folder_element(folder: Folder, parent: Folder, children: int, items: int) -> str:
    """A folder with all its properties; it is small enough to be given whole."""
    return tag(
        "t:Folder",
        folder_id(folder),
        folder_id(parent, "t:ParentFolderId"),
        leaf("t:FolderClass", "IPF.Note"),
        leaf("t:DisplayName", folder.name),
        leaf("t:TotalCount", str(items)),
        leaf("t:ChildFolderCount", str(children)),
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
