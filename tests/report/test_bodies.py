from hypothesis import given
from hypothesis import strategies as st

from ewstape.interaction import Response
from ewstape.report.bodies import body_text, coloured


def text_of(body: bytes, content_type: str = "text/xml; charset=utf-8") -> str:
    return body_text(Response(status=200, headers=(("content-type", content_type),), body=body))


def test_xml_is_indented() -> None:
    assert text_of(b"<?xml version='1.0'?><a><b>1</b><c/></a>") == "<a>\n  <b>1</b>\n  <c/>\n</a>"


def test_the_charset_of_the_header_counts() -> None:
    assert text_of(b"<a>\xe9</a>", "text/xml; charset=iso-8859-1") == "<a>\xe9</a>"


def test_what_is_no_xml_stays_as_it_is() -> None:
    assert text_of(b"\xef\xbb\xbfnot\r\n<xml") == "not\n<xml"
    assert text_of(b"") == ""


def test_an_entity_is_not_expanded() -> None:
    assert text_of(b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>') == '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'


def test_control_characters_and_marks_are_escaped() -> None:
    assert text_of("<a>\x9b[2J\u202e[red]x[/]</a>".encode()) == r"<a>\x9b[2J\u202e[red]x[/]</a>"


@given(st.binary())
def test_no_body_reaches_a_terminal_unescaped(body: bytes) -> None:
    assert all(line.isprintable() for line in text_of(body).split("\n"))


def test_colour_changes_no_text() -> None:
    text = text_of("<a x='1'><b>[red]\u202e</b></a>".encode())
    shown = coloured(text)
    assert shown.plain.rstrip("\n") == text
    assert shown.spans
