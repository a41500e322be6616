"""A document of any make is redacted by the place of each text, and free text when all values are known."""

import pytest

from ewstape.redaction.document import Document
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.redaction.rule import Rule
from ewstape.redaction.rules import RULES
from ewstape.redaction.spans import split
from ewstape.redaction.table import table_of
from ewstape.redaction.values import Values

TABLE = table_of(RULES)


@pytest.fixture
def values() -> Values:
    return Values(TABLE, Pseudonyms(Key.fresh()))


def redacted(text: str, values: Values) -> str:
    pieces = split(text)
    Document(TABLE, values, pieces).redact()
    return "".join(pieces)


def test_the_rule_is_that_of_the_parent(values: Values) -> None:
    text = "<a><UserSetting><Name>Quokka</Name></UserSetting><Mailbox><Name>Quokka</Name></Mailbox></a>"
    new = redacted(text, values)
    assert new.startswith("<a><UserSetting><Name>Quokka</Name></UserSetting><Mailbox><Name>Name e")


def test_a_text_in_pieces_is_one_value(values: Values) -> None:
    whole = redacted("<Subject>ab &amp; c</Subject>", values)
    pieces = redacted("<Subject>a<!-- -->b &amp;<![CDATA[ c]]></Subject>", values)
    assert pieces == whole.replace("</", "<!-- --><![CDATA[]]></")


def test_free_text_quotes_what_comes_later(values: Values) -> None:
    new = redacted("<a><!-- x --><MessageText>No Quokka here.</MessageText><Subject>Quokka</Subject></a>", values)
    assert "Quokka" not in new
    assert "<MessageText>No Text e" in new


def test_dropped_content_is_counted_once(values: Values) -> None:
    assert redacted("<a><Security b='1'><c>x y</c>z</Security></a>", values) == "<a><Security b='1'></Security></a>"
    assert values.counts["security-contexts"] == 1


def test_a_service_description_keeps_its_sentences(values: Values) -> None:
    text = "<definitions><a b='two words'>more than a word</a></definitions>"
    assert redacted(text, values) == text


def test_elements_are_counted_and_those_that_users_name_are_replaced(values: Values) -> None:
    rule = Rule(name="mine", reason="-", kind=Kind.TOKEN)
    pieces = split("<a><b>one</b><c/><!-- <d/> --><b e='two'>three</b></a>")
    document = Document(TABLE, values, pieces, {1: [("", rule)], 3: [("e", rule)]})
    document.redact()
    assert document.elements == 4
    assert values.counts == {"mine": 2}
    assert "".join(pieces).count("ewstape-") == 2
    assert "three" in "".join(pieces)
