"""Reads the children of an element the way a person would: by name.

Servers that imitate Exchange reorder children, put them in the wrong namespace or spell them differently, and real ones
add what no schema lists. So a child is found by its local name, whatever its place and namespace; what departs from
the schema becomes a note. Nothing here raises for what a peer sends.
"""

import re
from dataclasses import dataclass, field
from itertools import islice

from ewstape.wire.namespaces import MESSAGES, TYPES, Element, clark_name, local_name, namespace
from ewstape.wire.safexml import printable

_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_XS_INT = range(-(2**31), 2**31)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}  # XML Schema part 2, 3.2.2.1
_MOST_NOTES = 10
_MOST_CHILDREN = 50  # that are looked at; no type read here has more than six
_SHOWN = 60  # characters of a peer's text in a note
_LONGEST = 300  # characters of a note, since a peer's names can be long too
_SHORT = {MESSAGES: "messages", TYPES: "types"}


@dataclass(slots=True)
class Notes:
    """What is odd about one message: each oddity once, and no more of them than a person reads."""

    _notes: dict[str, None] = field(default_factory=dict)  # a set that keeps its order

    def add(self, note: str) -> None:
        """Remember `note`, unless it is there already or there are enough."""
        if len(self._notes) < _MOST_NOTES:
            self._notes[printable(note, _LONGEST)] = None

    def as_tuple(self) -> tuple[str, ...]:
        """The notes in the order they were made."""
        return tuple(self._notes)


class Children:
    """The children that a schema type has: their names in the schema's order, and the namespace they are in."""

    __slots__ = ("_by_name", "_namespace", "_order", "_required")

    def __init__(self, *names: str, namespace: str = MESSAGES, required: tuple[str, ...] = ()) -> None:
        self._namespace = namespace
        self._required = required
        self._order = {f"{{{namespace}}}{name}": place for place, name in enumerate(names)}
        self._by_name = {name.lower(): (place, name) for place, name in enumerate(names)}

    def of(self, parent: Element, notes: Notes) -> dict[str, Element]:
        """The children of `parent` (of its first 50) by their name in the schema; the first of each name."""
        found: dict[str, Element] = {}
        latest = -1
        ordered = True
        for child in islice(parent.iterchildren("*"), _MOST_CHILDREN):
            place = self._order.get(clark_name(child))
            name = local_name(child)
            if place is None:
                if name.lower() not in self._by_name:
                    notes.add(f"{local_name(parent)}: unexpected {shown(name)}")
                    continue
                place, name = self._tolerate(parent, child, notes)
            if name in found:
                notes.add(f"{local_name(parent)}: more than one {name}")
                continue
            if place < latest and ordered:
                notes.add(f"{local_name(parent)}: {name} is out of the schema's order")
                ordered = False  # one of them says it all
            latest = place
            found[name] = child
        for name in self._required:
            if name not in found:
                notes.add(f"{local_name(parent)}: no {name}")
        return found

    def _tolerate(self, parent: Element, child: Element, notes: Notes) -> tuple[int, str]:
        spelt, uri = local_name(child), namespace(child)
        place, name = self._by_name[spelt.lower()]
        if spelt != name:
            notes.add(f"{local_name(parent)}: {name} is spelt {shown(spelt)}")
        if uri != self._namespace:
            notes.add(f"{local_name(parent)}: {name} is in namespace {_named(uri)}, not {_named(self._namespace)}")
        return place, name


def text(element: Element | None) -> str | None:
    """The text of an element as it stands, white space included; `None` if there is no such element."""
    if element is None:
        return None
    return "".join(element.itertext()) if len(element) else element.text or ""


def token(element: Element | None, notes: Notes, *known: str) -> str | None:
    """The text of an element that holds an enumeration or code, without white space around it.

    A value outside `known` is kept, and noted: servers know more values than schemas. With no `known`, anything goes.
    """
    value = (text(element) or "").strip() or None
    if element is not None and value is not None and known and value not in known:
        notes.add(f"{local_name(element)}: '{shown(value)}' is not in the schema")
    return value


def attribute(element: Element | None, name: str, notes: Notes) -> str | None:
    """The value of an attribute; `None`, and a note, if the element is there without it."""
    if element is None:
        return None
    value = element.get(name)
    if value is None:
        notes.add(f"{local_name(element)}: no {name} attribute")
    return value


def integer(element: Element | None, notes: Notes) -> int | None:
    """The value of an xs:int; `None`, and a note, if it is none."""
    value = token(element, notes)
    if element is None or value is None:
        return None
    if _INTEGER.fullmatch(value) and int(value) in _XS_INT:
        return int(value)
    notes.add(f"{local_name(element)}: '{shown(value)}' is not an integer")
    return None


def boolean(element: Element | None, notes: Notes) -> bool | None:
    """The value of an xs:boolean, in any case of letters; `None`, and a note, if it is none."""
    value = token(element, notes)
    if element is None or value is None:
        return None
    known = _BOOLEANS.get(value.lower())
    if known is None:
        notes.add(f"{local_name(element)}: '{shown(value)}' is neither true nor false")
    return known


def _named(uri: str) -> str:
    return _SHORT.get(uri) or f"'{shown(uri)}'"


def shown(value: str) -> str:
    """Text of a peer as a note has room for it: cut short, control characters escaped."""
    return printable(value, _SHOWN)
