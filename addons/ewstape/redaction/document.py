"""One XML body redacted: a pass over its pieces that keeps a stack of open elements and asks the table about each.

Most pieces come again and again, in one document and from one message to the next: what became of one is remembered
with the name of the element around it, and the next time costs one look into a dictionary. Free and unlisted text waits
until the pass is over, because it may quote values that come later, and is never remembered.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ewstape.redaction.attributes import Attributes
from ewstape.redaction.patterns import is_plain
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.spans import local
from ewstape.redaction.table import ByParent, Table
from ewstape.redaction.texts import content, replaced, scanned
from ewstape.redaction.values import Values

__all__ = ["Document", "Memory", "Targets"]

type Targets = Mapping[int, Sequence[tuple[str, Rule]]]
"""What users' XPaths have found: the number of an element in document order -> names of attributes, or `""` for its
text, with the rule."""

_CDATA = "<![CDATA["
_DESCRIPTIONS = frozenset({"definitions", "schema"})
_FREE = frozenset({"MessageXml"})
_NO_RULE: ByParent = {"": None}
_MOST_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 2_000  # characters

type _Known = dict[str, tuple[str, tuple[str, ...]]]
"""For an empty element or a leaf as it was sent: what takes its place, and the rules that this counts for."""


class Memory:
    """What became of elements, by the name of the element around them; good for as long as the rules and the key."""

    __slots__ = ("_by_parent", "_size")

    def __init__(self) -> None:
        self._by_parent: dict[str, _Known] = {}
        self._size = 0

    def of(self, parent: str) -> _Known:
        """What is known of the children of an element with this local name."""
        known = self._by_parent.get(parent)
        if known is None:
            known = self._by_parent[parent] = {}
        return known

    def add(self, known: _Known, piece: str, new: str, rules: tuple[str, ...]) -> None:
        """Remembers one more, unless it is long. When there are too many, all are forgotten."""
        if len(piece) <= _LONGEST_REMEMBERED:
            if self._size >= _MOST_REMEMBERED:
                for one in self._by_parent.values():
                    one.clear()
                self._size = 0
            self._size += 1
            known[piece] = new, rules


class _Open(NamedTuple):
    """An element whose end tag has not come yet, and that holds more than text."""

    name: str
    rule: Rule | None
    at: int
    """The piece that is its start tag."""
    free: bool
    """It is in an element whose whole content is free text."""
    texts: list[int]
    known: _Known
    """What may be used in it of what is remembered."""


class Document:
    """The redaction of one body.

    Args:
        table: The rules.
        values: What replaces values and counts.
        pieces: As `spans.split` gives them; redacted in place.
        targets: What users' XPaths have found in it.
        memory: What other documents have taught under the same rules and key.
    """

    def __init__(
        self,
        table: Table,
        values: Values,
        pieces: list[str],
        targets: Targets | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.elements = 0
        """Elements so far."""
        self._table = table
        self._values = values
        self._pieces = pieces
        self._targets = targets or {}
        self._memory = memory or Memory()
        self._attributes = Attributes(table, values)
        self._later: list[tuple[list[int], bool, bool]] = []
        self._nothing: _Known = {}
        self._names: dict[str, tuple[str, ByParent]] = {}
        self._described = False  # it is a service description, made of documentation and no data
        self._stack = [_Open("", None, 0, free=False, texts=[], known=self._nothing)]

    def redact(self) -> None:
        """Replace what is sensitive in the pieces."""
        pieces, stack, count = self._pieces, self._stack, self._values.count
        known = self._nothing
        remembered = 0
        for at, before, piece in zip(range(1, len(pieces), 2), pieces[::2], pieces[1::2], strict=False):
            if before and not before.isspace():
                stack[-1].texts.append(at - 1)
            if found := known.get(piece):
                pieces[at], rules = found
                remembered += 1
                if rules:
                    count(rules)
            else:
                _HANDLERS.get(piece[1], Document._element)(self, piece, at, stack[-1])
                known = stack[-1].known
        self.elements += remembered
        for indices, prose, listed in self._later:
            scanned(pieces, indices, self._values, prose=prose, whole=not (prose or listed or self._described))
        self._attributes.scan(pieces)

    def _end(self, _: str, at: int, top: _Open) -> None:
        if len(self._stack) == 1:
            return
        self._stack.pop()
        if top.name in self._table.dropped:
            rule = top.rule or next(iter(self._table.elements[top.name].values()))
            if rule is not None and any(self._pieces[top.at + 1 : at]):
                self._values.count((rule.name,))
                self._pieces[top.at + 1 : at] = [""] * (at - top.at - 1)
        elif top.texts:
            self._text(top.texts, top.rule, free=top.free)

    def _instruction(self, piece: str, at: int, _: _Open) -> None:
        if not piece.startswith("<?xml "):
            self._later.append(([at], True, False))

    def _comment(self, piece: str, at: int, top: _Open) -> None:
        if piece.startswith(_CDATA):
            top.texts.append(at)
        else:
            self._later.append(([at], True, False))

    def _element(self, piece: str, at: int, top: _Open) -> None:
        """A start tag, an empty element, or an element with nothing but one piece of text in it, as most are."""
        name, rules = self._names.get(piece) or self._named(piece)
        rule = rules.get(top.name) or rules[""]
        wanted = self._targets.get(self.elements, ()) if self._targets else ()
        if wanted:
            rule = next((rule for attribute, rule in wanted if not attribute), rule)
        self.elements += 1
        counted = self._values.mark()
        if "</" in piece:  # a leaf
            stays = self._text([at], rule or self._rule_if_dropped(name), free=top.free or name in _FREE)
        else:
            stays = True
            if "=" in piece:
                self._pieces[at], stays = self._attributes.replaced(piece, name, wanted)
            if piece[-2] != "/":
                free = top.free or name in _FREE
                known = self._nothing if free or self._described or self._targets else self._memory.of(name)
                self._stack.append(_Open(name, rule, at, free, [], known))
                return
        if stays and top.known is not self._nothing:
            self._memory.add(top.known, piece, self._pieces[at], self._values.since(counted))

    def _named(self, piece: str) -> tuple[str, ByParent]:
        """The local name of an element, and the rules for it; kept, because many have no attributes."""
        name = local(piece)
        if not self.elements:
            self._described = self._attributes.described = name in _DESCRIPTIONS
        self._names[piece] = found = name, self._table.elements.get(name, _NO_RULE)
        return found

    def _rule_if_dropped(self, name: str) -> Rule | None:
        return next(iter(self._table.elements[name].values())) if name in self._table.dropped else None

    def _text(self, indices: list[int], rule: Rule | None, *, free: bool) -> bool:
        """The text of an element, now or later; whether what became of it will be the same in other documents."""
        if rule is None or self._described:
            text = "".join(content(self._pieces[at]) for at in indices)
            if is_plain(text) or text.isspace() or not text:
                return True
            self._later.append((indices, free, free or self._described))
            return False
        if rule.treatment is Treatment.SCAN:
            self._later.append((indices, True, True))
            return False
        return rule.treatment is Treatment.KEEP or replaced(self._pieces, indices, self._values, rule)


_HANDLERS: Mapping[str, Callable[[Document, str, int, _Open], None]] = {
    "/": Document._end,  # noqa: SLF001  its own table
    "?": Document._instruction,  # noqa: SLF001  its own table
    "!": Document._comment,  # noqa: SLF001  its own table
}
"""What a piece of markup is, by its second character; any other begins an element."""
