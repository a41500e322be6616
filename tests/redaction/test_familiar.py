"""A document whose template is known is redacted as `document` would do it, or not at all."""

import pytest
from documents import Part, documents, written
from hypothesis import given

from ewstape.redaction.document import Document
from ewstape.redaction.familiar import Familiar
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.rules import RULES
from ewstape.redaction.spans import split
from ewstape.redaction.table import Table, table_of
from ewstape.redaction.values import Values
from ewstape.wire.skeleton import Cut, taken_apart

TABLE = table_of(RULES)
KEY = Key(bytes.fromhex("8f1d0c6a27b94e53a6d2f07c15e83b49"))


def new_values(table: Table = TABLE) -> Values:
    return Values(table, Pseudonyms(KEY))


def cut_of(text: str) -> Cut:
    cut = taken_apart(text.encode())
    assert cut is not None
    return cut


def by_document(text: str, values: Values, table: Table = TABLE) -> str:
    pieces = split(text)
    Document(table, values, pieces).redact()
    return "".join(pieces)


def familiar(text: str, values: Values, table: Table = TABLE) -> str | None:
    one, cut = Familiar(table, values), cut_of(text)
    one.learn(cut)
    new = one.redacted(cut)
    assert new == one.redacted(cut)  # from memory
    return None if new is None else new.decode()


KNOWN = {
    "leaves": "<a><b><Subject>one two</Subject><Size>12</Size></b></a>",
    "declared": '<?xml version="1.0" encoding="utf-8"?>\n<a><Subject>one</Subject></a>\n',
    "attributes": '<a><t:ItemId  Id="xy" ChangeKey="z"/><b c="12" d=""/></a>',
    "namespaces": '<a xmlns="http://www.w3.org/2001/XMLSchema"><Subject>one two</Subject></a>',
    "a rule by the parent": "<a><FileAttachment><Name>Plans</Name></FileAttachment><c><Name>Al Ix</Name></c></a>",
    "empty elements": "<a><Subject></Subject><Body/><EmailAddress>alice@corp.example.net</EmailAddress></a>",
    "what needs escapes then": "<a><EmailAddress>'x\"@corp.example.net</EmailAddress></a>",
}


@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN)
def test_it_is_redacted_as_ever(text: str) -> None:
    values, others = new_values(), new_values()
    assert familiar(text, values) == by_document(text, others)
    assert {rule: count // 2 for rule, count in values.counts.items()} == others.counts  # it was redacted twice


OTHER = {
    "an unlisted text": "<a><b>alice@corp.example.net</b></a>",
    "an unlisted attribute": '<a b="alice@corp.example.net"/>',
    "a namespace of their own": '<a xmlns:x="http://corp.example.net/"/>',
    "free text": "<a><MessageText>of alice@corp.example.net</MessageText></a>",
    "details of an error": "<a><MessageXml><Value>1</Value></MessageXml></a>",
    "a description": "<definitions><b>12</b></definitions>",
    "text beside elements": "<a>12<b/></a>",
    "text after an element": "<a><b/>12</a>",
    "text after an end": "<a><b></b>12</a>",
    "single quotes": "<a><ItemId Id='x'/></a>",
    "what is dropped": "<a><Security>12</Security></a>",
}


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_what_a_value_alone_does_not_tell_is_left_to_others(text: str) -> None:
    values = new_values()
    assert familiar(text, values) is None
    assert not values.counts


def test_a_template_that_was_not_learned_is_not_touched() -> None:
    one, cut = Familiar(TABLE, new_values()), cut_of("<a><Subject>one two</Subject></a>")
    assert not one.knows(cut)
    assert one.redacted(cut) is None
    one.learn(cut)
    assert one.knows(cut_of("<a><Subject>another</Subject></a>"))
    assert not one.knows(cut_of("<a><Object>another</Object></a>"))


def test_a_value_may_be_harmless_in_one_document_and_not_in_the_next() -> None:
    one, cut = Familiar(TABLE, new_values()), cut_of("<a><b>12</b></a>")
    one.learn(cut)
    assert one.redacted(cut) == b"<a><b>12</b></a>"
    assert one.redacted(cut_of("<a><b>alice@corp.example.net</b></a>")) is None


@pytest.mark.parametrize(
    ("rule", "new"),
    [
        (Rule(name="own", reason="", kind=Kind.TEXT, xml="b", treatment=Treatment.KEEP), "call 12"),
        (Rule(name="own", reason="", xml="b", treatment=Treatment.MASK), None),
        (Rule(name="own", reason="", kind=Kind.TEXT, xml="b", treatment=Treatment.MASK), "call 00"),
        (Rule(name="own", reason="", kind=Kind.TEXT, xml="b", treatment=Treatment.SCAN), None),
        (Rule(name="own", reason="", xml="b"), None),
    ],
    ids=["keep", "mask of no kind", "mask", "scan", "no kind"],
)
def test_rules_of_users_count(rule: Rule, new: str | None) -> None:
    table, text = table_of((*RULES, rule)), "<a><b>call 12</b></a>"
    found = familiar(text, new_values(table), table)
    assert found == (new and f"<a><b>{new}</b></a>")
    assert new is None or found == by_document(text, new_values(table), table)


@given(documents(regular=True))
def test_whatever_it_redacts_is_as_ever(parts: list[Part]) -> None:
    text = written(parts)
    cut = taken_apart(text.encode())
    if cut is None:
        return
    new = familiar(text, new_values())
    assert new is None or new == by_document(text, new_values())
