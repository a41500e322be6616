"""The usual document redacted: one that a serialiser wrote, with nothing in it but elements, their attributes in double
quotes, and text in the innermost ones only. Most of it is never looked at by Python code.

Cut where an element with children ends, such a document falls into blocks, and these, before every other end tag, into
pieces, which come again and again:

    t:Size><t:ItemId Id="AAMk" ChangeKey="CQAA"/><t:Subject>Lunch

the name of the element that has ended, tags, and a text. What became of blocks and pieces is remembered; the next time
costs one look into a dictionary. Of a piece that is new, what stands outside the quotes and the text, its skeleton,
says what is to be done with each value, and is remembered as a plan: there are few skeletons and many values. A piece
whose skeleton is not of this form ends the attempt, and `document.Document` redacts what this module does not
understand.
"""

import re
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from ewstape.redaction.attributes import Attributes, is_harmless
from ewstape.redaction.patterns import is_plain
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.spans import escape, unescape
from ewstape.redaction.table import ByParent, Table
from ewstape.redaction.texts import scanned
from ewstape.redaction.values import Values

__all__ = ["CUT", "NOT_REGULAR", "Regular"]

CUT: Final = "></"
"""What stands between two blocks."""
_END: Final = "</"

_NAME: Final = r"""[^\s<>/"'=!?&]+"""
_ATTRIBUTES: Final = rf"""(?:\s++{_NAME}+\s*+=\s*+"")*+"""
_FIRST: Final = re.compile(rf"(?:\s*+<{_NAME}+{_ATTRIBUTES}\s*+/?+>)++")
_OTHER: Final = re.compile(rf"{_NAME}+\s*+>(?:{_FIRST.pattern})?+")
_TAG: Final = re.compile(rf"<(?:[^\s<>/:]*:)?([^\s<>/]+)({_ATTRIBUTES})\s*(/?)>")
_ATTRIBUTE: Final = re.compile(rf"""({_NAME})\s*=""")
NOT_REGULAR: Final = frozenset({"definitions", "schema", "MessageXml"})
"""Elements in which other rules hold."""

_MOST_PLANS: Final = 10_000
_MOST_REMEMBERED: Final = 10_000_000  # characters
_LONGEST_REMEMBERED: Final = 2_000  # characters in a piece or skeleton
_LONGEST_BLOCK: Final = 10_000  # characters
_NO_RULE: Final[ByParent] = {"": None}

type _Known = tuple[str, tuple[str, ...], tuple[str, ...]]
"""What takes the place of a block or piece, the rules that this counts for, and the elements that it leaves open: these
take the place of the one that ends with its first word."""

_UNKNOWN: Final[_Known] = ("", (), ())


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a skeleton tells."""

    opened: tuple[str, ...]
    """The local names of the elements that begin in it and do not end, the outermost first."""
    values: tuple[tuple[int, Rule | None], ...]
    """Which of its values are to be replaced or, without a rule, looked into."""
    has_text: bool
    """The last of them holds the text."""
    rule: Rule | None
    """For the text."""
    by_parent: ByParent | None
    """The same where it depends on an element that is not in the skeleton."""


@dataclass(slots=True)
class _Late:
    """A piece of some pieces, with a text or attributes that may quote values which come later."""

    pieces: list[str]
    at: int
    parts: list[str]
    """What stands outside the quotes and in them, in turn."""
    text: str
    wanted: bool
    """The text is to be looked into."""
    prose: bool
    """A rule says that it is free text."""
    waiting: list[int]
    """The parts that are to be looked into."""
    block: int | None = None
    """The place of the block that these pieces are, at the last of them that is late."""


class Regular:
    """The redaction of regular documents, and the memory of what became of their parts; good for as long as the rules
    and the key.
    """

    def __init__(self, table: Table, values: Values) -> None:
        self.remembered = 0
        """Characters of blocks and pieces; when there are too many, all are forgotten."""
        self._table = table
        self._values = values
        self._attributes = Attributes(table, values)
        self._plans: dict[str | tuple[str, ...], _Plan] = {}
        self._blocks: dict[str, _Known] = {}
        self._pieces: dict[str | tuple[str, str], _Known] = {}

    def redacted(self, text: str) -> list[str] | None:
        """The blocks of a well-formed document redacted, with `CUT` between them; `None` if it is not regular."""
        if self.remembered > _MOST_REMEMBERED:
            self._blocks.clear()
            self._pieces.clear()
            self.remembered = 0
        begins = text.find("?>") + 2 if text.startswith("<?xml ") else 0
        blocks = text[begins:].split(CUT)
        last = blocks.pop()
        stack, rules = ["", ""], list[str]()
        late: list[_Late] = []
        begun = self._values.mark()
        for at, known in enumerate(map(self._blocks.get, blocks, repeat(_UNKNOWN))):
            if known is not _UNKNOWN:
                blocks[at], counted, stack[-1:] = known
                rules += counted
                continue
            new = self._block(blocks[at], at, stack, late)
            if new is None:
                break
            blocks[at] = new
        else:
            new = self._block(last, len(blocks), stack, late, is_last=True)
        if new is None:
            self._values.take_back(begun)
            return None
        self._values.count(rules)
        blocks.append(new)
        self._finish(blocks, late)
        blocks[0] = text[:begins] + blocks[0]
        return blocks

    def _block(self, block: str, at: int, stack: list[str], late: list[_Late], *, is_last: bool = False) -> str | None:
        """What takes the place of a block that is not remembered; `None` if it is not regular."""
        pieces = (block if is_last else f"{block}>").split(_END)
        around = len(stack) - 1  # elements
        begun, waiting, fixed = self._values.mark(), len(late), not is_last
        for index, known in enumerate(map(self._pieces.get, pieces, repeat(_UNKNOWN))):
            fixed = fixed and len(stack) > around  # it ends no element around it but the one with which it begins
            if known is not _UNKNOWN:
                pieces[index], counted, stack[-1:] = known
                self._values.count(counted)
                continue
            head, _, text = pieces[index].rpartition(">")
            parts = head.split('"')
            key = head if len(parts) == 1 else tuple(parts[::2])
            plan = self._plans.get(key) or self._learn(key, parts, first=not (at or index))
            if plan is None or "<" in text or (not plan.has_text and text and not text.isspace()):
                return None
            if plan.by_parent is not None and len(stack) - 2 < around:
                fixed = False  # the rule depends on an element around it
            one = self._piece(pieces, index, plan, parts, text, stack[-2])
            if one is not None:
                late.append(one)
            stack[-1:] = plan.opened
        new = _joined(pieces, is_last=is_last)
        if len(late) > waiting:
            late[-1].block = at
        elif fixed and len(block) <= _LONGEST_BLOCK:
            self.remembered += len(block)
            self._blocks[block] = new, self._values.since(begun), tuple(stack[around:])
        return new

    def _piece(  # noqa: PLR0913, PLR0917  a piece taken apart, and where it stands
        self, pieces: list[str], at: int, plan: _Plan, parts: list[str], text: str, parent: str
    ) -> _Late | None:
        """Redact a piece that is not remembered, or tell what has to wait."""
        piece = pieces[at]
        key: str | tuple[str, str] = piece
        rule = plan.rule
        if plan.by_parent is not None:
            rule, key = plan.by_parent.get(parent, rule), (parent, piece)
            if known := self._pieces.get(key):
                pieces[at] = known[0]
                self._values.count(known[1])
                return None
        counted = self._values.mark()
        waiting = self._replace(parts, plan.values) if plan.values else []
        wanted = prose = False
        if not text:
            pass
        elif rule is None:
            wanted = not is_plain(unescape(text)) and not text.isspace()
        elif rule.treatment is Treatment.SCAN:
            wanted = prose = not text.isspace()
        else:
            text = self._ruled(text, rule)
        if wanted or waiting:
            return _Late(pieces, at, parts, text, wanted, prose, waiting)
        pieces[at] = new = '"'.join(parts) + ">" + text
        if len(piece) <= _LONGEST_REMEMBERED:
            self.remembered += len(piece)
            self._pieces[key] = new, self._values.since(counted), plan.opened
        return None

    def _ruled(self, raw: str, rule: Rule, mark: str = "") -> str:
        value = unescape(raw) if "&" in raw else raw
        new = self._values.ruled(value, rule)
        return raw if new == value else escape(new, mark)

    def _replace(self, parts: list[str], values: tuple[tuple[int, Rule | None], ...]) -> list[int]:
        """Replace the values of attributes that rules name; the other ones that must be looked into."""
        waiting = []
        for at, rule in values:
            raw = parts[at]
            if rule is not None:
                parts[at] = self._ruled(raw, rule, '"')
            elif not is_harmless(raw):
                waiting.append(at)
        return waiting

    def _finish(self, blocks: list[str], late: list[_Late]) -> None:
        """Look into what waited until all values are known: first the texts, then the attributes."""
        for one in late:
            if one.wanted:
                texts = [one.text]
                scanned(texts, [0], self._values, prose=one.prose, whole=not one.prose)
                one.text = texts[0]
        for one in late:
            for at in one.waiting:
                one.parts[at] = self._attributes.unlisted(one.parts[at], '"')
            one.pieces[one.at] = '"'.join(one.parts) + ">" + one.text
        for one in late:
            if one.block is not None:
                blocks[one.block] = _joined(one.pieces, is_last=one.block == len(blocks) - 1)

    def _learn(self, key: str | tuple[str, ...], parts: list[str], *, first: bool) -> _Plan | None:
        """The plan for a skeleton, remembered; `None` if it is none."""
        skeleton = '""'.join(parts[::2]) + ">"
        if len(parts) % 2 == 0 or not (_FIRST if first else _OTHER).fullmatch(skeleton):
            return None
        opened: list[str] = []
        values: list[tuple[int, Rule | None]] = []
        at = 1
        for name, attributes, end in _TAG.findall(skeleton):
            if name in NOT_REGULAR or name in self._table.dropped:
                return None
            if not end:
                opened.append(name)
            for attribute in _ATTRIBUTE.findall(attributes):
                rule = self._attributes.rule(name, attribute)
                if rule is not None and rule.treatment is Treatment.SCAN:
                    return None
                if rule is None or rule.treatment is not Treatment.KEEP:
                    values.append((at, rule))
                at += 2
        rules = self._table.elements.get(opened[-1], _NO_RULE) if opened else _NO_RULE
        plan = _Plan(
            opened=tuple(opened),
            values=tuple(values),
            has_text=bool(opened) and not skeleton.endswith("/>"),
            rule=(rules.get(opened[-2]) if len(opened) > 1 else None) or rules[""],
            by_parent=rules if len(opened) == 1 and len(rules) > 1 else None,
        )
        if len(self._plans) < _MOST_PLANS and len(skeleton) <= _LONGEST_REMEMBERED:
            self._plans[key] = plan
        return plan


def _joined(pieces: list[str], *, is_last: bool) -> str:
    """A block, without what belongs to the cut behind it."""
    block = _END.join(pieces)
    return block if is_last else block[:-1]
