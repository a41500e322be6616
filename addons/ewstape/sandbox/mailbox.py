"""One mailbox, as far as a client needs it to log in, list the inbox, and find, read and write a message.

Items are listed newest first whatever sort order is asked for. Nothing is ever deleted, so a sync state need only say
how many items its client has seen.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from ewstape.sandbox import contents
from ewstape.sandbox.contents import DIRECTORY, OWNER, Folder, Item
from ewstape.sandbox.identifiers import Identifiers
from ewstape.sandbox.markup import Refusal, attribute, find, find_all, leaf, response_messages, tag, text_of
from ewstape.sandbox.restriction import matches
from ewstape.sandbox.shapes import DETAIL, folder_element, item_id, mailbox, message, wanted
from ewstape.wire.namespaces import Element

_CREATED: Final = "2026-01-15T10:00:00Z"  # when every message that a client makes was made: there is no clock
_ITEM_NOT_FOUND: Final = ("ErrorItemNotFound", "The specified object was not found in the store.")
_FOLDER_NOT_FOUND: Final = ("ErrorFolderNotFound", "The specified folder could not be found in the store.")
_NO_RESULTS: Final = ("ErrorNameResolutionNoResults", "No results were found.")
_MALFORMED_ID: Final = ("ErrorInvalidIdMalformed", "Id is malformed.")
_BAD_SYNC_STATE: Final = ("ErrorInvalidSyncStateData", "Synchronization state data is corrupt or otherwise invalid.")


class Mailbox:
    """Its folders, its messages, and the operations on them."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._folders = {folder.distinguished_id: folder for folder in contents.folders(identifiers)}
        self._items = list(contents.items(identifiers))[::-1]  # oldest first, so that new ones are appended
        self.operations = {
            "GetFolder": self._get_folder,
            "FindFolder": self._find_folder,
            "FindItem": self._find_item,
            "GetItem": self._get_item,
            "CreateItem": self._create_item,
            "SyncFolderItems": self._sync_folder_items,
            "ResolveNames": self._resolve_names,
            "ConvertId": self._convert_id,
        }

    @property
    def newest(self) -> Item:
        """The message that came last."""
        return self._items[-1]

    @property
    def inbox(self) -> Folder:
        """The folder that messages arrive in."""
        return self._folders["inbox"]

    def is_item(self, store_id: str) -> bool:
        """Whether a message has this id."""
        return any(item.id == store_id for item in self._items)

    def is_entry(self, entry_id: str) -> bool:
        """Whether a message has this MAPI entry id."""
        return any(item.entry_id == entry_id for item in self._items)

    def _get_folder(self, request: Element) -> str:
        shape = find(request, "m:FolderShape")

        def result(found: Folder | Refusal) -> str | Refusal:
            return found if isinstance(found, Refusal) else tag("m:Folders", self._element(found, shape))

        return response_messages("GetFolder", map(result, self._each_folder(find(request, "m:FolderIds"))))

    def _find_folder(self, request: Element) -> str:
        deep = attribute(request, "Traversal") == "Deep"
        shape = find(request, "m:FolderShape")
        restrictions = find_all(request, "m:Restriction")

        def result(found: Folder | Refusal) -> str | Refusal:
            if isinstance(found, Refusal):
                return found
            try:
                below = [
                    folder
                    for folder in self._below(found, deep=deep)
                    if all(matches(test, folder) for test in restrictions)
                ]
            except Refusal as refusal:
                return refusal
            listed = (self._element(folder, shape) for folder in below)
            return _page(tag("t:Folders", *listed), len(below), len(below))

        return response_messages("FindFolder", map(result, self._each_folder(find(request, "m:ParentFolderIds"))))

    def _find_item(self, request: Element) -> str:
        properties = wanted(find(request, "m:ItemShape")) - DETAIL
        restrictions = find_all(request, "m:Restriction")
        view = request.find("{*}IndexedPageItemView")
        start = int(view.get("Offset", "0")) if view is not None else 0
        stop = start + int(view.get("MaxEntriesReturned", "1000")) if view is not None else None

        def result(found: Folder | Refusal) -> str | Refusal:
            if isinstance(found, Refusal):
                return found
            try:
                items = [item for item in self._in(found) if all(matches(test, item) for test in restrictions)]
            except Refusal as refusal:
                return refusal
            shown = items[start:stop]
            messages = (message(item, found, properties) for item in shown)
            return _page(tag("t:Items", *messages), start + len(shown), len(items))

        return response_messages("FindItem", map(result, self._each_folder(find(request, "m:ParentFolderIds"))))

    def _get_item(self, request: Element) -> str:
        properties = wanted(find(request, "m:ItemShape"))

        def result(asked: Element) -> str | Refusal:
            item = next((item for item in self._items if item.id == attribute(asked, "Id")), None)
            if item is None:
                return Refusal(*_ITEM_NOT_FOUND)
            return tag("m:Items", message(item, self._folders[item.folder], properties))

        return response_messages("GetItem", map(result, find_all(request, "m:ItemIds/t:ItemId")))

    def _create_item(self, request: Element) -> str:
        target = request.find("{*}SavedItemFolderId")
        folder = self._folders["drafts"] if target is None else next(iter(self._each_folder(target)))

        def result(asked: Element) -> str | Refusal:
            if isinstance(folder, Refusal):
                return folder
            item = contents.new_item(
                self._identifiers,
                name=f"created {len(self._items)}",
                number=len(self._items) + 1,
                item_class=text_of(asked, "t:ItemClass", "IPM.Note"),
                subject=text_of(asked, "t:Subject", ""),
                sender=OWNER,
                received=_CREATED,
                body=text_of(asked, "t:Body", ""),
                folder=folder.distinguished_id,
            )
            self._items.append(item)
            return tag("m:Items", tag("t:Message", item_id(item)))

        return response_messages("CreateItem", map(result, find_all(request, "m:Items/t:Message")))

    def _sync_folder_items(self, request: Element) -> str:
        folder = next(iter(self._each_folder(find(request, "m:SyncFolderId"))))
        properties = wanted(find(request, "m:ItemShape")) - DETAIL
        limit = int(text_of(request, "m:MaxChangesReturned"))
        state = text_of(request, "m:SyncState", "")
        try:
            seen = _read_sync_state(state) if state else 0
        except Refusal as refusal:
            return response_messages("SyncFolderItems", [refusal])
        if isinstance(folder, Refusal):
            return response_messages("SyncFolderItems", [folder])
        items = self._in(folder)[::-1]
        new = items[seen : seen + limit]
        result = (
            leaf("m:SyncState", _sync_state(seen + len(new))),
            leaf("m:IncludesLastItemInRange", str(seen + len(new) >= len(items)).lower()),
            tag("m:Changes", *(tag("t:Create", message(item, folder, properties)) for item in new)),
        )
        return response_messages("SyncFolderItems", ["".join(result)])

    def _resolve_names(self, request: Element) -> str:
        entry = text_of(request, "m:UnresolvedEntry").casefold()
        found = [person for person in DIRECTORY if any(entry in part.casefold() for part in person)]
        if not found:
            return response_messages("ResolveNames", [Refusal(*_NO_RESULTS)])
        resolutions = (tag("t:Resolution", mailbox(person)) for person in found)
        total = {"TotalItemsInView": str(len(found)), "IncludesLastItemInRange": "true"}
        return response_messages("ResolveNames", [tag("m:ResolutionSet", *resolutions, **total)])

    def _convert_id(self, request: Element) -> str:
        # Clients ask this to be told the owner's address (DavMail), or with an id made up for the purpose (exchangelib,
        # guessing the version of a server).
        known = {folder.id for folder in self._folders.values()} | {item.id for item in self._items}

        def result(asked: Element) -> str | Refusal:
            store_id = attribute(asked, "Id")
            if store_id not in known or attribute(asked, "Format") != attribute(request, "DestinationFormat"):
                return Refusal(*_MALFORMED_ID)
            attributes = {"Format": attribute(asked, "Format"), "Id": store_id, "Mailbox": OWNER[1]}
            return tag("m:AlternateId", **attributes, **{"xsi:type": "t:AlternateIdType"})

        return response_messages("ConvertId", map(result, find(request, "m:SourceIds")))

    def _each_folder(self, ids: Element) -> Iterator[Folder | Refusal]:
        """The folders that `t:DistinguishedFolderId` and `t:FolderId` elements name, in their order."""
        for asked in ids:
            wanted_id = attribute(asked, "Id")
            known = (folder for folder in self._folders.values() if wanted_id in {folder.distinguished_id, folder.id})
            yield next(known, None) or Refusal(*_FOLDER_NOT_FOUND)

    def _in(self, folder: Folder) -> list[Item]:
        return [item for item in reversed(self._items) if item.folder == folder.distinguished_id]

    def _below(self, folder: Folder, *, deep: bool) -> Iterator[Folder]:
        for child in self._folders.values():
            if child.parent == folder.distinguished_id != child.distinguished_id:
                yield child
                if deep:
                    yield from self._below(child, deep=True)

    def _element(self, folder: Folder, shape: Element) -> str:
        children = sum(1 for _ in self._below(folder, deep=False))
        return folder_element(folder, self._folders[folder.parent], children, len(self._in(folder)), shape)


def _page(listed: str, end: int, total: int) -> str:
    attributes = {
        "IndexedPagingOffset": str(end),
        "TotalItemsInView": str(total),
        "IncludesLastItemInRange": str(end >= total).lower(),
    }
    return tag("m:RootFolder", listed, **attributes)


def _sync_state(seen: int) -> str:
    return b64encode(f"ewstape-sandbox:{seen}".encode()).decode("ascii")


def _read_sync_state(state: str) -> int:
    with suppress(ValueError):
        prefix, _, seen = b64decode(state, validate=True).decode("ascii").partition(":")
        if prefix == "ewstape-sandbox":
            return int(seen)
    raise Refusal(*_BAD_SYNC_STATE)
