"""Values become pseudonyms as their rules want it, and every replacing counts."""

import pytest

from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms, is_pseudonym
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.rules import RULES
from ewstape.redaction.table import table_of
from ewstape.redaction.values import Values

TABLE = table_of(RULES)


@pytest.fixture
def values() -> Values:
    return Values(TABLE, Pseudonyms(Key.fresh()))


STAYS = {
    "kept": ("protocol-values", "Error This"),
    "blank": ("subjects", " \n"),
    "a pseudonym": ("display-names", "Name e7f3a9c21d04e"),
    "a well-known folder": ("display-names", " inbox "),
    "a number in a property": ("property-values", "4711"),
    "a date in a property": ("property-values", " 2026-11-23T09:14:07Z"),
    "an item class in a search": ("search-terms", "IPM.Note"),
    "a date in a search": ("search-terms", "2026-11-23"),
    "zeros": ("free-busy", "0000"),
}


@pytest.mark.parametrize(("rule", "value"), STAYS.values(), ids=STAYS)
def test_what_tells_nothing_stays_and_does_not_count(values: Values, rule: str, value: str) -> None:
    assert values.ruled(value, TABLE.by_name[rule]) == value
    assert not values.counts


REPLACED = {
    "subject": ("subjects", "4711"),
    "name": ("display-names", "Inbox of Alice"),
    "a word in a property": ("property-values", "Quokka"),
    "a word in a search": ("search-terms", "Quokka"),
    "a number in a search": ("search-terms", "4711"),
    "id": ("item-ids", "AAMk"),
}


@pytest.mark.parametrize(("rule", "value"), REPLACED.values(), ids=REPLACED)
def test_the_rest_is_replaced_and_counts(values: Values, rule: str, value: str) -> None:
    new = values.ruled(f" {value}\n", TABLE.by_name[rule])
    assert is_pseudonym(new.strip())
    assert new == f" {new.strip()}\n"
    assert values.counts == {rule: 1}


def test_other_treatments(values: Values) -> None:
    masked, dropped = (Rule(name=one, reason="-", treatment=one) for one in (Treatment.MASK, Treatment.DROP))
    assert values.ruled("0120x", masked) == "0000x"
    assert values.ruled("abc", dropped) == values.ruled("", dropped) == ""
    assert values.counts == {"mask": 1, "drop": 1}


def test_several_numbers_are_several_values(values: Values) -> None:
    first, mark, second = values.ruled("+14255550100; +14255550101", TABLE.by_name["dial-strings"]).partition("; ")
    assert mark
    assert is_pseudonym(first)
    assert is_pseudonym(second)
    assert first != second


def test_a_url_is_rewritten_part_by_part_and_counts_every_time(values: Values) -> None:
    url = "https://mail.corp.example.net/EWS/Exchange.asmx?email=alice%40corp.example.net"
    new = values.url(url)
    assert new.startswith("https://host-")
    assert "/EWS/Exchange.asmx?email=user-" in new
    assert values.url(url) == new
    assert values.pseudonym(url, Kind.URL, "x") == new
    assert values.counts == {"server-names": 3, "urls": 3}


KNOWN = {
    "a word": ("Quokka", "No Quokka here.", "No {} here."),
    "in other case": ("Quokka", "QUOKKA!", "{}!"),
    "several words": ("Alice B. Hartwell", "for Alice B. Hartwell, now", "for {}, now"),
    "the longest": ("Alice Hartwell", "Alice Hartwell", "{}"),
    "at the end of a sentence": ("Quokka", "to Quokka.", "to {}."),
}


@pytest.mark.parametrize(("value", "text", "expected"), KNOWN.values(), ids=KNOWN)
def test_free_text_loses_values_that_were_replaced_before(values: Values, value: str, text: str, expected: str) -> None:
    values.pseudonym("Alice", Kind.DISPLAY_NAME, "x")
    assert values.text(text.replace("Alice", "-")) == text.replace("Alice", "-")
    new = values.pseudonym(value, Kind.DISPLAY_NAME, "x")
    assert values.text(text) == expected.format(new)


@pytest.mark.parametrize("value", ["abc", "x" * 201])
def test_what_is_too_short_or_too_long_is_not_looked_for(values: Values, value: str) -> None:
    values.pseudonym(value, Kind.TOKEN, "x")
    assert values.text(f"say {value} now") == f"say {value} now"


def test_outside_free_text_only_the_whole_is_known(values: Values) -> None:
    new = values.pseudonym("Quokka_1", Kind.TOKEN, "x")
    assert values.text(" Quokka_1", prose=False) == f" {new}"
    assert values.text("a Quokka_1", prose=False) == "a Quokka_1"


def test_counts_can_be_repeated_and_taken_back(values: Values) -> None:
    subjects = TABLE.by_name["subjects"]
    begun = values.mark()
    values.ruled("one", subjects)
    assert values.since(begun) == ("subjects",)
    values.count(values.since(begun))
    later = values.mark()
    values.ruled("two", subjects)
    values.take_back(later)
    assert values.counts == {"subjects": 2}
