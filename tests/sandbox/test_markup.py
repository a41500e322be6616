from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.sandbox.markup import Refusal, SchemaViolation, attribute, find, leaf, response_messages, tag, text_of
from ewstape.wire.safexml import parse

TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"]))


@given(TEXT, TEXT)
def test_text_and_attributes_come_back_as_they_were(text: str, value: str) -> None:
    element = ET.fromstring(leaf("a", text, b=value))
    assert (element.text or "", element.get("b")) == (text, value)


def test_an_element_without_content_is_closed_at_once() -> None:
    assert tag("a", tag("b", C="1")) == '<a><b C="1"/></a>'


def test_each_result_is_a_response_message() -> None:
    answer = response_messages("GetItem", [tag("m:Items"), Refusal("ErrorItemNotFound", "gone")])
    classes = [message.get("ResponseClass") for message in ET.fromstring(answer)[0]]
    assert classes == ["Success", "Error"]


def test_what_the_schema_demands_must_be_there() -> None:
    element = parse(b"<a xmlns='http://schemas.microsoft.com/exchange/services/2006/messages'><b/></a>")
    assert (text_of(element, "m:b"), text_of(element, "m:c", "none")) == ("", "none")
    with pytest.raises(SchemaViolation, match=r"'a' has incomplete content: m:c"):
        find(element, "m:c")
    with pytest.raises(SchemaViolation, match="'Id' is missing"):
        attribute(element, "Id")
