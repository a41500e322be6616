"""Who is let in, leg by leg, by what the settings demand."""

import base64
from typing import Any

import pytest

from ewstape.interaction import Operation, Request
from ewstape.replay import Tape
from ewstape.replay.logon import Doorkeeper
from ewstape.wire import ntlm_message_type

URL = "https://mail.example.com/EWS/Exchange.asmx"
BASIC = "Basic YTpi"


def ntlm(message_type: int, scheme: str = "NTLM") -> str:
    message = b"NTLMSSP\0" + bytes([message_type, 0, 0, 0]) + bytes(40)
    return f"{scheme} {base64.b64encode(message).decode()}"


def request(authorization: str = "", body: bytes = b"<x/>", method: str = "POST") -> Request:
    headers = (("Authorization", authorization),) if authorization else ()
    return Request(method=method, url=URL, headers=headers, body=body)


def doorkeeper(authentication: Any) -> Doorkeeper:
    return Doorkeeper(Tape([]), authentication)


LEGS = {
    "auto: nothing": ("auto", "", None),
    "auto: Basic": ("auto", BASIC, None),
    "auto: NTLM begun": ("auto", ntlm(1), "logon: NTLM challenge"),
    "auto: Negotiate begun": ("auto", ntlm(1, "Negotiate"), "logon: Negotiate challenge"),
    "auto: NTLM ended": ("auto", ntlm(3), None),
    "none: NTLM begun": ("none", ntlm(1), None),
    "basic: nothing": ("basic", "", "logon: Basic wanted"),
    "basic: Basic": ("basic", BASIC, None),
    "basic: NTLM begun": ("basic", ntlm(1), "logon: Basic wanted"),
    "ntlm: nothing": ("ntlm", "", "logon: NTLM wanted"),
    "ntlm: Basic": ("ntlm", BASIC, "logon: NTLM wanted"),
    "ntlm: begun": ("ntlm", ntlm(1), "logon: NTLM challenge"),
    "ntlm: ended": ("ntlm", ntlm(3), None),
    "ntlm: Kerberos, in one leg": ("ntlm", "Negotiate YIIabc=", None),
}


@pytest.mark.parametrize(("authentication", "authorization", "note"), LEGS.values(), ids=LEGS)
def test_what_is_let_in_and_what_is_asked_for(authentication: str, authorization: str, note: str | None) -> None:
    leg = doorkeeper(authentication).leg(request(authorization), "1")
    assert (leg.note if leg else None) == note
    assert leg is None or leg.response.status == 401


def test_a_challenge_is_a_type_2_message() -> None:
    leg = doorkeeper("auto").leg(request(ntlm(1)), "1")
    assert leg is not None
    [(name, value)] = leg.response.headers
    assert (name, ntlm_message_type(value)) == ("WWW-Authenticate", 2)


def test_ntlm_logs_the_connection_on_until_it_ends_or_begins_anew() -> None:
    door = doorkeeper("ntlm")
    assert door.leg(request(ntlm(3)), "1") is None
    assert door.leg(request(), "1") is None
    assert door.leg(request(), "2") is not None
    door.closed("1")
    assert door.leg(request(), "1") is not None
    door.leg(request(ntlm(3)), "1")
    door.leg(request(ntlm(1)), "1")
    assert door.leg(request(), "1") is not None


def test_a_post_without_a_body_is_a_leg_and_accepted() -> None:
    leg = doorkeeper("auto").leg(request(body=b""), "1")
    assert leg is not None
    assert leg.response.status == 200


@pytest.mark.parametrize(
    ("asked", "operation", "status"),
    [
        pytest.param(request(body=b"", method="GET"), "Exchange.asmx", 401, id="a GET that knocks"),
        pytest.param(request(), "ConvertId", 401, id="what exchangelib asks with"),
        pytest.param(request(BASIC, b"", "GET"), "Exchange.asmx", 200, id="a GET that logs on"),
        pytest.param(request(), "GetFolder", None, id="an operation"),
    ],
)
def test_a_probe_that_is_not_on_tape_is_answered_with_the_schemes(
    asked: Request, operation: str, status: int | None
) -> None:
    leg = doorkeeper("auto").probe(asked, Operation(operation))
    assert (leg.response.status if leg else None) == status


@pytest.mark.parametrize(
    ("authentication", "offered"),
    [("auto", 'Basic realm="ewstape"'), ("ntlm", "NTLM"), ("basic", 'Basic realm="ewstape"')],
)
def test_what_must_be_answered_is_offered(authentication: str, offered: str) -> None:
    assert doorkeeper(authentication).offers() == (("WWW-Authenticate", offered),)
