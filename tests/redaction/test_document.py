"""What one document has taught helps with the next, and never hides what it must not."""

import pytest

from ewstape.redaction.document import Document, Memory
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.redaction.rules import RULES
from ewstape.redaction.spans import split
from ewstape.redaction.table import table_of
from ewstape.redaction.values import Values

TABLE = table_of(RULES)


def redacted(text: str, values: Values, memory: Memory) -> str:
    pieces = split(text)
    Document(TABLE, values, pieces, memory=memory).redact()
    return "".join(pieces)


@pytest.fixture
def values() -> Values:
    return Values(TABLE, Pseudonyms(Key.fresh()))


def test_the_second_time_gives_and_counts_the_same(values: Values) -> None:
    memory = Memory()
    text = "<a><b><Subject>one two</Subject><ItemId Id='x' ChangeKey='y'/><Size>12</Size></b></a>"
    once = redacted(text, values, memory)
    first = dict(values.counts)
    assert redacted(text, values, memory) == once
    assert dict(values.counts) == {rule: 2 * count for rule, count in first.items()}
    assert first == {"subjects": 1, "item-ids": 1, "change-keys": 1}


def test_what_is_remembered_in_one_parent_is_not_taken_for_another(values: Values) -> None:
    memory = Memory()
    kept = "<a><UserSetting><Name>Quokka</Name></UserSetting></a>"
    assert redacted(kept, values, memory) == kept
    assert "Quokka" not in redacted("<a><Mailbox><Name>Quokka</Name></Mailbox></a>", values, memory)
    assert redacted(kept, values, memory) == kept


def test_free_text_is_searched_anew_for_what_is_known_since(values: Values) -> None:
    memory = Memory()
    text = "<a><b><MessageText>No Quokka here.</MessageText></b></a>"
    assert redacted(text, values, memory) == text
    redacted("<a><b><Subject>Quokka</Subject></b></a>", values, memory)
    assert "Quokka" not in redacted(text, values, memory)


def test_memory_is_bounded_and_leaves_long_values_out() -> None:
    memory = Memory()
    known = memory.of("a")
    for number in range(60_000):
        memory.add(known, f"<b>{number}</b>", "", ())
    memory.add(known, f"<b>{'x' * 5_000}</b>", "", ())
    assert 0 < len(known) < 60_000
    assert max(map(len, known)) < 5_000
