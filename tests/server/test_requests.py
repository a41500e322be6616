"""What a connection's bytes are taken for, without a socket; however they come in pieces."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.interaction import Request, Response
from ewstape.server.messages import Received
from ewstape.server.requests import Requests

BODY = b"<x/>"


def post(*lines: str, body: bytes = BODY, target: str = "/EWS/Exchange.asmx", version: str = "1.1") -> bytes:
    head = (f"POST {target} HTTP/{version}", "Host: mail.example.com", f"Content-Length: {len(body)}", *lines)
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def only(data: bytes, limit: int = 1000) -> Received:
    [received] = Requests(limit).feed(data)
    return received


def asked(data: bytes) -> Request:
    request = only(data).asked
    assert isinstance(request, Request)
    return request


def refused(data: bytes, limit: int = 1000) -> int:
    received = only(data, limit)
    assert isinstance(received.asked, Response)
    assert received.last
    return received.asked.status


CHUNKED = (
    b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n<x\r\n2\r\n/>\r\n0\r\nTrailer: y\r\n\r\n"
)
SEVERAL = post() + CHUNKED + post("Expect: 100-continue") + post("Connection: Upgrade", "Upgrade: h2c") + post()


@given(st.lists(st.integers(0, len(SEVERAL)), max_size=8))
def test_how_the_bytes_are_cut_makes_no_difference(cuts: list[int]) -> None:
    requests, ends = Requests(), sorted(cuts)
    parts = zip([0, *ends], [*ends, len(SEVERAL)], strict=True)
    received = [one for start, end in parts for one in requests.feed(SEVERAL[start:end])]
    assert received == Requests().feed(SEVERAL)
    assert [one.asked.body for one in received] == [BODY] * 5
    assert not requests.ended


def test_a_request_is_as_it_was_sent() -> None:
    assert asked(post("X-Odd: \xe9", target="/EWS/Exchange.asmx?a=b")) == Request(
        method="POST",
        url="http://mail.example.com/EWS/Exchange.asmx?a=b",
        headers=(("Host", "mail.example.com"), ("Content-Length", "4"), ("X-Odd", "\xe9")),
        body=BODY,
    )


def test_a_target_with_a_server_is_a_path_all_the_same() -> None:
    assert asked(post(target="http://other.example.com/EWS?a=b")).url == "http://mail.example.com/EWS?a=b"
    assert asked(post(target="http://other.example.com")).url == "http://mail.example.com/"


def test_a_question_to_the_server_as_such_has_no_path() -> None:
    assert asked(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").url == "http://x/"


@pytest.mark.parametrize("host", ["[", "a/EWS/x?", "a b", "", "\xff"])
def test_a_host_that_is_none_does_no_harm(host: str) -> None:
    data = f"POST /EWS HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    assert asked(data).url == "http://ewstape.invalid/EWS"


def test_a_content_coding_is_taken_off() -> None:
    request = asked(post("Content-Encoding: gzip", body=gzip.compress(BODY)))
    assert (request.body, request.coding) == (BODY, "gzip")


def test_a_content_coding_that_cannot_be_taken_off_is_noted() -> None:
    request = asked(post("Content-Encoding: gzip"))
    assert (request.body, request.coding, len(request.notes)) == (BODY, "", 1)


@pytest.mark.parametrize(
    ("data", "last", "whole"),
    [
        (post(), False, False),
        (post("Connection: close"), True, False),
        (post(version="1.0"), True, True),
        (post("Connection: keep-alive", version="1.0"), True, True),
    ],
)
def test_whether_the_connection_is_kept(data: bytes, last: bool, whole: bool) -> None:
    received = only(data)
    assert (received.last, received.whole) == (last, whole)


def test_nothing_is_taken_in_after_the_last_request() -> None:
    requests = Requests()
    assert len(requests.feed(post("Connection: close") + post())) == 1
    assert requests.ended
    assert requests.feed(post()) == []


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"CONNECT mail.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ],
    ids=["TLS", "two lengths", "CONNECT", "WebSocket", "chunks behind an offer"],
)
def test_what_is_no_request_for_a_recording_is_refused(data: bytes, status: int) -> None:
    assert refused(data) == status


@pytest.mark.parametrize(
    "data",
    [
        b"POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\naaaaaa\r\n5\r\nbbbbb\r\n",
    ],
    ids=["announced", "in pieces"],
)
def test_a_body_beyond_the_limit_is_refused_before_it_is_there(data: bytes) -> None:
    assert refused(data, limit=10) == 413


def test_a_refusal_comes_after_the_requests_before_it() -> None:
    first, second = Requests().feed(post() + b"garbage\r\n\r\n")
    assert isinstance(first.asked, Request)
    assert isinstance(second.asked, Response)


def test_a_body_that_is_held_back_is_told() -> None:
    requests, whole = Requests(), post("Expect: 100-continue")
    requests.feed(whole[: -len(BODY)])
    assert (requests.held_back, requests.expects) == (True, True)
    requests.feed(whole[-len(BODY) :])
    assert not requests.held_back
