"""Summarises every operation that has no decoder of its own: what a person wants to see before opening the body.

A message is walked once. lxml finds the few element names that matter in C, so a megabyte of items costs about what
parsing it did; lists are cut short and counted instead. Namespaces do not matter, since imitations mix them up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from ewstape.interaction import Field, Fields
from ewstape.operations._elements import Notes, text
from ewstape.operations.catalog import Shape
from ewstape.operations.response_message import SUCCESS, message_values
from ewstape.wire.namespaces import Element, clark_name, local_name, snake_case

_MOST_MESSAGES = 10
_MOST_IDS = 3
_MOST_ATTRIBUTES = 10
_MOST_KINDS = 20

_IDS = frozenset(
    (
        "ItemId",
        "FolderId",
        "DistinguishedFolderId",
        "OccurrenceItemId",
        "RecurringMasterItemId",
        "AttachmentId",
        "AlternateId",
        "PersonaId",
        "SubscriptionId",
    )
)
_COUNTED = {
    name: snake_case(name)
    for name in (
        "Items",
        "Folders",
        "Changes",
        "ItemChanges",
        "FolderChanges",
        "Attachments",
        "ResolutionSet",
        "TimeZoneDefinitions",
        "Conversations",
        "People",
        "DLExpansion",
        "RoomLists",
        "Rooms",
        "MailboxDataArray",
        "CalendarEventArray",
    )
} | {"Notification": "events"}  # whose other children are no events
_PAGED = frozenset({"RootFolder", "ResolutionSet"})
_PAGING = ("IndexedPagingOffset", "TotalItemsInView", "IncludesLastItemInRange")
_LEAVES = frozenset(
    (
        "BaseShape",
        "UnresolvedEntry",
        "ConnectionTimeout",
        "IncludesLastItemInRange",
        "IncludesLastFolderInRange",
        "MoreEvents",
        "ConnectionStatus",
        "OofState",
    )
)
_NAMES = frozenset({*_IDS, *_COUNTED, *_PAGED, *_LEAVES})
_NOTABLE = tuple(f"{{*}}{name}" for name in sorted(_NAMES))
_FEW = 20


def request_fields(payload: Element) -> Fields:
    """What a request asks for: the attributes of its root, what it holds by kind and count, and the ids it names."""
    return {**_attributes(payload), **_details(payload)}


def response_fields(payloads: Sequence[Element], shape: Shape | None, notes: Notes) -> Fields:
    """How it went, for each response message: class and code, and what came back by kind and count.

    Args:
        payloads: the response's root; of a stream, the root in each envelope.
        shape: where the response messages are, if that is known, to note an answer that has them elsewhere.
        notes: where oddities go.
    """
    fields: dict[str, Field] = {}
    messages: list[tuple[Element, Element]] = []
    for payload in payloads:
        inner = list(_inner_messages(payload))
        if payload.get("ResponseClass") is not None or not inner:
            fields |= _outcome(payload)
            fields |= {} if inner else _details(payload)
        messages += inner
        _check_shape(payload, shape, notes, has_messages=bool(inner))
    if messages:
        fields["response_messages"] = [
            {**_outcome(message), **_details(whole)} for message, whole in messages[:_MOST_MESSAGES]
        ]
    if len(messages) > _MOST_MESSAGES:
        fields["response_message_count"] = str(len(messages))
        codes = Counter(_response_code(message) or "none" for message, _ in messages)
        fields["response_codes"] = {code: str(count) for code, count in codes.most_common(_MOST_KINDS)}
    if len(payloads) > 1:
        fields["envelope_count"] = str(len(payloads))
    return fields


def _inner_messages(payload: Element) -> Iterator[tuple[Element, Element]]:
    """Each response message, with the element that holds what belongs to it."""
    wrapper = next(payload.iterchildren("{*}ResponseMessages"), None)
    if wrapper is not None:
        yield from ((message, message) for message in wrapper.iterchildren("*"))
    elif payload.get("ResponseClass") is None:
        for message in payload.iter("{*}ResponseMessage"):
            parent = message.getparent()
            if parent is not None:
                yield message, parent


def _check_shape(payload: Element, shape: Shape | None, notes: Notes, *, has_messages: bool) -> None:
    if shape in {Shape.ARRAY, Shape.OLDER} and not has_messages:
        notes.add(f"{local_name(payload)}: no response messages in it")
    elif shape is Shape.SINGLE and payload.get("ResponseClass") is None:
        notes.add(f"{local_name(payload)}: no ResponseClass attribute")


def _outcome(message: Element) -> Mapping[str, Field]:
    outcome: dict[str, Field] = {}
    response_class = message.get("ResponseClass")
    if response_class:
        outcome["response_class"] = response_class
    code = _response_code(message)
    if code:
        outcome["response_code"] = code
    if response_class != SUCCESS:
        for child in message.iterchildren("{*}MessageText", "{*}MessageXml"):
            detail: Field = message_values(child) if local_name(child) == "MessageXml" else text(child) or ""
            if detail:
                outcome[snake_case(local_name(child))] = detail
    return outcome


def _response_code(message: Element) -> str:
    return (text(next(message.iterchildren("{*}ResponseCode"), None)) or "").strip()


def _details(element: Element) -> Mapping[str, Field]:
    """What is notable inside an element: values, counts by kind, and the first few ids."""
    values: dict[str, Field] = {}
    kinds: dict[str, Counter[str]] = {}
    ids: list[Field] = []
    id_count = 0
    for found in _notable(element):
        name = local_name(found)
        if name in _IDS:
            id_count += 1
            if len(ids) < _MOST_IDS and (value := _attributes(found) or text(found)):
                ids.append({snake_case(name): value})
        elif name in _LEAVES:
            values.setdefault(snake_case(name), (text(found) or "").strip())
        elif name in _COUNTED:
            kinds.setdefault(_COUNTED[name], Counter()).update(map(clark_name, found.iterchildren("*")))
        if name in _PAGED:
            values |= {snake_case(part): found.get(part, "") for part in _PAGING}
    details = {key: value for key, value in values.items() if value}
    details |= {key: counts for key, tags in kinds.items() if (counts := _counts(tags, events=key == "events"))}
    if ids:
        details["ids"] = ids
    if id_count > _MOST_IDS:
        details["id_count"] = str(id_count)
    return details


def _notable(element: Element) -> Iterable[Element]:
    """The elements of those names, in document order. To make lxml look for them costs as much as 30 elements."""
    first = list(islice(element.iter("*"), _FEW + 1))
    return element.iter(*_NOTABLE) if len(first) > _FEW else (one for one in first if local_name(one) in _NAMES)


def _attributes(element: Element) -> dict[str, Field]:
    """The attributes of an element that have no namespace."""
    own = ((name, value) for name, value in element.attrib.items() if value and not name.startswith("{"))
    return {snake_case(name): value for name, value in islice(own, _MOST_ATTRIBUTES)}


def _counts(tags: Counter[str], *, events: bool = False) -> Mapping[str, str]:
    """How many there are of each kind; the most frequent, where there are many kinds."""
    kinds: Counter[str] = Counter()
    for tag, count in tags.items():
        kind = tag.rpartition("}")[2]
        if not events or kind.endswith("Event"):
            kinds[snake_case(kind)] += count
    return {kind: str(count) for kind, count in kinds.most_common(_MOST_KINDS)}
