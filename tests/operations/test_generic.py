"""Summaries of operations that have no decoder of their own. `test_decode` has whole messages."""

import pytest
from lxml import etree

from ewstape.interaction import MESSAGES
from ewstape.operations._elements import Notes
from ewstape.operations.catalog import Shape
from ewstape.operations.generic import request_fields, response_fields
from ewstape.wire.namespaces import TYPES


def element(text: str) -> etree._Element:
    root = etree.fromstring(f'<x xmlns:m="{MESSAGES}" xmlns:t="{TYPES}">{text}</x>')
    return root[0]


def message(code: str, inner: str = "", response_class: str = "Success") -> str:
    return f'<m:M ResponseClass="{response_class}"><m:ResponseCode>{code}</m:ResponseCode>{inner}</m:M>'


def array(*messages: str) -> etree._Element:
    return element(
        f"<m:GetItemResponse><m:ResponseMessages>{''.join(messages)}</m:ResponseMessages></m:GetItemResponse>"
    )


def test_the_first_three_ids_are_shown_and_all_are_counted() -> None:
    ids = "".join(f'<t:ItemId Id="{number}"/>' for number in range(500))
    fields = request_fields(element(f"<m:GetItem><m:ItemIds>{ids}</m:ItemIds></m:GetItem>"))
    assert fields == {"ids": [{"item_id": {"id": number}} for number in "012"], "id_count": "500"}


def test_attributes_of_the_request_say_how_it_is_meant() -> None:
    fields = request_fields(element('<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone"/>'))
    assert fields == {"delete_type": "HardDelete", "send_meeting_cancellations": "SendToNone"}


def test_the_first_ten_messages_are_shown_and_the_codes_of_all_are_counted() -> None:
    messages = [*[message("NoError")] * 20, message("ErrorItemNotFound", response_class="Error"), "<m:M/>"]
    fields = response_fields([array(*messages)], Shape.ARRAY, Notes())
    assert fields["response_messages"] == [{"response_class": "Success", "response_code": "NoError"}] * 10
    assert fields["response_message_count"] == "22"
    assert fields["response_codes"] == {"NoError": "20", "ErrorItemNotFound": "1", "none": "1"}


def test_messages_of_a_stream_are_listed_together() -> None:
    fields = response_fields([array(message("NoError")), array(message("NoError"))], Shape.ARRAY, Notes())
    assert fields == {
        "response_messages": [{"response_class": "Success", "response_code": "NoError"}] * 2,
        "envelope_count": "2",
    }


def test_a_single_response_is_summarised_at_the_top() -> None:
    root = element(
        '<m:FindPeopleResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        '<m:People><t:Persona><t:PersonaId Id="p"/></t:Persona></m:People></m:FindPeopleResponse>'
    )
    assert response_fields([root], Shape.SINGLE, Notes()) == {
        "response_class": "Success",
        "response_code": "NoError",
        "people": {"persona": "1"},
        "ids": [{"persona_id": {"id": "p"}}],
    }


def test_a_response_can_have_a_class_of_its_own_and_messages() -> None:
    """GetMailTips, GetServiceConfiguration and the delegate operations do."""
    root = element(
        '<m:GetMailTipsResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        f"<m:ResponseMessages>{message('ErrorMailRecipientNotFound', response_class='Error')}</m:ResponseMessages>"
        "</m:GetMailTipsResponse>"
    )
    notes = Notes()
    assert response_fields([root], Shape.SINGLE, notes) == {
        "response_class": "Success",
        "response_code": "NoError",
        "response_messages": [{"response_class": "Error", "response_code": "ErrorMailRecipientNotFound"}],
    }
    assert notes.as_tuple() == ()


def test_items_in_groups_are_counted_together() -> None:
    group = "<t:GroupedItems><t:Items><t:Message/><t:Task/></t:Items></t:GroupedItems>"
    root = array(message("NoError", f"<m:RootFolder><t:Groups>{group * 2}</t:Groups></m:RootFolder>"))
    assert response_fields([root], Shape.ARRAY, Notes())["response_messages"] == [
        {"response_class": "Success", "response_code": "NoError", "items": {"message": "2", "task": "2"}}
    ]


def test_a_message_text_is_shown_unless_all_is_well() -> None:
    inner = "<m:MessageText>why</m:MessageText>"
    root = array(message("NoError", inner), message("ErrorX", inner, "Error"))
    shown = response_fields([root], Shape.ARRAY, Notes())["response_messages"]
    assert [("message_text" in each) for each in shown] == [False, True]


@pytest.mark.parametrize(
    ("text", "shape", "note"),
    [
        ("<m:R/>", Shape.ARRAY, ("R: no response messages in it",)),
        ('<m:R ResponseClass="Success"/>', Shape.OLDER, ("R: no response messages in it",)),
        ("<m:R/>", Shape.SINGLE, ("R: no ResponseClass attribute",)),
        ("<m:R/>", None, ()),
    ],
)
def test_an_answer_of_another_shape_is_noted(text: str, shape: Shape | None, note: tuple[str, ...]) -> None:
    notes = Notes()
    response_fields([element(text)], shape, notes)
    assert notes.as_tuple() == note


def test_namespaces_do_not_matter() -> None:
    fields = request_fields(element('<GetItem><ItemIds><ItemId Id="a"/></ItemIds></GetItem>'))
    assert fields == {"ids": [{"item_id": {"id": "a"}}]}
