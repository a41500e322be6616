"""A text is replaced or searched where it stands, in however many pieces."""

import pytest

from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.redaction.rule import Rule
from ewstape.redaction.rules import RULES
from ewstape.redaction.table import table_of
from ewstape.redaction.texts import content, is_several_words, replaced, scanned
from ewstape.redaction.values import Values

TABLE = table_of(RULES)
NAME = TABLE.by_name["display-names"]


@pytest.fixture
def values() -> Values:
    return Values(TABLE, Pseudonyms(Key.fresh()))


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("a &amp; b&#33;", "a & b!"),
        ("<t:a >x &lt; y</t:a>", "x < y"),
        ("<![CDATA[a &amp; <b>]]>", "a &amp; <b>"),
        ("<!-- a &amp; b -->", " a &amp; b "),
        ("<?a b?>", "a b"),
        ("<a></a>", ""),
    ],
)
def test_the_content_of_a_piece(piece: str, text: str) -> None:
    assert content(piece) == text


@pytest.mark.parametrize(
    ("text", "several"), [("a", False), (" a\n", False), ("", False), ("a b", True), ("a\tb c", True)]
)
def test_several_words(text: str, *, several: bool) -> None:
    assert is_several_words(text) is several


def test_one_value_in_several_pieces_is_replaced_as_one(values: Values) -> None:
    name = values.pseudonym("Al Ix", Kind.DISPLAY_NAME, NAME.name)
    pieces = ["Al", "<!-- x -->", "<![CDATA[ I]]>", "&#120;", "<a>Al Ix</a>"]
    replaced(pieces, [0, 2, 3], values, NAME)
    replaced(pieces, [4], values, NAME)
    assert pieces == [name, "<!-- x -->", "<![CDATA[]]>", "", f"<a>{name}</a>"]


def test_what_needs_no_pseudonym_keeps_its_references(values: Values) -> None:
    pieces = ["&#73;nbox"]
    replaced(pieces, [0], values, NAME)
    assert pieces == ["&#73;nbox"]


def test_a_value_that_goes_on_in_the_next_piece_is_found(values: Values) -> None:
    pieces = ["&lt;alice@corp", "<![CDATA[.example.net & co]]>"]
    scanned(pieces, [0, 1], values, prose=True, whole=False)
    assert pieces == ["&lt;" + values.pseudonym("alice@corp.example.net", Kind.SMTP_ADDRESS, "x"), "<![CDATA[ & co]]>"]


def test_unlisted_text_is_replaced_as_a_whole_if_it_is_more_than_a_word(values: Values) -> None:
    pieces = [" two words\n", "one", "more &amp; more"]
    for at in range(3):
        scanned(pieces, [at], values, prose=False, whole=True)
    two, more = (values.pseudonym(text, Kind.TEXT, "x") for text in ("two words", "more & more"))
    assert pieces == [f" {two}\n", "one", more]


def test_without_the_rule_for_it_unlisted_text_is_searched() -> None:
    values = Values(table_of(rule for rule in RULES if rule.name != "other-texts"), Pseudonyms(Key.fresh()))
    pieces = ["two words"]
    scanned(pieces, [0], values, prose=False, whole=True)
    assert pieces == ["two words"]


def test_what_is_written_is_escaped(values: Values) -> None:
    rule = Rule(name="free", reason="-")
    pieces = ["a &lt; alice@corp.example.net &gt; b"]
    replaced(pieces, [0], values, rule)
    assert pieces[0].startswith("a &lt; user-")
    assert pieces[0].endswith("@example.com &gt; b")
