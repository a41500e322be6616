import gzip
import socket
from collections.abc import Callable
from typing import Any

import pytest

from ewstape.interaction import Response
from ewstape.sandbox import Sandbox

PATH = "/EWS/Exchange.asmx"
XML = {"Content-Type": "text/xml; charset=utf-8"}
POLL = '<m:GetPhoneCallInformation><m:PhoneCallId Id="x"/></m:GetPhoneCallInformation>'
LIST = (
    '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>'
    '<m:ParentFolderIds><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindItem>'
)


@pytest.fixture
def post(start: Callable[..., Any], connect: Callable[..., Any], envelope: Callable[..., Any]) -> Callable[..., Any]:
    """Posts a payload on one kept connection to one sandbox: the response and its body."""
    connection = connect(start())

    def send(payload: Any, headers: Any = XML, **options: Any) -> tuple[Any, bytes]:
        body = envelope(payload) if isinstance(payload, str) else payload
        connection.request("POST", PATH, body, headers, **options)
        response = connection.getresponse()
        return response, response.read()

    return send


def raw(sandbox: Sandbox, *pieces: bytes, until_closed: bool = False) -> bytes:
    """Sends bytes and reads what comes back: to the end of an envelope, or of the connection."""
    host, port = sandbox.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        for piece in pieces:
            connection.sendall(piece)
        received = b""
        while part := connection.recv(65536):
            received += part
            if b"Envelope>" in received and not until_closed:
                break
    return received


def test_every_answer_says_that_it_is_a_simulation(post: Callable[..., Any]) -> None:
    for payload in (POLL, LIST, "<m:Nope/>", b"junk"):
        assert post(payload)[0].headers["X-Ewstape-Sandbox"] == "simulation"


def test_short_answers_are_counted_and_long_ones_are_chunked(post: Callable[..., Any]) -> None:
    short, long = post(POLL)[0], post(LIST)[0]
    assert (short.headers["Content-Length"], short.headers["Transfer-Encoding"]) == (str(len(post(POLL)[1])), None)
    assert (long.headers["Content-Length"], long.headers["Transfer-Encoding"]) == (None, "chunked")


def test_answers_are_compressed_for_who_accepts_it_and_only_then(post: Callable[..., Any]) -> None:
    plain = post(LIST)[1]
    response, packed = post(LIST, {**XML, "Accept-Encoding": "deflate, gzip"})
    assert (response.headers["Content-Encoding"], gzip.decompress(packed)) == ("gzip", plain)


def test_compression_can_be_switched_off(
    start: Callable[..., Any], connect: Callable[..., Any], envelope: Callable[..., Any]
) -> None:
    connection = connect(start(gzip=False))
    connection.request("POST", PATH, envelope(LIST), {**XML, "Accept-Encoding": "gzip"})
    assert b"<s:Envelope" in connection.getresponse().read()


def test_requests_may_be_chunked(post: Callable[..., Any], envelope: Callable[..., Any]) -> None:
    body = envelope(POLL)
    response, _ = post(iter([body[:7], body[7:]]), encode_chunked=True)
    assert response.status == 200


def test_trailers_after_a_chunked_request_are_skipped(start: Callable[..., Any], envelope: Callable[..., Any]) -> None:
    body = envelope(POLL)
    head = f"POST {PATH} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunks = b"%x;name=value\r\n%b\r\n0\r\nChecksum: 1\r\n\r\n" % (len(body), body)
    assert raw(start(), head, chunks, until_closed=True).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_expects_100_continue_gets_it_before_it_sends_the_body(
    start: Callable[..., Any], envelope: Callable[..., Any]
) -> None:
    sandbox, body = start(), envelope(POLL)
    head = f"POST {PATH} HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    host, port = sandbox.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head)
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n")
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_an_old_client_gets_what_it_understands(start: Callable[..., Any], envelope: Callable[..., Any]) -> None:
    body = envelope(LIST)
    head = f"POST {PATH} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    answer = raw(start(), head + body, until_closed=True)
    assert b"\r\nContent-Length: " in answer
    assert b"chunked" not in answer
    assert answer.endswith(b"</s:Envelope>")


def test_an_old_client_gets_a_stream_to_the_end_of_the_connection(
    start: Callable[..., Any], envelope: Callable[..., Any]
) -> None:
    body = envelope("<m:GetStreamingEvents/>")
    head = f"POST {PATH} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    answer = raw(start(), head + body, until_closed=True)
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.count(b"</s:Envelope>") == 4


def test_a_stream_arrives_in_a_chunk_for_each_envelope(start: Callable[..., Any], envelope: Callable[..., Any]) -> None:
    body = envelope("<m:GetStreamingEvents/>")
    head = f"POST {PATH} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    answer = raw(start(), head + body, until_closed=True)
    chunked = answer.partition(b"\r\n\r\n")[2]
    sizes = []
    while chunked:
        size, _, rest = chunked.partition(b"\r\n")
        sizes.append(int(size, 16))
        assert rest[: sizes[-1]].endswith(b"</s:Envelope>" if sizes[-1] else b"")
        chunked = rest[sizes[-1] + 2 :]
    assert len(sizes) == 5
    assert sizes[-1] == 0


@pytest.mark.parametrize(
    "framing",
    ["Content-Length: x", "Content-Length: -1", "Transfer-Encoding: chunked\r\n\r\nzz"],
)
def test_a_length_that_makes_no_sense_is_a_bad_request(start: Callable[..., Any], framing: str) -> None:
    answer = raw(start(), f"POST {PATH} HTTP/1.1\r\nHost: h\r\n{framing}\r\n\r\n".encode(), until_closed=True)
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_method_that_nobody_uses_is_not_implemented(start: Callable[..., Any]) -> None:
    answer = raw(start(), f"BREW {PATH} HTTP/1.1\r\nHost: h\r\n\r\n".encode(), until_closed=True)
    assert answer.startswith(b"HTTP/1.1 501 ")
    assert b"X-Ewstape-Sandbox: simulation" in answer


@pytest.mark.parametrize("line", [b"junk", b"\x16\x03\x01\x02\x00", b"POST / HTTP/9.9"], ids=["text", "TLS", "version"])
def test_what_is_no_http_ends_the_connection(start: Callable[..., Any], line: bytes) -> None:
    assert b"200" not in raw(start(), line + b"\r\n\r\n", until_closed=True)


def test_a_client_that_leaves_in_the_middle_harms_nobody(
    start: Callable[..., Any], connect: Callable[..., Any], envelope: Callable[..., Any]
) -> None:
    sandbox = start()
    host, port = sandbox.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n<x".encode())
    other = connect(sandbox)
    other.request("POST", PATH, envelope(POLL), XML)
    assert other.getresponse().status == 200


def test_head_has_no_body(start: Callable[..., Any], connect: Callable[..., Any]) -> None:
    connection = connect(start())
    connection.request("HEAD", "/nowhere")
    response = connection.getresponse()
    assert (response.status, response.read()) == (404, b"")


@pytest.mark.parametrize("headers", [(), (("Content-Length", "4"),)], ids=["framed for it", "framed by itself"])
def test_what_a_hook_answers_is_sent_as_it_is(
    start: Callable[..., Any], connect: Callable[..., Any], headers: Any
) -> None:
    response = Response(status=503, reason="Try later", headers=headers, body=b"busy")
    connection = connect(start(hook=lambda _: response))
    connection.request("POST", PATH, b"", {"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert (answer.status, answer.reason, answer.read()) == (503, "Try later", b"busy")
    assert answer.headers.get_all("Content-Length") == ["4"]
