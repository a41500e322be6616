"""A body is its skeleton and its values, and no value can pass for structure."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ewstape.wire.skeleton import MARK, Cut, example, filled, is_ascii, marked, put_together, taken_apart

BODY = b"""<?xml version="1.0" encoding="utf-8"?><a xmlns="urn:x" b='1'><c>one two</c>\n<d e="" f="2"/></a>"""
SAMPLES = sorted((Path(__file__).parents[1] / "wire_samples").glob("*.xml"))


def cut_of(body: bytes) -> Cut:
    cut = taken_apart(body)
    assert cut is not None
    return cut


def tags(body: bytes) -> list[object]:
    return [one.tag for one in etree.fromstring(body).iter()]


def test_a_body_is_cut_into_what_stays_and_what_varies() -> None:
    cut = cut_of(BODY)
    assert cut.skeleton.count(b"\0") == len(cut.values)
    assert cut.values == (b'="1.0', b'="utf-8', b'="urn:x', b"='1", b">one two", b'="2')
    assert cut.names == cut.values[:3]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_what_is_cut_can_be_put_together(sample: Path) -> None:
    body = sample.read_bytes()
    cut = taken_apart(body)
    if cut is None:  # it has characters beyond ASCII, references or comments, or is a stream of documents
        assert not body.isascii() or b"&" in body or b"<!" in body or b"> " in body or body.count(b"<?xml") > 1
        return
    assert filled(cut.skeleton, cut.values) == put_together(cut, {}) == body
    assert tags(example(cut.skeleton, cut.names)) == tags(body)


def test_marks_stand_in_every_place() -> None:
    cut = cut_of(BODY)
    assert MARK.findall(marked(cut.skeleton).decode()) == [str(place) for place in range(len(cut.values))]
    assert MARK.sub("X", marked(cut.skeleton).decode()).count("X") == len(cut.values)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"text",
        b"<a>&amp;</a>",
        b"<a><!-- b --></a>",
        b"<a><![CDATA[b]]></a>",
        b"<!DOCTYPE a><a/>",
        "<a>ä</a>".encode(),
        b"<a> b </a>",
        b"<a b='&lt;'/>",
        b"<a>\0</a>",
        b'<?xml version="1.0" encoding="utf-16"?><a/>',
        b"<a>" + b"b" * 20_000 + b"</a>",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_a_pattern_cannot_tell_is_left_to_a_parser(body: bytes) -> None:
    assert taken_apart(body) is None


@given(st.lists(st.text("ab<>&\"'=/ \t\n\0\x01ä", max_size=5), min_size=3, max_size=3))
def test_what_parses_with_one_value_parses_with_any(values: list[str]) -> None:
    first, second, third = values
    body = f'<a><b c="{first}">{second}</b><d>{third}</d></a>'.encode()
    cut = taken_apart(body)
    if cut is not None and cut.skeleton == cut_of(b'<a><b c="1">2</b><d>3</d></a>').skeleton:
        assert tags(body) == ["a", "b", "d"]


@pytest.mark.parametrize(
    ("content_type", "ascii_"),
    [("", True), ("text/xml; charset=UTF-8", True), ("text/xml; charset=utf-16", False), ("text/xml", True)],
)
def test_only_charsets_in_which_ascii_is_itself_will_do(content_type: str, ascii_: bool) -> None:
    assert is_ascii(content_type) is ascii_
