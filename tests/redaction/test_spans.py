"""Pieces of a document are the document, and what is replaced in them stands where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.redaction.spans import attributes_replaced, encoding_of, escape, local, moved, spliced, split, unescape

DOCUMENTS = {
    "tags": ("<a b='1'>x</a>", ["", "<a b='1'>", "x", "</a>", ""]),
    "a > in a value": ('<a b="1>2">x</a>', ["", '<a b="1>2">', "x", "</a>", ""]),
    "leaf": ("<a><b>x</b> <c/>y</a>", ["", "<a>", "", "<b>x</b>", " ", "<c/>", "y", "</a>", ""]),
    "a > in text": ("<a>1>2</a>", ["", "<a>1>2</a>", ""]),
    "tags in an instruction": ("<a><?x <b> ?></a>", ["", "<a>", "", "<?x <b> ?>", "", "</a>", ""]),
    "comment": ("<a><!--<b>'--></a>", ["", "<a>", "", "<!--<b>'-->", "", "</a>", ""]),
    "CDATA": ("<a><![CDATA[</a>]]></a>", ["", "<a>", "", "<![CDATA[</a>]]>", "", "</a>", ""]),
    "instruction": ('<?xml version="1.0"?><?x >?><a/>', ["", '<?xml version="1.0"?>', "", "<?x >?>", "", "<a/>", ""]),
}


@pytest.mark.parametrize(("text", "pieces"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_markup_and_text_alternate(text: str, pieces: list[str]) -> None:
    assert split(text) == pieces


@given(st.text(alphabet="<>/!-[]CDAT?ab='\" ", max_size=60))
def test_the_pieces_of_anything_are_that_thing(text: str) -> None:
    assert "".join(split(text)) == text


@pytest.mark.parametrize(
    ("tag", "name"), [("<t:ItemId Id='x'/>", "ItemId"), ("<a>", "a"), ("<a/>", "a"), ("<m:a\n>", "a")]
)
def test_local_names(tag: str, name: str) -> None:
    assert local(tag) == name


def test_only_the_value_of_an_attribute_changes() -> None:
    tag = "<t:ItemId  Id = 'a&amp;b'\n\tChangeKey=\"c\" />"
    new = attributes_replaced(tag, lambda name, raw, _: "NEW" if name == "Id" else raw)
    assert new == "<t:ItemId  Id = 'NEW'\n\tChangeKey=\"c\" />"


@given(st.text(), st.sampled_from(["", '"', "'"]))
def test_escaping_can_be_undone(text: str, mark: str) -> None:
    escaped = escape(text, mark)
    assert unescape(escaped) == text
    assert "<" not in escaped
    assert not mark or mark not in escaped


def test_references_outside_a_span_stay_as_they_are_written() -> None:
    assert spliced("&#65;&amp; b&#64;c &lt;", [(3, 6, "x&y")]) == "&#65;&amp; x&amp;y &lt;"


ENCODINGS = {
    "nothing": (b"<a/>", "", (b"", "utf-8")),
    "UTF-8 mark": (b"\xef\xbb\xbf<a/>", "", (b"\xef\xbb\xbf", "utf-8")),
    "UTF-16 mark": (b"\xff\xfe<\0", "", (b"\xff\xfe", "utf-16-le")),
    "UTF-16 without": (b"\0<\0a", "", (b"", "utf-16-be")),
    "declared": (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "text/xml; charset=utf-8", (b"", "iso-8859-1")),
    "wrongly declared": (b'<?xml version="1.0" encoding="utf-16"?><a/>', "", (b"", "utf-8")),
    "header": (b"<a/>", "text/xml; charset=windows-1252", (b"", "windows-1252")),
}


@pytest.mark.parametrize(("body", "content_type", "encoding"), ENCODINGS.values(), ids=ENCODINGS)
def test_encodings(body: bytes, content_type: str, encoding: tuple[bytes, str]) -> None:
    assert encoding_of(body, content_type) == encoding


def test_boundaries_move_with_the_pieces_around_them() -> None:
    assert moved(["ab", "secret", "cd"], ["ab", "x", "cd"], [1, 2, 5, 8, 10], len) == [1, 2, 3, 3, 5]
