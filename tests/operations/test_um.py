"""The typed values of the Exchange 2007 service. `test_decode` has whole messages and what they look like as fields."""

import pytest
from lxml import etree

from ewstape.interaction import MESSAGES, Operation, Service
from ewstape.operations import lookup
from ewstape.operations._elements import Notes
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import CallIdAnswer, Empty, StatusRequest
from ewstape.operations.um._call import CallRequest
from ewstape.operations.um.get_call_info import GetCallInfoResponse
from ewstape.operations.um.get_um_properties import GetUMPropertiesResponse
from ewstape.operations.um.is_um_enabled import IsUMEnabledResponse
from ewstape.operations.um.play_on_phone import PlayOnPhoneRequest
from ewstape.operations.um.play_on_phone_greeting import PlayOnPhoneGreetingRequest
from ewstape.operations.um.set_play_on_phone_dial_string import SetPlayOnPhoneDialStringRequest
from ewstape.operations.um.set_telephone_access_folder_email import SetTelephoneAccessFolderEmailRequest


def spec(name: str) -> OperationSpec:
    found = lookup(Operation(name, Service.UM))
    assert found is not None
    return found


def element(name: str, inner: str) -> etree._Element:
    return etree.fromstring(f'<{name} xmlns="{MESSAGES}">{inner}</{name}>')


def folder(value: str) -> SetTelephoneAccessFolderEmailRequest:
    return SetTelephoneAccessFolderEmailRequest(base64_folder_id=value)


@pytest.mark.parametrize(
    ("name", "inner", "value"),
    [
        (
            "PlayOnPhone",
            "<entryId>AA==</entryId><DialString>5550100</DialString>",
            PlayOnPhoneRequest(entry_id="AA==", dial_string="5550100"),
        ),
        (
            "PlayOnPhoneGreeting",
            "<GreetingType>NormalCustom</GreetingType><DialString>5550100</DialString>",
            PlayOnPhoneGreetingRequest(greeting_type="NormalCustom", dial_string="5550100"),
        ),
        ("GetCallInfo", "<CallId>aQ==</CallId>", CallRequest(call_id="aQ==")),
        ("Disconnect", "<CallId>aQ==</CallId>", CallRequest(call_id="aQ==")),
        ("IsUMEnabled", "", Empty()),
        ("GetUMProperties", "", Empty()),
        ("ResetPIN", "", Empty()),
        ("SetOofStatus", "<status>true</status>", StatusRequest(status=True)),
        ("SetMissedCallNotificationEnabled", "<status>0</status>", StatusRequest(status=False)),
        (
            "SetPlayOnPhoneDialString",
            "<dialString>5550100</dialString>",
            SetPlayOnPhoneDialStringRequest(dial_string="5550100"),
        ),
        ("SetTelephoneAccessFolderEmail", "<base64FolderID>AA==</base64FolderID>", folder("AA==")),
        ("SetTelephoneAccessFolderEmail", "<base64FolderId>AA==</base64FolderId>", folder("AA==")),
    ],
)
def test_request(name: str, inner: str, value: object) -> None:
    notes = Notes()
    assert spec(name).read_request(element(name, inner), notes) == value
    assert notes.as_tuple() == ()


@pytest.mark.parametrize(
    ("name", "inner", "value"),
    [
        ("PlayOnPhone", " aQ== ", CallIdAnswer(call_id="aQ==")),
        ("PlayOnPhoneGreeting", "aQ==", CallIdAnswer(call_id="aQ==")),
        (
            "GetCallInfo",
            "<CallState>Alerted</CallState><EventCause>None</EventCause>",
            GetCallInfoResponse(call_state="Alerted", event_cause="None"),
        ),
        ("IsUMEnabled", "false", IsUMEnabledResponse(um_enabled=False)),
        (
            "GetUMProperties",
            "<OofStatus>true</OofStatus><TelephoneAccessNumbers>5550100</TelephoneAccessNumbers>",
            GetUMPropertiesResponse(
                oof_status=True,
                missed_call_notification_enabled=None,
                play_on_phone_dial_string=None,
                telephone_access_numbers="5550100",
                telephone_access_folder_email=None,
            ),
        ),
    ],
)
class TestResponse:
    def test_is_in_an_element_of_its_own_name(self, name: str, inner: str, value: object) -> None:
        root, notes = f"{name}Response", Notes()
        assert spec(name).read_response(element(root, f"<{root}>{inner}</{root}>"), notes) == value
        assert notes.as_tuple() == ()

    def test_is_found_without_that_element_and_noted(self, name: str, inner: str, value: object) -> None:
        root, notes = f"{name}Response", Notes()
        assert spec(name).read_response(element(root, inner), notes) == value
        assert notes.as_tuple() == (f"{root}: no {root} inside it",)


@pytest.mark.parametrize(
    "name",
    [
        "Disconnect",
        "ResetPIN",
        "SetOofStatus",
        "SetMissedCallNotificationEnabled",
        "SetPlayOnPhoneDialString",
        "SetTelephoneAccessFolderEmail",
    ],
)
def test_response_that_says_nothing_but_its_name(name: str) -> None:
    assert spec(name).read_response(element(f"{name}Response", ""), Notes()) == Empty()


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("PlayOnPhone", ("PlayOnPhone: no entryId", "PlayOnPhone: no DialString")),
        ("GetCallInfo", ("GetCallInfo: no CallId",)),
        ("SetOofStatus", ("SetOofStatus: no status",)),
        ("SetTelephoneAccessFolderEmail", ("SetTelephoneAccessFolderEmail: no base64FolderID",)),
    ],
)
def test_what_a_request_lacks_is_noted(name: str, notes: tuple[str, ...]) -> None:
    said = Notes()
    spec(name).read_request(element(name, ""), said)
    assert said.as_tuple() == notes


def test_an_answer_without_a_call_id_is_noted() -> None:
    root, notes = "PlayOnPhoneResponse", Notes()
    assert spec("PlayOnPhone").read_response(element(root, f"<{root}/>"), notes) == CallIdAnswer(call_id=None)
    assert notes.as_tuple() == (f"{root}: no call id",)
