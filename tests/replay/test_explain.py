"""Differences are given by place, aligned, with what stands on either side."""

import pytest

from ewstape.operations.identifiers import ITEM_ID, Kind
from ewstape.replay.canonical import Node, Variable
from ewstape.replay.explain import differences


def node(tag: str, *children: Node, text: str = "", **attributes: str) -> Node:
    return tag, tuple(attributes.items()), text, children


def request(body: Node) -> Node:
    return node("request", node("Header"), node("Body", body))


def objects(_: Kind, recorded: str, live: str) -> str | None:
    return None if live in {recorded, "mine"} else "no"


def item(value: str) -> Node:
    return node("{urn:m}Item", Id=Variable(ITEM_ID, value))


RECORDED = node("{urn:m}Get", node("{urn:m}Shape", text="All"), node("{urn:m}Ids", item("a"), item("b")), Deep="yes")
_SHAPE, _IDS = RECORDED[3]


@pytest.mark.parametrize(
    ("live", "found"),
    [
        (RECORDED, []),
        (node("{urn:m}Get", _SHAPE, node("{urn:m}Ids", item("mine"), item("b")), Deep="yes"), []),
        (
            node("{urn:m}Get", _SHAPE, node("{urn:m}Ids", item("mine"), item("x")), Deep="yes"),
            [("Body/Get/Ids/Item[2]/@Id", "b", "x", "item id", "no")],
        ),
        (node("{urn:m}Get", _SHAPE, _IDS, Deep="no"), [("Body/Get/@Deep", "yes", "no", "", "")]),
        (node("{urn:m}Get", _SHAPE, _IDS), [("Body/Get/@Deep", "yes", None, "", "")]),
        (
            node("{urn:m}Get", node("{urn:m}Shape", text="Some"), _IDS, Deep="yes"),
            [("Body/Get/Shape", "All", "Some", "text", "")],
        ),
        (node("{urn:m}Get", _IDS, Deep="yes"), [("Body/Get/Shape", "<Shape>", None, "", "")]),
        (
            node("{urn:m}Get", _SHAPE, node("{urn:m}New"), _IDS, Deep="yes"),
            [("Body/Get/New", None, "<New>", "", "")],
        ),
        (
            node("{urn:m}Get", _SHAPE, node("{urn:m}Ids", item("a"), item("b"), item("c")), Deep="yes"),
            [("Body/Get/Ids/Item[3]", None, "<Item>", "", "")],
        ),
        (
            node("{urn:m}Get", _SHAPE, node("{urn:m}Ids", node("{urn:m}Item", Id=""), item("b")), Deep="yes"),
            [("Body/Get/Ids/Item[1]/@Id", "a", "", "item id", "")],
        ),
        (
            node("{urn:x}Get", _SHAPE, _IDS, Deep="yes"),
            [("Body/Get", "<Get>", None, "", ""), ("Body/Get", None, "<Get>", "", "")],
        ),
    ],
)
def test_differences_are_aligned(live: Node, found: list[tuple[str, str | None, str | None, str, str]]) -> None:
    compared = differences(request(RECORDED), request(live), objects)
    assert [(each.path, each.recorded, each.live, each.kind, each.why) for each in compared] == found


def test_no_more_are_given_than_a_person_reads() -> None:
    one, other = (node("Get", *(node(f"E{n}", text=text) for n in range(90))) for text in ("a", "b"))
    assert len(differences(request(one), request(other), objects)) == 20
