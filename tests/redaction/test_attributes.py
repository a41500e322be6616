"""Attributes are replaced by their rules at once, and by what is found in them when all values are known."""

import pytest

from ewstape.redaction.attributes import Attributes, is_harmless
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.rules import RULES
from ewstape.redaction.table import table_of
from ewstape.redaction.values import Values

SCANNED = Rule(name="scanned", reason="-", treatment=Treatment.SCAN, xml="Note/@Quotes")
TABLE = table_of((*RULES, SCANNED))


@pytest.fixture
def values() -> Values:
    return Values(TABLE, Pseudonyms(Key.fresh()))


@pytest.fixture
def attributes(values: Values) -> Attributes:
    return Attributes(TABLE, values)


@pytest.mark.parametrize(
    ("element", "attribute", "name"),
    [
        ("ItemId", "Id", "item-ids"),
        ("PhoneCallId", "Id", "phone-call-ids"),
        ("DistinguishedFolderId", "Id", "protocol-values"),
        ("Anything", "ChangeKey", "change-keys"),
        ("Constant", "Value", "search-terms"),
        ("Anything", "Value", None),
        ("Anything", "Unheard", None),
        ("Anything", "t:Id", None),
    ],
)
def test_the_rule_is_that_of_the_element_else_that_of_the_attribute(
    attributes: Attributes, element: str, attribute: str, name: str | None
) -> None:
    rule = attributes.rule(element, attribute)
    assert (rule and rule.name) == name


def test_only_values_change(attributes: Attributes, values: Values) -> None:
    tag = '<t:ItemId  Id = \'a&amp;b\'\n ChangeKey="c" xmlns:t="http://schemas.xmlsoap.org/soap/envelope/"/>'
    new = attributes.replaced(tag, "ItemId")
    ids = [values.pseudonym(text, Kind.ID, "x") for text in ("a&b", "c")]
    assert new == tag.replace("a&amp;b", ids[0]).replace('"c"', f'"{ids[1]}"')


def test_a_users_rule_counts_over_the_tables(attributes: Attributes) -> None:
    rule = Rule(name="mine", reason="-", kind=Kind.TOKEN)
    new = attributes.replaced("<ItemId Id='a' ChangeKey='b'/>", "ItemId", [("ChangeKey", rule)])
    assert " ChangeKey='ewstape-" in new
    assert " Id='ZXdz" in new


def test_a_scanned_attribute_keeps_what_tells_nothing(attributes: Attributes) -> None:
    new = attributes.replaced('<Note Quotes="to alice@corp.example.net &quot;now&quot;"/>', "Note")
    assert new.startswith('<Note Quotes="to user-')
    assert new.endswith('@example.com &quot;now&quot;"/>')


def test_what_no_rule_names_waits_for_values_that_come_later(attributes: Attributes, values: Values) -> None:
    tag = "<a b='Quokka_1' c='two words'/>"
    assert attributes.replaced(tag, "a") == tag
    values.pseudonym("Quokka_1", Kind.TOKEN, "x")
    pieces = ["", tag, "", "<a/>", ""]
    attributes.scan(pieces)
    assert pieces[1].startswith("<a b='ewstape-")
    assert " c='Text e" in pieces[1]
    assert pieces[3] == "<a/>"


def test_a_service_description_is_only_searched_by_patterns(attributes: Attributes) -> None:
    attributes.described = True
    tag = "<part Id='x' b='two words' c='alice@corp.example.net'/>"
    pieces = ["", attributes.replaced(tag, "part"), ""]
    attributes.scan(pieces)
    assert pieces[1].startswith("<part Id='x' b='two words' c='user-")


@pytest.mark.parametrize(
    ("raw", "harmless"),
    [
        ("HTML", True),
        ("15", True),
        ("http://www.w3.org/2001/XMLSchema", True),
        ("http://mail.corp.example.net/", False),
        ("two words", False),
        ("a&amp;b", False),
    ],
)
def test_words_numbers_and_the_namespaces_of_the_protocol_are_harmless(raw: str, *, harmless: bool) -> None:
    assert is_harmless(raw) is harmless
