"""Documents of a template that was met before, redacted value by value.

Which rule a place of a template (`wire.skeleton`) falls under, its tags tell once and for all. What has to wait until
other values are known, because it may quote them, ends the attempt: `regular` goes on from there.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from ewstape.redaction.attributes import Attributes, is_harmless
from ewstape.redaction.patterns import is_plain
from ewstape.redaction.regular import NOT_REGULAR
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.spans import escape
from ewstape.redaction.table import Table
from ewstape.redaction.values import Values
from ewstape.wire.skeleton import Cut, filled, start

__all__ = ["Familiar"]

_TAG: Final = re.compile(
    rb"""<(/?)(?:[^\s<>/:\0]*:)?([^\s<>/\0]+)((?:\s+[\w.:-]+(?:=""|=''|\0["']))*)\s*(/?)(>|\0(</)?)"""
)
_ATTRIBUTE: Final = re.compile(rb"""([\w.:-]+)(?:=""|(\0"))""")
_MOST_PLANS: Final = 256
_MOST_VALUES: Final = 16 * 1024
_LONG: Final = 200
"""Bytes of a value that is not remembered."""
_OF_MORE_THAN_A_VALUE: Final = frozenset({Treatment.SCAN, Treatment.DROP})
"""Treatments that look at other values, or take markup out."""


class _Place(NamedTuple):
    """A place whose value may have to be replaced."""

    at: int
    """Among the values."""
    rule: str
    """Its name; empty if none names the value, which must then be harmless."""


type _Plan = tuple[_Place, ...]


class _UnplannedError(Exception):
    """A template that is none for this module."""


class Familiar:
    """The redaction of documents by their templates; good for as long as the rules and the key."""

    def __init__(self, table: Table, values: Values) -> None:
        self._table = table
        self._values = values
        self._attributes = Attributes(table, values)
        self._plans: dict[tuple[bytes, tuple[bytes, ...]], _Plan | None] = {}
        """By skeleton and names; `None` where values alone do not tell."""
        self._new = lru_cache(_MOST_VALUES)(self._replaced)

    def knows(self, cut: Cut) -> bool:
        """Whether documents of this template are known to be well-formed."""
        return (cut.skeleton, cut.names) in self._plans

    def learn(self, cut: Cut) -> None:
        """Take in the template of a document that is well-formed."""
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        self._plans[cut.skeleton, cut.names] = self._plan(cut)

    def redacted(self, cut: Cut) -> bytes | None:
        """A document redacted; `None` if its template is not known, or it is not that simple."""
        plan = self._plans.get((cut.skeleton, cut.names))
        if plan is None:
            return None
        values, counted = list(cut.values), list[str]()
        for at, rule in plan:
            raw = values[at]
            new = (self._new if len(raw) < _LONG else self._replaced)(raw, rule)
            if new is None:
                return None
            values[at], rules = new
            counted += rules
        self._values.count(counted)
        return filled(cut.skeleton, values)

    def _replaced(self, raw: bytes, name: str) -> tuple[bytes, tuple[str, ...]] | None:
        """What takes the place of a value, and the rules that this counts for; `None` if it has to wait."""
        at = start(raw)
        value = raw[at:].decode("ascii")
        if not name:
            return (raw, ()) if (is_plain(value) if at == 1 else is_harmless(value)) else None
        begun = self._values.mark()
        new = self._values.ruled(value, self._table.by_name[name])
        counted = self._values.since(begun)
        self._values.take_back(begun)
        return raw if new == value else raw[:at] + escape(new, raw[1:at].decode()).encode(), counted

    def _plan(self, cut: Cut) -> _Plan | None:
        try:
            rules = list(self._rules(cut))
        except _UnplannedError:
            return None
        return tuple(_Place(at, rule.name if rule else "") for at, rule in rules if not rule or not _stays(rule))

    def _rules(self, cut: Cut) -> Iterator[tuple[int, Rule | None]]:
        """The places that do not belong to the structure, each with the rule for it.

        Raises:
            _UnplannedError: there is something that has no place, or must be looked at in another way.
        """
        at = cut.skeleton.partition(b"?>")[0].count(b"\0") if cut.skeleton.startswith(b"<?xml") else 0
        parents = [""]
        for end, name_, attributes, empty, after, closed in _TAG.findall(cut.skeleton):
            if end:
                parents.pop()
                if after != b">":
                    raise _UnplannedError  # a text beside elements
                continue
            name = name_.decode()
            for rule in self._of_attributes(name, attributes):
                yield at, rule
                at += 1
            if after != b">":
                yield at, self._of_text(name, parents[-1], is_leaf=bool(closed and not empty))
                at += 1
            if not empty:
                parents.append(name)
        if at != len(cut.values):
            raise _UnplannedError

    def _of_attributes(self, name: str, attributes: bytes) -> Iterator[Rule | None]:
        if name in NOT_REGULAR or name in self._table.dropped or b"'" in attributes:
            raise _UnplannedError
        for attribute, hole in _ATTRIBUTE.findall(attributes):
            if hole:
                yield _plain_rule(self._attributes.rule(name, attribute.decode()))

    def _of_text(self, name: str, parent: str, *, is_leaf: bool) -> Rule | None:
        if not is_leaf:
            raise _UnplannedError
        rules = self._table.elements.get(name, {"": None})
        return _plain_rule(rules.get(parent) or rules[""])


def _plain_rule(rule: Rule | None) -> Rule | None:
    if rule is not None and (rule.treatment in _OF_MORE_THAN_A_VALUE or (rule.kind is None and not _stays(rule))):
        raise _UnplannedError
    return rule


def _stays(rule: Rule) -> bool:
    return rule.treatment is Treatment.KEEP
