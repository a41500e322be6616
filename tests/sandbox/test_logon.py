import base64
import struct
from typing import Any

import pytest

from ewstape.interaction import Request, Response
from ewstape.sandbox.logon import Logon
from ewstape.wire import ntlm_message_type


def ask(logon: Any, authorization: str = "", body: bytes = b"<x/>") -> Response | None:
    headers = (("Authorization", authorization),) if authorization else ()
    return logon.refuse(Request(method="POST", url="http://h/EWS/Exchange.asmx", headers=headers, body=body))


def basic(name: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:secret".encode()).decode()


def ntlm(kind: int, user: str = "") -> str:
    flags, name = (1, user.encode("utf-16-le")) if kind == 3 else (0, b"")
    fields = struct.pack("<HHI", len(name), len(name), 64)
    message = b"NTLMSSP\0" + struct.pack("<I", kind) + bytes(24) + fields + bytes(16) + struct.pack("<I", flags) + name
    return "NTLM " + base64.b64encode(message).decode()


def challenge(response: Any) -> tuple[int, str]:
    return response.status, dict(response.headers)["WWW-Authenticate"].partition(" ")[0]


@pytest.mark.parametrize("user", [None, "alex", "ALEX"])
@pytest.mark.parametrize("name", ["alex", "EXAMPLE\\alex"])
def test_basic_lets_in_the_user_with_or_without_a_domain(user: str, name: str) -> None:
    assert ask(Logon("basic", user), basic(name)) is None


@pytest.mark.parametrize(
    "authorization", ["", basic("robin"), "Basic ???", "Basic bm9jb2xvbg==", "Bearer YTpi"], ids=repr
)
def test_basic_asks_again_whoever_is_not_the_user(authorization: str) -> None:
    assert challenge(ask(Logon("basic", "alex"), authorization)) == (401, "Basic")


def test_ntlm_takes_three_legs_and_then_trusts_the_connection() -> None:
    logon = Logon("ntlm", "alex")
    assert challenge(ask(logon)) == (401, "NTLM")
    second = ask(logon, ntlm(1), b"")
    assert (second.status, ntlm_message_type(dict(second.headers)["WWW-Authenticate"])) == (401, 2)
    assert ask(logon, ntlm(3, "alex")) is None
    assert ask(logon) is None


def test_ntlm_refuses_another_user_for_good() -> None:
    logon = Logon("ntlm", "alex")
    ask(logon, ntlm(1))
    assert challenge(ask(logon, ntlm(3, "robin"))) == (401, "NTLM")
    assert challenge(ask(logon)) == (401, "NTLM")


@pytest.mark.parametrize("authorization", [ntlm(3, "alex"), basic("alex"), "NTLM !!", "NTLM"], ids=repr)
def test_ntlm_wants_its_legs_in_order(authorization: str) -> None:
    assert challenge(ask(Logon("ntlm", None), authorization)) == (401, "NTLM")


def test_a_last_leg_that_cannot_be_read_is_nobody() -> None:
    logon = Logon("ntlm", "alex")
    ask(logon, ntlm(1))
    cut = "NTLM " + base64.b64encode(base64.b64decode(ntlm(3, "alex")[5:])[:20]).decode()
    assert challenge(ask(logon, cut)) == (401, "NTLM")


def test_another_connection_has_its_own_logon() -> None:
    first = Logon("ntlm", None)
    ask(first, ntlm(1))
    assert ask(first, ntlm(3, "alex")) is None
    assert ask(Logon("ntlm", None)).status == 401


def test_none_lets_in_anybody_and_says_well_to_an_empty_first_leg() -> None:
    logon = Logon("none", None)
    assert (ask(logon), ask(logon, basic("robin")), ask(logon, "", b"")) == (None, None, None)
    leg = ask(logon, ntlm(1), b"")
    assert (leg.status, leg.body) == (200, b"")
