"""The typed values of PlayOnPhone. `test_decode` has whole messages and what they look like as fields."""

import pytest
from lxml import etree

from ewstape.interaction import MESSAGES
from ewstape.operations._elements import Notes
from ewstape.operations.play_on_phone import (
    ItemId,
    PlayOnPhoneRequest,
    PlayOnPhoneResponse,
    read_request,
    read_response,
)

CALL = '<PhoneCallId Id="Y2FsbA=="/>'


def element(name: str, inner: str, attributes: str = "") -> etree._Element:
    return etree.fromstring(f'<{name} xmlns="{MESSAGES}" {attributes}>{inner}</{name}>')


def test_request() -> None:
    payload = element("PlayOnPhone", '<ItemId Id="aQ==" ChangeKey="Yw=="/><DialString> 0555 0100 </DialString>')
    notes = Notes()
    assert read_request(payload, notes) == PlayOnPhoneRequest(
        item_id=ItemId(id="aQ==", change_key="Yw=="), dial_string=" 0555 0100 "
    )
    assert notes.as_tuple() == ()


def test_request_of_the_legacy_service_sent_here_by_mistake() -> None:
    payload = element("PlayOnPhone", "<entryId>AAAA</entryId><DialString>5550100</DialString>")
    notes = Notes()
    assert read_request(payload, notes) == PlayOnPhoneRequest(item_id=None, dial_string="5550100")
    assert notes.as_tuple() == ("PlayOnPhone: unexpected entryId", "PlayOnPhone: no ItemId")


@pytest.mark.parametrize(
    ("response_class", "call", "note"),
    [
        ("Success", CALL, ()),
        ("Success", "", ("PlayOnPhoneResponse: success without a PhoneCallId",)),
        ("Error", CALL, ("PlayOnPhoneResponse: an error with a PhoneCallId",)),
        ("Error", "", ()),
        ("Warning", CALL, ()),
    ],
)
def test_a_call_has_an_id_if_and_only_if_it_was_placed(response_class: str, call: str, note: tuple[str, ...]) -> None:
    """MS-OXWUMS 3.1.4.7.2.4."""
    payload = element("PlayOnPhoneResponse", call, f'ResponseClass="{response_class}"')
    notes = Notes()
    response = read_response(payload, notes)
    assert response == PlayOnPhoneResponse(response_class=response_class, phone_call_id="Y2FsbA==" if call else None)
    assert notes.as_tuple() == note


def test_numbers_are_numbers() -> None:
    payload = element("PlayOnPhoneResponse", "<DescriptiveLinkKey>0</DescriptiveLinkKey>", 'ResponseClass="Error"')
    assert read_response(payload, Notes()).descriptive_link_key == 0
