from collections.abc import Callable
from typing import Any

import pytest
import zeep

from ewstape.sandbox.mailbox import Mailbox

MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"


@pytest.mark.parametrize("path", ["/EWS/Services.wsdl", "/ews/services.wsdl", "/EWS/messages.xsd", "/ews/TYPES.XSD"])
def test_the_description_is_found_by_names_of_any_case(ask: Callable[..., Any], path: str) -> None:
    answer = ask(b"", path, method="GET")
    assert (answer.status, b"schema" in answer.body) == (200, True)


def test_it_names_the_address_it_was_asked_at(ask: Callable[..., Any]) -> None:
    answer = ask(b"", "/EWS/Services.wsdl", method="GET")
    assert answer.get("address", "location") == "http://mail.example.com/EWS/Exchange.asmx"


def test_the_endpoint_itself_leads_there(ask: Callable[..., Any]) -> None:
    assert ask(b"", "/EWS/Exchange.asmx", method="GET").status == 302


def test_a_client_made_from_it_plays_a_call(start: Callable[..., Any], mailbox: Mailbox) -> None:
    client = zeep.Client(start().origin + "/EWS/Services.wsdl")
    try:
        played = client.service.PlayOnPhone(ItemId={"Id": mailbox.newest.id}, DialString="+1 555 0101").body
        call = {"Id": played.PhoneCallId.Id}
        polls = [client.service.GetPhoneCallInformation(PhoneCallId=call).body.PhoneCallInformation for _ in range(2)]
        ended = client.service.DisconnectPhoneCall(PhoneCallId=call).body
    finally:
        client.transport.session.close()
    assert [(poll.PhoneCallState, poll.SIPResponseCode) for poll in polls] == [
        ("Connecting", None),
        ("Disconnected", 486),
    ]
    assert (ended.ResponseClass, ended.ResponseCode) == ("Error", "ErrorInvalidPhoneCallId")
