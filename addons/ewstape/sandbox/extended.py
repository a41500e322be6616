"""Extended properties: MAPI properties by their tags (MS-OXPROPS), which some clients ask for in place of EWS's names.

DavMail asks for nearly everything that way. A property that a message or folder does not have is left out, as a server
leaves it out.
"""

from collections.abc import Callable, Mapping
from typing import Final

from ewstape.sandbox.contents import Item
from ewstape.sandbox.markup import leaf, tag
from ewstape.wire.namespaces import Element

ITEM: Final[Mapping[str, tuple[str, Callable[[Item], str]]]] = {
    "0xe06": ("SystemTime", lambda item: item.received),  # PidTagMessageDeliveryTime
    "0xe07": ("Integer", lambda _: "0"),  # PidTagMessageFlags
    "0xe08": ("Integer", lambda item: str(item.size)),  # PidTagMessageSize
    "0xe23": ("Integer", lambda item: str(item.number)),  # PidTagInternetArticleNumber, by which IMAP gateways go
    "0x3008": ("SystemTime", lambda item: item.received),  # PidTagLastModificationTime
}
"""Types and values of a message's properties, by tags as `tags` writes them."""

_CHANGED: Final = "2026-01-15T10:00:00Z"


def of_folder(folder_class: str, children: int, items: int) -> Mapping[str, tuple[str, str]]:
    """Types and values of a folder's properties."""
    return {
        "0x3008": ("SystemTime", _CHANGED),  # PidTagLastModificationTime
        "0x3602": ("Integer", str(items)),  # PidTagContentCount
        "0x3603": ("Integer", str(items)),  # PidTagContentUnreadCount
        "0x360a": ("Boolean", str(children > 0).lower()),  # PidTagSubfolders
        "0x3613": ("String", folder_class),  # PidTagContainerClass
        "0x670a": ("SystemTime", _CHANGED),  # PidTagLocalCommitTimeMax
        "0x6751": ("Integer", str(items + 1)),  # PidTagArticleNumberNext
    }


def tags(shape: Element) -> frozenset[str]:
    """The tags that a shape asks for, in lower case and without leading zeros."""
    asked = (field.get("PropertyTag") for field in shape.iterfind(".//{*}ExtendedFieldURI"))
    return frozenset(hex(int(name, 0)) for name in asked if name)


def extended_property(name: str, kind: str, value: str) -> str:
    """The element that gives a property's value."""
    path = tag("t:ExtendedFieldURI", PropertyTag=name, PropertyType=kind)
    return tag("t:ExtendedProperty", path, leaf("t:Value", value))
