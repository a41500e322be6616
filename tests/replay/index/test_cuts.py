"""Halves of documents are cut at the plainest places of values, and nowhere else."""

import pytest

from ewstape.replay.index.cuts import BODY, cut_answered, cut_asked
from ewstape.replay.index.moulds import Cut

ASKED = b"""---
operation: GetItem
number: 17
at: 0.250
took: 1.5
auth: NTLM
request:
  fields:
    shape: Default
    ids:
      - item_id:
          id: "1"
      - abc
    empty: {}
  notes:
    - "a note"
  http: POST https://mail.example.com/EWS/Exchange.asmx
  headers:
    Content-Type: text/xml; charset=utf-8
    X-Id: one
    X-Twice:
      - two
      - three
  layout: indented
  body: |
    <?xml version="1.0" encoding="utf-8"?>
    <a xmlns="urn:a" xmlns:b='urn:b' c="d" e='f'>
      <b:g>some text</b:g>
      <h>1 &amp; 2</h>
      <i> blank</i>
    </a>
"""
ANSWERED = b"""response:
  fields:
    code: NoError
  status: 200
  reason: Fine
  headers:
    content-type: text/xml
    Date: Mon, 23 Nov 2026 15:02:48 GMT
  chunks:
    - "0.1 300"
  body: |-
    <a b="c &amp; d"><e>1 &amp; 2</e><f>one
    two</f><g/></a>
"""


def shown(cut: Cut | None) -> list[tuple[str, str]]:
    assert cut is not None
    return [(letter, value.decode()) for letter, value in zip(cut.classes, cut.values, strict=True)]


def test_a_request_is_cut_into_values_that_stand_for_themselves() -> None:
    assert shown(cut_asked(ASKED)) == [
        ("n", "17"),
        ("s", "0.250"),
        ("s", "1.5"),
        ("f", "Default"),
        ("f", '"1"'),
        ("f", "abc"),
        ("f", '"a note"'),
        ("h", "one"),
        ("v", "d"),
        ("v", "f"),
        ("t", "some text"),
    ]


def test_a_response_is_cut_into_any_values() -> None:
    assert shown(cut_answered(ANSWERED)) == [
        ("f", "NoError"),
        ("h", "Mon, 23 Nov 2026 15:02:48 GMT"),
        ("w", "c &amp; d"),
        ("x", "1 &amp; 2"),
        ("x", "one\n    two"),
    ]


@pytest.mark.parametrize(("cut", "half"), [(cut_asked, ASKED), (cut_answered, ANSWERED)], ids=["asked", "answered"])
def test_pieces_and_values_are_the_whole(cut: object, half: bytes) -> None:
    found = cut(half)  # type: ignore[operator]  # one of the two
    assert found.put_together({}) == half
    assert all(found.pieces)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"  body: |-\n", b"  charset: iso-8859-1\n  body: |-\n"),
        (b"  body: |-\n", b"  body_base64: |\n"),
        (ANSWERED[ANSWERED.index(b"  body") :], b'  body: "<a>b</a>"\n'),
        (ANSWERED[ANSWERED.index(b"  body") :], b""),
    ],
    ids=["another charset", "base64", "quoted", "no body"],
)
def test_a_body_that_does_not_stand_there_as_it_is_cannot_be_cut(old: bytes, new: bytes) -> None:
    assert old in ANSWERED
    assert cut_answered(ANSWERED.replace(old, new)) is None


def test_what_begins_a_body_is_found_at_its_head() -> None:
    for half in (ASKED, ANSWERED):
        found = BODY.search(half)
        assert found is not None
        assert half[found.end() :].startswith(b"    <")
