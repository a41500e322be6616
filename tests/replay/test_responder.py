import base64
import gzip
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.interaction import Chunk, Headers, Interaction, Operation, Request, Response
from ewstape.replay.miss import Miss, Reason
from ewstape.replay.responder import Responder
from ewstape.replay.tape import Tape
from ewstape.wire import ntlm_message_type, read_envelope

EWS = "https://mail.example.com/EWS/Exchange.asmx"
TYPE_1 = base64.b64encode(b"NTLMSSP\0" + bytes([1, 0, 0, 0]) + bytes(24)).decode()
TYPE_3 = base64.b64encode(b"NTLMSSP\0" + bytes([3, 0, 0, 0]) + bytes(24)).decode()
CALL = "play item-1 100 = call-1 \n poll call-1 = Connecting \n poll call-1 = Alerted"


@pytest.fixture
def tape(words: Any) -> Tape:
    return Tape(words.interactions(CALL))


@pytest.fixture
def play(words: Any) -> Request:
    request: Request = words.request("play item-1 100")
    return request


def sending(request: Request, *lines: tuple[str, str]) -> Request:
    return replace(request, headers=(*request.headers, *lines))


# --- answers ----------------------------------------------------------------------------------------------------------


def test_a_recorded_request_gets_the_recorded_response(words: Any, tape: Tape, play: Request) -> None:
    recorded = words.interactions(CALL)[0].response
    reply = Responder(tape).respond(play, "client-1")
    assert reply.response == recorded
    assert (reply.interaction, reply.miss, reply.note) == (1, None, "PlayOnPhone2  answered with interaction 1")


def test_status_reason_headers_and_body_are_letter_for_letter_those_recorded(play: Request) -> None:
    """DavMail compares the Content-Type as text; a status such as 456 has its message in the reason."""
    response = Response(
        status=456,
        reason="Account locked",
        headers=(("content-type", "text/xml; charset=UTF-8"), ("X-FEServer", "A"), ("X-FEServer", "B")),
        body=b"\xff\x00",
    )
    reply = Responder(_tape(play, response)).respond(play, "")
    assert reply.response == response


def test_headers_of_the_recorded_connection_are_left_out(play: Request) -> None:
    headers: Headers = (
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "999"),
        ("Connection", "close"),
        ("Content-Type", "text/xml"),
    )
    reply = Responder(_tape(play, Response(status=200, headers=headers))).respond(play, "")
    assert reply.response.headers == (("Content-Type", "text/xml"),)


def test_the_recorded_coding_is_put_on_for_who_accepts_it(play: Request) -> None:
    tape = _tape(play, Response(status=200, body=b"<x/>" * 100, coding="gzip"))
    response = Responder(tape).respond(sending(play, ("Accept-Encoding", "gzip, deflate")), "").response
    assert gzip.decompress(response.body) == b"<x/>" * 100
    assert response.headers == (("Content-Encoding", "gzip"),)
    assert response.coding == ""


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_others_get_the_body_plain(play: Request, accepted: str) -> None:
    tape = _tape(play, Response(status=200, body=b"<x/>", coding="gzip"))
    response = Responder(tape).respond(sending(play, ("Accept-Encoding", accepted)), "").response
    assert (response.body, response.headers) == (b"<x/>", ())


def test_a_coding_that_nobody_knows_is_not_put_on(play: Request) -> None:
    tape = _tape(play, Response(status=200, body=b"<x/>", coding="zstd"))
    response = Responder(tape).respond(sending(play, ("Accept-Encoding", "*")), "").response
    assert (response.status, response.body, response.headers) == (200, b"<x/>", ())


def test_a_body_whose_coding_could_not_be_taken_off_keeps_its_header(play: Request) -> None:
    recorded = Response(status=200, headers=(("Content-Encoding", "zstd"),), body=b"\x28\xb5")
    assert Responder(_tape(play, recorded)).respond(play, "").response == recorded


def test_a_streamed_body_stays_plain_so_that_its_chunks_fit(play: Request) -> None:
    chunks = (Chunk(0.1, 2), Chunk(0.9, 2))
    tape = _tape(play, Response(status=200, body=b"<x/>", coding="gzip", chunks=chunks))
    response = Responder(tape).respond(sending(play, ("Accept-Encoding", "gzip")), "").response
    assert (response.body, [chunk.size for chunk in response.chunks]) == (b"<x/>", [2, 2])


@pytest.mark.parametrize(
    ("latency", "before", "at"), [("none", 0, [0, 0]), ("recorded", 1, [1, 3]), (0.5, 0.5, [0.5, 1.5])]
)
def test_a_stream_takes_its_recorded_time_scaled(play: Request, latency: Any, before: float, at: list[float]) -> None:
    """It took four seconds: one until the headers, then the chunks."""
    chunks = (Chunk(1.0, 2), Chunk(3.0, 2))
    response = Response(status=200, body=b"<x/>", chunks=chunks)
    recorded = Interaction(number=1, operation=Operation("PlayOnPhone"), request=play, response=response, took=4.0)
    reply = Responder(Tape([recorded]), latency=latency).respond(play, "")
    assert (reply.delay, [chunk.at for chunk in reply.response.chunks]) == (before, at)


def test_a_request_that_got_no_response_is_answered_with_a_502_fault(words: Any) -> None:
    (broken,) = words.interactions("get item-1 = (gone)")
    reply = Responder(Tape([broken])).respond(words.request("get item-1"), "")
    assert (reply.response.status, reply.interaction) == (502, 1)
    assert fault_of(reply.response) == (
        "ErrorInternalServerError",
        "the recorded request got no answer: server went away",
    )


# --- misses -----------------------------------------------------------------------------------------------------------


def test_a_miss_is_a_fault_with_its_reason(words: Any, tape: Tape) -> None:
    """ErrorInternalServerError is raised at once; exchangelib retries with ErrorInvalidRequest and the busy errors."""
    reply = Responder(tape).respond(words.request("find inbox"), "")
    assert reply.miss == Miss(operation=words.operation(words.request("find inbox")), reason=Reason.NOT_ON_TAPE)
    assert (reply.response.status, reply.interaction, reply.note) == (500, None, str(reply.miss))
    assert reply.response.headers == (("Content-Type", "text/xml; charset=utf-8"), ("X-Ewstape-Miss", "1"))
    assert fault_of(reply.response) == ("ErrorInternalServerError", str(reply.miss))


def test_a_miss_shows_no_value_of_the_live_request(words: Any, tape: Tape) -> None:
    reply = Responder(tape).respond(words.request("poll secret-+15550199"), "")
    assert b"secret" not in reply.response.body
    assert b"5550199" not in reply.response.body
    assert "PhoneCallId/@Id differs" in reply.note


def test_a_soap_12_client_gets_a_soap_12_fault(words: Any, tape: Tape) -> None:
    request = words.request("find inbox")
    body = request.body.replace(
        b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"
    )
    reply = Responder(tape).respond(replace(request, body=body), "")
    assert reply.response.headers[0] == ("Content-Type", "application/soap+xml; charset=utf-8")
    assert read_envelope(reply.response.body).soap_version == "1.2"


def test_an_undecodable_body_gets_a_fault(tape: Tape) -> None:
    reply = Responder(tape).respond(Request(method="POST", url=EWS, body=b"\xff<"), "")
    assert reply.response.status == 500
    assert fault_of(reply.response)[0] == "ErrorInternalServerError"


def test_a_description_that_is_not_on_tape_is_not_found(tape: Tape) -> None:
    request = Request(method="GET", url="https://mail.example.com/EWS/Services.wsdl")
    reply = Responder(tape).respond(request, "")
    assert (reply.response.status, reply.response.headers[1]) == (404, ("X-Ewstape-Miss", "1"))
    assert b"Services.wsdl" in reply.response.body
    assert reply.miss is not None


@pytest.mark.parametrize("path", ["/", "/owa/auth.owa", "/EWS/", "/EWS/Exchange.asmx.bak"])
def test_nothing_but_the_tape_answers(tape: Tape, play: Request, path: str) -> None:
    reply = Responder(tape).respond(replace(play, url=f"https://mail.example.com{path}"), "")
    assert (reply.response.status, reply.miss, tape.misses) == (404, None, 0)
    assert b"nothing else answers here" in reply.response.body


def test_a_failure_inside_is_a_fault_that_names_its_type_only(
    tape: Tape, play: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("call-1")

    monkeypatch.setattr(tape, "answer", fail)
    reply = Responder(tape).respond(play, "")
    assert reply.response.status == 500
    assert fault_of(reply.response)[1] == "ewstape failed to answer: ZeroDivisionError"
    assert reply.note == "failed inside: ZeroDivisionError"


_urls = st.one_of(
    st.sampled_from([EWS, "https://mail.example.com/autodiscover/autodiscover.xml", "http://["]), st.text()
)
_lines = st.tuples(
    st.sampled_from(["Authorization", "Content-Type", "Accept-Encoding"]), st.text(st.characters(codec="latin-1"))
)


@given(st.sampled_from(["POST", "GET", "x"]), _urls, st.lists(_lines).map(tuple), st.binary())
def test_everything_gets_a_response(method: str, url: str, headers: Headers, body: bytes) -> None:
    reply = Responder(Tape([])).respond(Request(method=method, url=url, headers=headers, body=body), "")
    assert reply.response.status in {200, 401, 404, 405, 500}
    assert reply.note.isprintable()


# --- logons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
@pytest.mark.parametrize("with_body", [True, False])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_the_first_leg_of_ntlm_is_challenged(
    tape: Tape, play: Request, scheme: str, method: str, *, with_body: bool
) -> None:
    leg = sending(play, ("authorization", f"{scheme} {TYPE_1}"))
    leg = replace(leg, method=method, body=play.body if with_body else b"")
    reply = Responder(tape).respond(leg, "")
    ((name, challenge),) = reply.response.headers
    assert (reply.response.status, name) == (401, "WWW-Authenticate")
    assert challenge.startswith(f"{scheme} ")
    assert ntlm_message_type(challenge) == 2
    assert tape.unused == (1, 2, 3)


@pytest.mark.parametrize(
    "authorization",
    [(), (("Authorization", f"NTLM {TYPE_3}"),), (("Authorization", "Basic dTpw"),), (("Authorization", "?"),)],
)
@pytest.mark.parametrize("auth", ["auto", "none"])
def test_everyone_else_is_let_in(tape: Tape, play: Request, authorization: Headers, auth: Any) -> None:
    assert Responder(tape, auth).respond(sending(play, *authorization), "").interaction == 1


def test_without_authentication_the_first_leg_of_ntlm_is_let_in(tape: Tape, play: Request) -> None:
    leg = sending(play, ("Authorization", f"NTLM {TYPE_1}"))
    assert Responder(tape, "none").respond(leg, "").interaction == 1


@pytest.mark.parametrize("headers", [(), (("Authorization", f"NTLM {TYPE_3}"),)])
def test_a_post_without_a_body_is_a_leg_and_consumes_nothing(tape: Tape, headers: Headers) -> None:
    """The client, such as curl, goes on with the whole request when its empty first leg is accepted."""
    reply = Responder(tape).respond(Request(method="POST", url=EWS, headers=headers), "")
    assert (reply.response, tape.unused, tape.misses) == (Response(status=200), (1, 2, 3), 0)


_CONVERT = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<ConvertId xmlns="http://schemas.microsoft.com/exchange/services/2006/messages"/></s:Body></s:Envelope>'
)


def test_a_client_that_asks_which_logon_is_wanted_is_told(words: Any) -> None:
    """Before it has credentials, exchangelib sends a made-up ConvertId and reads the challenge."""
    (recorded,) = words.interactions("find inbox = 3 items")
    tape = Tape([replace(recorded, auth="NTLM")])
    reply = Responder(tape).respond(Request(method="POST", url=EWS, body=_CONVERT.encode()), "")
    assert (reply.response.status, reply.miss, tape.misses) == (401, None, 0)
    assert reply.response.headers == (("WWW-Authenticate", "NTLM"), ("WWW-Authenticate", 'Basic realm="ewstape"'))


@pytest.mark.parametrize(("auth", "headers"), [("none", ()), ("auto", (("Authorization", "Basic dTpw"),))])
def test_the_same_operation_in_earnest_is_a_miss(tape: Tape, auth: Any, headers: Headers) -> None:
    request = Request(method="POST", url=EWS, headers=headers, body=_CONVERT.encode())
    assert Responder(tape, auth).respond(request, "").miss is not None


def test_the_same_operation_on_tape_is_answered() -> None:
    request = Request(method="POST", url=EWS, body=_CONVERT.encode())
    recorded = Interaction(number=1, operation=Operation("ConvertId"), request=request, response=Response(status=200))
    assert Responder(Tape([recorded])).respond(request, "").interaction == 1


def _tape(request: Request, response: Response) -> Tape:

    return Tape([Interaction(number=1, operation=Operation("PlayOnPhone"), request=request, response=response)])


def fault_of(response: Response) -> tuple[str, str]:
    fault = read_envelope(response.body).fault
    assert fault is not None
    return fault.response_code, fault.message
