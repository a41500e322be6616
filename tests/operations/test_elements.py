"""Finding children by name, and reading their values, in documents that follow no schema."""

import pytest
from lxml import etree

from ewstape.interaction import MESSAGES
from ewstape.operations._elements import Children, Notes, boolean, integer, text, token

XY = Children("X", "Y", required=("Y",))


def element(inner: str) -> etree._Element:
    return etree.fromstring(f'<P xmlns="{MESSAGES}" xmlns:o="urn:other">{inner}</P>')


@pytest.mark.parametrize(
    ("inner", "found", "notes"),
    [
        ("<X/><Y/>", ["X", "Y"], ()),
        ("<Y/>", ["Y"], ()),
        ("<Y/><X/>", ["X", "Y"], ("P: X is out of the schema's order",)),
        ("<X/>", ["X"], ("P: no Y",)),
        ("<Y/><Y/>", ["Y"], ("P: more than one Y",)),
        ("<Y/><Z/>", ["Y"], ("P: unexpected Z",)),
        ("<y/>", ["Y"], ("P: Y is spelt y",)),
        ("<o:Y/>", ["Y"], ("P: Y is in namespace 'urn:other', not messages",)),
        ("text<Y/>text", ["Y"], ()),
    ],
)
def test_children_are_found_by_name_and_oddities_noted(inner: str, found: list[str], notes: tuple[str, ...]) -> None:
    said = Notes()
    assert sorted(XY.of(element(inner), said)) == found
    assert said.as_tuple() == notes


def test_of_two_children_with_one_name_the_first_counts() -> None:
    assert text(XY.of(element("<Y>1</Y><Y>2</Y>"), Notes())["Y"]) == "1"


def test_an_element_with_countless_children_is_not_searched_to_its_end() -> None:
    """A megabyte of them would cost a quarter of a second."""
    notes = Notes()
    assert XY.of(element("<X/>" + "<Z/>" * 50 + "<Y/>"), notes).keys() == {"X"}
    assert notes.as_tuple() == ("P: unexpected Z", "P: no Y")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("486", 486),
        (" +7\n", 7),
        ("-2147483648", -2147483648),
        ("0486", 486),
        ("", None),
        ("2147483648", None),
        ("9" * 5000, None),
        ("1_000", None),
        ("\u0664", None),
        ("4.5", None),
    ],
)
def test_integer_is_an_xs_int_or_noted(value: str, number: int | None) -> None:
    notes = Notes()
    assert integer(element(value), notes) == number
    assert bool(notes.as_tuple()) == (number is None and value != "")


@pytest.mark.parametrize(
    ("value", "truth"), [("true", True), ("1", True), ("False", False), (" 0 ", False), ("yes", None), ("", None)]
)
def test_boolean_is_an_xs_boolean_or_noted(value: str, truth: bool | None) -> None:
    notes = Notes()
    assert boolean(element(value), notes) is truth
    assert bool(notes.as_tuple()) == (value == "yes")


def test_token_outside_the_schema_is_kept_and_noted() -> None:
    notes = Notes()
    assert token(element(" OnHold "), notes, "Idle", "Connected") == "OnHold"
    assert notes.as_tuple() == ("P: 'OnHold' is not in the schema",)


def test_text_keeps_its_white_space() -> None:
    """A dial string with a blank at its end is another dial string."""
    assert text(element(" 555 ")) == " 555 "
    assert text(element("a<X>b</X>c")) == "abc"
    assert text(None) is None


def test_notes_are_few_short_and_each_said_once() -> None:
    notes = Notes()
    for number in range(1000):
        notes.add(f"{number // 2}\n" + "x" * 1000)
    assert len(notes.as_tuple()) == 10
    assert all(note.isprintable() and len(note) < 400 for note in notes.as_tuple())
