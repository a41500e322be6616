import base64
from collections.abc import Callable
from typing import Any

import pytest

from ewstape.sandbox.mailbox import Mailbox


@pytest.fixture
def place(ask_um: Callable[..., Any], mailbox: Mailbox) -> Callable[..., Any]:
    def call(dial_string: str) -> Any:
        entry_id = mailbox.newest.entry_id
        return ask_um(
            f"<m:PlayOnPhone><m:entryId>{entry_id}</m:entryId><m:DialString>{dial_string}</m:DialString></m:PlayOnPhone>"
        )

    return call


def inner(answer: Any, name: str) -> str:
    return answer.texts(name)[-1]


def info(ask_um: Callable[..., Any], call_id: str) -> tuple[str, str]:
    answer = ask_um(f"<m:GetCallInfo><m:CallId>{call_id}</m:CallId></m:GetCallInfo>")
    return answer.text("CallState"), answer.text("EventCause")


@pytest.mark.parametrize(
    ("dial_string", "seen"),
    [
        ("+1 555 0100", [("Connecting", "None"), ("Alerted", "None"), ("Connected", "None"), ("Connected", "None")]),
        ("+1 555 0101", [("Connecting", "None"), ("Disconnected", "UserBusy")]),
        ("+1 555 0103", [("Connecting", "None"), ("Disconnected", "Other")]),
    ],
)
def test_a_call_takes_its_course_with_the_causes_that_this_service_knows(
    ask_um: Callable[..., Any], place: Callable[..., Any], dial_string: str, seen: list[tuple[str, ...]]
) -> None:
    call_id = inner(place(dial_string), "PlayOnPhoneResponse")
    assert [info(ask_um, call_id) for _ in seen] == seen


def test_a_call_id_decodes_to_a_guid_at_the_server(place: Callable[..., Any]) -> None:
    call_id = inner(place("+1 555 0100"), "PlayOnPhoneResponse")
    guid, _, server = base64.b64decode(call_id, validate=True).decode().partition("@")
    assert (len(guid), server) == (36, "ewstape-sandbox.example.com")


def test_a_greeting_is_played_as_a_call(ask_um: Callable[..., Any]) -> None:
    answer = ask_um(
        "<m:PlayOnPhoneGreeting><m:GreetingType>OofCustom</m:GreetingType>"
        "<m:DialString>+1 555 0100</m:DialString></m:PlayOnPhoneGreeting>"
    )
    assert info(ask_um, inner(answer, "PlayOnPhoneGreetingResponse")) == ("Connecting", "None")


def test_disconnecting_ends_a_call_once(ask_um: Callable[..., Any], place: Callable[..., Any]) -> None:
    call_id = inner(place("+1 555 0100"), "PlayOnPhoneResponse")
    request = f"<m:Disconnect><m:CallId>{call_id}</m:CallId></m:Disconnect>"
    first, second = ask_um(request), ask_um(request)
    assert (first.status, first.text("DisconnectResponse")) == (200, "")
    assert info(ask_um, call_id) == ("Disconnected", "None")
    assert (second.status, second.text("faultcode")) == (500, "a:InvalidCallIdException")


def test_a_call_made_at_one_service_can_be_watched_at_the_other(
    ask: Callable[..., Any], ask_um: Callable[..., Any], place: Callable[..., Any]
) -> None:
    call_id = inner(place("+1 555 0100"), "PlayOnPhoneResponse")
    request = f'<m:GetPhoneCallInformation><m:PhoneCallId Id="{call_id}"/></m:GetPhoneCallInformation>'
    assert ask(request).text("PhoneCallState") == "Connecting"
    assert info(ask_um, call_id) == ("Alerted", "None")


@pytest.mark.parametrize(
    ("request_", "exception_type"),
    [
        ("<m:GetCallInfo><m:CallId>b3RoZXI=</m:CallId></m:GetCallInfo>", "InvalidCallIdException"),
        ("<m:Disconnect><m:CallId/></m:Disconnect>", "InvalidCallIdException"),
        (
            "<m:PlayOnPhone><m:entryId>AAAA</m:entryId><m:DialString>4711</m:DialString></m:PlayOnPhone>",
            "InvalidObjectIdException",
        ),
        (
            (
                "<m:PlayOnPhoneGreeting><m:GreetingType>OofCustom</m:GreetingType><m:DialString>who</m:DialString>"
                "</m:PlayOnPhoneGreeting>"
            ),
            "DialingRulesException",
        ),
    ],
    ids=["call to ask about", "call to end", "message", "dial string"],
)
def test_what_it_refuses_is_a_fault_that_names_its_exception_type(
    ask_um: Callable[..., Any], request_: str, exception_type: str
) -> None:
    answer = ask_um(request_)
    assert answer.status == 500
    assert answer.text("faultcode") == f"a:{exception_type}"
    assert answer.text("ExceptionType") == exception_type


@pytest.mark.parametrize(
    "request_",
    [
        "<m:GetCallInfo/>",
        "<m:FindItem/>",
        "<m:PlayOnPhoneGreeting><m:GreetingType>Loud</m:GreetingType><m:DialString>1</m:DialString></m:PlayOnPhoneGreeting>",
    ],
    ids=["without its element", "of the other service", "with an unknown value"],
)
def test_a_request_that_makes_no_sense_is_an_invalid_request(ask_um: Callable[..., Any], request_: str) -> None:
    answer = ask_um(request_)
    assert (answer.status, answer.codes) == (500, ["ErrorInvalidRequest"])


def test_the_mailbox_is_enabled(ask_um: Callable[..., Any]) -> None:
    assert inner(ask_um("<m:IsUMEnabled/>"), "IsUMEnabledResponse") == "true"


@pytest.mark.parametrize(
    ("operation", "element", "value", "property_"),
    [
        ("SetOofStatus", "status", "true", "OofStatus"),
        ("SetMissedCallNotificationEnabled", "status", "false", "MissedCallNotificationEnabled"),
        ("SetPlayOnPhoneDialString", "dialString", "+1 555 0123", "PlayOnPhoneDialString"),
        ("SetTelephoneAccessFolderEmail", "base64FolderID", "AAEC", "TelephoneAccessFolderEmail"),
    ],
)
def test_what_is_set_can_be_read_back(
    ask_um: Callable[..., Any], operation: str, element: str, value: str, property_: str
) -> None:
    before = ask_um("<m:GetUMProperties/>").text(property_)
    done = ask_um(f"<m:{operation}><m:{element}>{value}</m:{element}></m:{operation}>")
    assert done.text(f"{operation}Response") == ""
    assert (before != value, ask_um("<m:GetUMProperties/>").text(property_)) == (True, value)


def test_resetting_the_pin_answers_nothing(ask_um: Callable[..., Any]) -> None:
    assert ask_um("<m:ResetPIN/>").text("ResetPINResponse") == ""


def test_answers_have_no_soap_header(ask_um: Callable[..., Any]) -> None:
    assert b"Header" not in ask_um("<m:IsUMEnabled/>").body
