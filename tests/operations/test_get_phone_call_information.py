"""The typed values of GetPhoneCallInformation. `test_decode` has whole messages and what they look like as fields."""

import pytest
from lxml import etree

from ewstape.interaction import MESSAGES
from ewstape.operations._elements import Notes
from ewstape.operations.get_phone_call_information import (
    CONNECTION_FAILURE_CAUSES,
    PHONE_CALL_STATES,
    GetPhoneCallInformationRequest,
    PhoneCallInformation,
    read_request,
    read_response,
)
from ewstape.wire.namespaces import TYPES


def response(information: str) -> etree._Element:
    return etree.fromstring(
        f'<m:GetPhoneCallInformationResponse xmlns:m="{MESSAGES}" xmlns:t="{TYPES}" ResponseClass="Success">'
        f"<m:ResponseCode>NoError</m:ResponseCode>{information}</m:GetPhoneCallInformationResponse>"
    )


def information(state: str, cause: str, sip: str = "") -> etree._Element:
    return response(
        f"<m:PhoneCallInformation><t:PhoneCallState>{state}</t:PhoneCallState>"
        f"<t:ConnectionFailureCause>{cause}</t:ConnectionFailureCause>{sip}</m:PhoneCallInformation>"
    )


def test_request() -> None:
    payload = etree.fromstring(
        f'<GetPhoneCallInformation xmlns="{MESSAGES}"><PhoneCallId Id="Y2FsbA=="/></GetPhoneCallInformation>'
    )
    assert read_request(payload, Notes()) == GetPhoneCallInformationRequest(phone_call_id="Y2FsbA==")


@pytest.mark.parametrize("state", PHONE_CALL_STATES)
@pytest.mark.parametrize("cause", CONNECTION_FAILURE_CAUSES)
def test_every_state_and_cause_of_the_schema_is_taken_without_a_note(state: str, cause: str) -> None:
    notes = Notes()
    assert read_response(information(state, cause), notes).phone_call_information == PhoneCallInformation(
        phone_call_state=state, connection_failure_cause=cause
    )
    assert notes.as_tuple() == ()


def test_the_sip_answer_is_a_text_and_a_number() -> None:
    sip = "<t:SIPResponseText>Busy Here</t:SIPResponseText><t:SIPResponseCode>486</t:SIPResponseCode>"
    found = read_response(information("Disconnected", "UserBusy", sip), Notes()).phone_call_information
    assert found is not None
    assert (found.sip_response_text, found.sip_response_code) == ("Busy Here", 486)


def test_success_without_information_is_noted() -> None:
    notes = Notes()
    assert read_response(response(""), notes).phone_call_information is None
    assert notes.as_tuple() == ("GetPhoneCallInformationResponse: success without PhoneCallInformation",)
