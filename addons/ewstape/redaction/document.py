"""One XML body redacted, whatever is in it: a pass over its pieces that keeps a stack of open elements and asks the
table about each. Most bodies never come here, see `regular`.

Free and unlisted text waits until the pass is over, because it may quote values that come later.
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

__all__ = ["Document", "Targets"]

type Targets = Mapping[int, Sequence[tuple[str, Rule]]]
"""What users' XPaths have found: the number of an element in document order -> names of attributes, or `""` for its
text, with the rule."""

_CDATA = "<![CDATA["
_DESCRIPTIONS = frozenset({"definitions", "schema"})
_FREE = frozenset({"MessageXml"})
_NO_RULE: ByParent = {"": None}


class _Open(NamedTuple):
    """An element whose end tag has not come yet, and that holds more than text."""

    name: str
    rule: Rule | None
    at: int
    """The piece that is its start tag."""
    free: bool
    """It is in an element whose whole content is free text."""
    texts: list[int]


class Document:
    """The redaction of one body.

    Args:
        table: The rules.
        values: What replaces values and counts.
        pieces: As `spans.split` gives them; redacted in place.
        targets: What users' XPaths have found in it.
    """

    def __init__(
        self,
        table: Table,
        values: Values,
        pieces: list[str],
        targets: Targets | None = None,
    ) -> None:
        self.elements = 0
        """Elements so far."""
        self._table = table
        self._values = values
        self._pieces = pieces
        self._targets = targets or {}
        self._attributes = Attributes(table, values)
        self._later: list[tuple[list[int], bool, bool]] = []
        self._names: dict[str, tuple[str, ByParent]] = {}
        self._described = False  # it is a service description, made of documentation and no data
        self._stack = [_Open("", None, 0, free=False, texts=[])]

    def redact(self) -> None:
        """Replace what is sensitive in the pieces."""
        pieces, stack = self._pieces, self._stack
        for at, before, piece in zip(range(1, len(pieces), 2), pieces[::2], pieces[1::2], strict=False):
            if before and not before.isspace():
                stack[-1].texts.append(at - 1)
            _HANDLERS.get(piece[1], Document._element)(self, piece, at, stack[-1])
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
        free = top.free or name in _FREE
        if "</" in piece:  # a leaf
            self._text([at], rule or self._rule_if_dropped(name), free=free)
            return
        if "=" in piece:
            self._pieces[at] = self._attributes.replaced(piece, name, wanted)
        if piece[-2] != "/":
            self._stack.append(_Open(name, rule, at, free, []))

    def _named(self, piece: str) -> tuple[str, ByParent]:
        """The local name of an element, and the rules for it; kept, because many have no attributes."""
        name = local(piece)
        if not self.elements:
            self._described = self._attributes.described = name in _DESCRIPTIONS
        self._names[piece] = found = name, self._table.elements.get(name, _NO_RULE)
        return found

    def _rule_if_dropped(self, name: str) -> Rule | None:
        return next(iter(self._table.elements[name].values())) if name in self._table.dropped else None

    def _text(self, indices: list[int], rule: Rule | None, *, free: bool) -> None:
        """The text of an element, replaced now, or when the pass is over."""
        if rule is None or self._described:
            text = "".join(content(self._pieces[at]) for at in indices)
            if text and not text.isspace() and not is_plain(text):
                self._later.append((indices, free, free or self._described))
        elif rule.treatment is Treatment.SCAN:
            self._later.append((indices, True, True))
        elif rule.treatment is not Treatment.KEEP:
            replaced(self._pieces, indices, self._values, rule)


_HANDLERS: Mapping[str, Callable[[Document, str, int, _Open], None]] = {
    "/": Document._end,  # noqa: SLF001  its own table
    "?": Document._instruction,  # noqa: SLF001  its own table
    "!": Document._comment,  # noqa: SLF001  its own table
}
"""What a piece of markup is, by its second character; any other begins an element."""
