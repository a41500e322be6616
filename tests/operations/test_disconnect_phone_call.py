"""The typed values of DisconnectPhoneCall. `test_decode` has whole messages and what they look like as fields."""

from lxml import etree

from ewstape.interaction import MESSAGES
from ewstape.operations._elements import Notes
from ewstape.operations.disconnect_phone_call import (
    DisconnectPhoneCallRequest,
    DisconnectPhoneCallResponse,
    read_request,
    read_response,
)


def test_request() -> None:
    payload = etree.fromstring(
        f'<DisconnectPhoneCall xmlns="{MESSAGES}"><PhoneCallId Id="Y2FsbA=="/></DisconnectPhoneCall>'
    )
    assert read_request(payload, Notes()) == DisconnectPhoneCallRequest(phone_call_id="Y2FsbA==")


def test_response_says_nothing_but_how_it_went() -> None:
    payload = etree.fromstring(
        f'<DisconnectPhoneCallResponse xmlns="{MESSAGES}" ResponseClass="Success">'
        "<ResponseCode>NoError</ResponseCode><PhoneCallId/></DisconnectPhoneCallResponse>"
    )
    notes = Notes()
    assert read_response(payload, notes) == DisconnectPhoneCallResponse(
        response_class="Success", response_code="NoError"
    )
    assert notes.as_tuple() == ("DisconnectPhoneCallResponse: unexpected PhoneCallId",)
