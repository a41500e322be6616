"""Which messages a FindItem restriction lets through (MS-OXWSSRCH 2.2.4): text comparisons of class and subject.

That is what finding voice mail needs. Anything else is refused, as a server refuses what it cannot search, rather than
answered wrongly.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Final

from ewstape.sandbox.contents import Folder, Item
from ewstape.sandbox.markup import Refusal, attribute, find
from ewstape.wire.namespaces import Element, local_name

_PROPERTIES: Final[Mapping[str, str]] = {
    "item:ItemClass": "item_class",
    "item:Subject": "subject",
    "folder:FolderClass": "folder_class",
    "0x3613": "folder_class",  # PidTagContainerClass
}
_CONTAINMENT: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "FullString": operator.eq,
    "Prefixed": str.startswith,
    "Substring": operator.contains,
}


def matches(expression: Element, thing: Item | Folder) -> bool:
    """Whether a search expression is true of a message; raises `Refusal` for one that is not understood."""
    match local_name(expression):
        case "Restriction" | "And":
            return all(matches(part, thing) for part in expression)
        case "Or":
            return any(matches(part, thing) for part in expression)
        case "Not":
            return not any(matches(part, thing) for part in expression)
        case "IsEqualTo":
            return _text(expression, thing) == _constant(expression, "t:FieldURIOrConstant/t:Constant")
        case "Exists":
            return bool(_text(expression, thing))
        case "Contains":
            mode = expression.get("ContainmentMode", "FullString")
            text, constant = _text(expression, thing), _constant(expression, "t:Constant")
            if expression.get("ContainmentComparison", "Exact") != "Exact":
                text, constant = text.casefold(), constant.casefold()
            if mode in _CONTAINMENT:
                return _CONTAINMENT[mode](text, constant)
    raise _unsupported()


def _text(expression: Element, thing: Item | Folder) -> str:
    field = expression.find("{*}FieldURI")
    path = attribute(find(expression, "t:ExtendedFieldURI"), "PropertyTag") if field is None else field.get("FieldURI")
    if not hasattr(thing, name := _PROPERTIES.get(path or "", "")):
        raise _unsupported()
    return str(getattr(thing, name))


def _constant(expression: Element, path: str) -> str:
    return attribute(find(expression, path), "Value")


def _unsupported() -> Refusal:
    return Refusal("ErrorUnsupportedQueryFilter", "The sandbox searches only classes and subjects.")
