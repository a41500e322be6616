"""Logon legs are told from operations by what real clients send (protocol: observed with each of them)."""

import base64

import pytest

from ewstape.interaction import Request, Response
from ewstape.recording import Logon, Logons

BODY = b"<Envelope/>"


def ntlm(message_type: int, scheme: str = "NTLM") -> str:
    return f"{scheme} {base64.b64encode(b'NTLMSSP\0' + bytes([message_type, 0, 0, 0]) + bytes(40)).decode()}"


def request(authorization: str = "", body: bytes = BODY, method: str = "POST") -> Request:
    headers = (("Authorization", authorization),) if authorization else ()
    return Request(method=method, url="https://mail.example.com/EWS/Exchange.asmx", headers=headers, body=body)


def answer(status: int, *challenges: str) -> Response:
    return Response(status=status, headers=tuple(("WWW-Authenticate", challenge) for challenge in challenges))


LEG = None
TYPE2 = ntlm(2)
JUDGEMENTS = {
    "no logon asked for": (request(), answer(200), Logon("")),
    "first request, challenged": (request(), answer(401, "Negotiate", "NTLM", "Basic realm=x"), LEG),
    "challenged on a GET": (request(body=b"", method="GET"), answer(401, "NTLM"), LEG),
    "challenged without a body": (request(body=b""), answer(401, "NTLM"), LEG),
    "basic accepted": (request("Basic YTpi"), answer(200), Logon("Basic")),
    "basic refused": (request("Basic YTpi"), answer(401, "Basic realm=x"), Logon("Basic", failed=True)),
    "bearer refused": (request("Bearer abc.def.ghi"), answer(401, "Bearer"), Logon("Bearer", failed=True)),
    "type 1 with the body": (request(ntlm(1)), answer(401, TYPE2), LEG),
    "type 1 without a body": (request(ntlm(1), body=b""), answer(401, TYPE2), LEG),
    "type 1 by GET": (request(ntlm(1), body=b"", method="GET"), answer(401, TYPE2), LEG),
    "type 1 without a body, accepted outright": (request(ntlm(1), body=b""), answer(200), LEG),
    "type 3 accepted": (request(ntlm(3)), answer(200), Logon("NTLM")),
    "type 3 and an error of the operation": (request(ntlm(3)), answer(500), Logon("NTLM")),
    "type 3 refused": (request(ntlm(3)), answer(401, "NTLM"), Logon("NTLM", failed=True)),
    "negotiate, a further round": (request("Negotiate YIIabcd="), answer(401, "Negotiate oRIabcd="), LEG),
    "negotiate refused": (
        request("Negotiate YIIabcd="),
        answer(401, "Negotiate", "NTLM"),
        Logon("Negotiate", failed=True),
    ),
    "the connection broke": (request("Basic YTpi"), None, Logon("Basic")),
}


@pytest.mark.parametrize(("asked", "answered", "expected"), JUDGEMENTS.values(), ids=JUDGEMENTS)
def test_each_exchange_is_judged_by_itself_and_its_answer(
    asked: Request, answered: Response | None, expected: Logon | None
) -> None:
    logons = Logons()
    assert logons.judge("connection", asked, answered) == expected
    assert logons.legs == (expected is LEG)


def test_ntlm_logs_on_the_connection() -> None:
    """Later requests of the connection carry no Authorization; those of another one are not logged on by it."""
    logons = Logons()
    logons.judge("one", request(ntlm(3)), answer(200))
    assert logons.judge("one", request(), answer(200)) == Logon("NTLM")
    assert logons.judge("two", request(), answer(200)) == Logon("")


def test_a_logon_ends_with_its_connection() -> None:
    logons = Logons()
    logons.judge("one", request(ntlm(3)), answer(200))
    logons.forget("one")
    assert logons.judge("one", request(), answer(200)) == Logon("")


def test_basic_is_not_remembered_for_a_connection() -> None:
    logons = Logons()
    logons.judge("one", request("Basic YTpi"), answer(200))
    assert logons.judge("one", request(), answer(200)) == Logon("")
