import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.report.escape import escape

_HARMLESS = {"L", "M", "N", "P", "S"}


@given(st.text(st.characters()))
def test_nothing_unprintable_gets_through(text: str) -> None:
    assert all(character == " " or unicodedata.category(character)[0] in _HARMLESS for character in escape(text))


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S"], include_characters=" ")))
def test_printable_text_stays_as_it_is(text: str) -> None:
    assert escape(text) == text


@given(st.text(st.characters()))
def test_escaping_twice_changes_nothing_more(text: str) -> None:
    assert escape(escape(text)) == escape(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\t", r"a\nb\r\t"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b0m", r"\x9b0m"),
        ("[red]+1 555 0100[/red]", "[red]+1 555 0100[/red]"),
        ("\u00a0", r"\xa0"),
        ("\ufeff", r"\ufeff"),
        ("\udcff", r"\udcff"),
        ("\U000e0041", r"\U000e0041"),
        ("\x00", r"\x00"),
        ("Zoë 電話", "Zoë 電話"),
    ],
)
def test_what_is_shown_in_its_place(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(
    "mark", [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f", "\u061c", "\u2028"]
)
def test_marks_that_turn_or_break_a_line_are_escaped(mark: str) -> None:
    assert escape(mark) == f"\\u{ord(mark):04x}"
