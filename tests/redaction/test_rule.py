"""A rule tells where it applies and what it looks for."""

import pytest

from ewstape.redaction.kinds import Kind
from ewstape.redaction.rule import Rule, Treatment

PLACES = {
    "headers": ({"headers": "Host Via"}, ("header",)),
    "cookies": ({"cookies": "ClientId"}, ("cookie",)),
    "URL": ({"url": "host"}, ("URL",)),
    "SOAP header": ({"soap_headers": "SID"}, ("SOAP header", "element")),
    "element": ({"xml": "Subject Mailbox/Name"}, ("element",)),
    "attribute": ({"xml": "@Id Constant/@Value"}, ("attribute",)),
    "both": ({"xml": "ItemId @Id"}, ("element", "attribute")),
    "pattern": ({"patterns": "smtp"}, ("free text",)),
    "expression": ({"regex": "x+"}, ("free text",)),
    "XPath": ({"xpath": "//t:a"}, ("XPath",)),
    "nothing": ({}, ()),
}


@pytest.mark.parametrize(("places", "where"), PLACES.values(), ids=PLACES)
def test_where_it_applies_in_words(places: dict[str, str], where: tuple[str, ...]) -> None:
    rule = Rule(name="a", reason="b", **places)  # type: ignore[arg-type]  # all of them are texts
    assert rule.where == where
    assert rule.finds == " ".join(places.values())


def test_what_it_looks_for_is_everything_in_one_order() -> None:
    rule = Rule(name="a", reason="b", regex="9", xml="3 4", headers="1", soap_headers="2 2", xpath="8")
    assert rule.finds == "1 2 2 3 4 8 9"


def test_a_rule_replaces_and_can_be_switched_off_unless_it_says_otherwise() -> None:
    rule = Rule(name="a", reason="b", kind=Kind.TEXT)
    assert (rule.treatment, rule.always) == (Treatment.REPLACE, False)
