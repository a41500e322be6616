"""The attributes of one document redacted: those that rules name on the way, the others when all values are known."""

from collections.abc import Sequence

from ewstape.redaction.patterns import is_plain
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.spans import attributes_replaced, escape, spliced, unescape
from ewstape.redaction.table import Table
from ewstape.redaction.texts import is_several_words
from ewstape.redaction.values import Values
from ewstape.wire.namespaces import AUTODISCOVER, ERRORS, MESSAGES, SOAP11, SOAP12, TYPES

__all__ = ["Attributes", "is_harmless"]

_NAMESPACES = frozenset(
    {
        *(SOAP11, SOAP12, MESSAGES, TYPES, ERRORS, AUTODISCOVER),
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/2001/XMLSchema",
        "http://www.w3.org/2005/08/addressing",
    }
)


class Attributes:
    """The redaction of start tags and empty elements."""

    def __init__(self, table: Table, values: Values) -> None:
        self.described = False
        """The document is a service description, whose attributes no rule is for."""
        self._table = table
        self._values = values
        self._waiting: dict[str, str] = {}  # tags with attributes that no rule names, and the names of their elements

    def replaced(self, tag: str, element: str, wanted: Sequence[tuple[str, Rule]] = ()) -> str:
        """The tag with what rules name in it replaced.

        Args:
            tag: as it was sent.
            element: its local name.
            wanted: users' rules for single attributes of this very tag.
        """
        done = True
        named = {attribute: rule for attribute, rule in wanted if attribute}

        def replace(attribute: str, raw: str, mark: str) -> str:
            nonlocal done
            rule = named.get(attribute.rpartition(":")[2]) if named else None
            rule = rule or self.rule(element, attribute)
            if rule is not None:
                return self.ruled(raw, rule, mark)
            if not is_harmless(raw):
                done = False
            return raw

        new = attributes_replaced(tag, replace)
        if not done:
            self._waiting[new] = element
        return new

    def scan(self, pieces: list[str]) -> None:
        """Look through the attributes that no rule names; to be called once, when the pass is over."""
        final = {}
        for tag, element in self._waiting.items():

            def replace(attribute: str, raw: str, mark: str, element: str = element) -> str:
                known = self.rule(element, attribute) is not None
                return raw if known else self.unlisted(raw, mark)

            new = attributes_replaced(tag, replace)
            if new != tag:
                final[tag] = new
        if final:
            pieces[:] = [final.get(piece, piece) for piece in pieces]

    def rule(self, element: str, attribute: str) -> Rule | None:
        """The rule for an attribute with this qualified name, of an element with this local name."""
        rules = self._table.attributes.get(attribute)
        return None if rules is None or self.described else rules.get(element) or rules[""]

    def ruled(self, raw: str, rule: Rule, mark: str) -> str:
        """A value as the rule wants it, between two `mark`s."""
        if rule.treatment is Treatment.KEEP:
            return raw
        value = unescape(raw)
        if rule.treatment is Treatment.SCAN:
            return spliced(raw, self._values.spans(value, prose=True), mark=mark)
        new = self._values.ruled(value, rule)
        return raw if new == value else escape(new, mark)

    def unlisted(self, raw: str, mark: str) -> str:
        """A value that no rule names, with what is found in it replaced; to be called when all values are known."""
        if is_harmless(raw):
            return raw
        value = unescape(raw)
        if not self.described and is_several_words(value) and "://" not in value:
            new = self._values.other(value)
            return raw if new == value else escape(new, mark)
        spans = self._values.spans(value, prose=False)
        return spliced(raw, spans, mark=mark) if spans else raw


def is_harmless(raw: str) -> bool:
    """Whether the value of an attribute is a word, a number or the like, or a namespace of the protocol."""
    return raw in _NAMESPACES or is_plain(raw)
