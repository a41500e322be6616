"""What every response message has in common."""

import pytest
from lxml import etree

from ewstape.interaction import MESSAGES
from ewstape.operations._elements import Notes, text
from ewstape.operations.response_message import message_values, unwrapped
from ewstape.wire.namespaces import ERRORS, TYPES


@pytest.mark.parametrize("namespace", [TYPES, ERRORS])
def test_values_of_message_xml_keep_their_names_whatever_their_namespace(namespace: str) -> None:
    root = etree.fromstring(
        f'<MessageXml xmlns="{namespace}"><Value Name="BackOffMilliseconds">300</Value><LineNumber> 7 </LineNumber>'
        '<FieldURI FieldURI="item:Subject"/><Value Name="BackOffMilliseconds">again</Value></MessageXml>'
    )
    values = {"BackOffMilliseconds": "300", "line_number": "7", "field_uri": "item:Subject"}
    assert message_values(root) == values


def test_values_of_message_xml_are_few() -> None:
    root = etree.fromstring(f"<MessageXml>{''.join(f'<V Name="{number}"/>' for number in range(99))}</MessageXml>")
    assert len(message_values(root)) == 20


@pytest.mark.parametrize(
    ("inner", "shown", "notes"),
    [
        ("<ResponseCode>a</ResponseCode>", "a", ()),
        ("", "", ()),
        ("<ResponseMessages/>", "", ("R: wrapped in ResponseMessages",)),
        ("<ResponseMessages><M>b</M></ResponseMessages>", "b", ("R: wrapped in ResponseMessages",)),
        (
            "<ResponseMessages><M>b</M><M>c</M></ResponseMessages>",
            "b",
            ("R: wrapped in ResponseMessages", "R: 2 response messages, the first is shown"),
        ),
    ],
)
def test_wrapping_is_taken_off_and_noted(inner: str, shown: str, notes: tuple[str, ...]) -> None:
    said = Notes()
    root = etree.fromstring(f'<R xmlns="{MESSAGES}">{inner}</R>')
    assert text(unwrapped(root, said)) == shown
    assert said.as_tuple() == notes
