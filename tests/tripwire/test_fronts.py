"""Whatever a client sends to a replay, it is answered or refused there, and nothing goes out."""

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ewstape.cassette import Cassette

ENDPOINT = b"/EWS/Exchange.asmx"
SAMPLES = Path(__file__).parents[1] / "wire_samples"
UNKNOWN_CALL = (SAMPLES / "seed-disconnect-phone-call.request.xml").read_bytes()
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"  # and an empty SETTINGS frame


def post(target: bytes, body: bytes, *headers: bytes, host: bytes = b"mail.example.com") -> bytes:
    lines = (b"POST %s HTTP/1.1" % target, b"Host: " + host, b"Content-Length: %d" % len(body), *headers)
    return b"\r\n".join((*lines, b"Content-Type: text/xml", b"Connection: close", b"", body))


def get(target: bytes, *headers: bytes, host: bytes = b"mail.example.com") -> bytes:
    return b"\r\n".join((b"GET %s HTTP/1.1" % target, b"Host: " + host, *headers, b"Connection: close", b"", b""))


pytestmark = pytest.mark.xdist_group("fronts")  # each front is started once, and drained by the last test here
FRONTS = ("ewstape replay --forward", "ewstape replay --https", "mitmdump -s", "mitmdump -s, reverse")


@pytest.fixture(scope="module", params=FRONTS)
def front(request: pytest.FixtureRequest, cassette: Path, tripwire: Any, proxy_ca: Path) -> Iterator[Any]:
    if request.param.startswith("mitmdump"):
        mode = f"reverse:http://{tripwire}" if "reverse" in request.param else "regular"
        program = request.getfixturevalue("mitmdump")("--mode", f"{mode}@127.0.0.1:0", cassette=cassette)
    else:
        arguments = (*request.param.split()[1:], cassette, "--ca-dir", proxy_ca)
        program = request.getfixturevalue("ewstape")(*arguments)
    with program as wired:
        wired.front = wired.at if "ewstape" in request.param else wired.listening("")
        yield wired


@pytest.fixture
def shut(front: Any, tripwire: Any) -> Iterator[None]:
    """Nothing went out during the test."""
    yield
    assert front.attempts == []
    assert tripwire.touched == 0


def status(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer[9:12])


HOST = b"{host}"
"""Stands for the tripwire's host and port in what is sent."""
NOT_OURS = {
    "plain http to another host": get(b"http://%s/secret" % HOST, host=HOST),
    "a path that is not Exchange's": get(b"/owa/"),
    "an absolute target with https": get(b"https://%s/secret" % HOST, host=HOST),
    "an absolute target unlike the host": get(b"http://%s/secret" % HOST, host=b"other.example.com"),
    "a websocket upgrade": get(
        b"/chat", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: eA=="
    ),
    "an upgrade to HTTP/2": get(b"/", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
    "an operation that the tape does not have": post(ENDPOINT, b"<x/>"),
    "an operation for another host": post(b"http://%s%s" % (HOST, ENDPOINT), UNKNOWN_CALL, host=HOST),
    "a body that is not what it says": post(ENDPOINT, b"not gzip", b"Content-Encoding: gzip"),
    "a body with a document type": post(ENDPOINT, b'<!DOCTYPE x SYSTEM "http://%s/x"><x/>' % HOST),
    "a length that is a lie": b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"
    % ENDPOINT,
    "two framings": b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nx"
    % ENDPOINT,
    "no host": b"GET /EWS/Exchange.asmx HTTP/1.1\r\nConnection: close\r\n\r\n",
    "an old version of HTTP": b"GET /x HTTP/1.0\r\n\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % HOST,
    "a method of its own": b"BREW /EWS/Exchange.asmx HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % HOST,
    "TRACE": b"TRACE / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % HOST,
}


@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("request_", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_on_tape_is_refused(front: Any, tripwire: Any, talk: Callable[..., bytes], request_: bytes) -> None:
    assert 400 <= status(talk(front.front, request_.replace(HOST, str(tripwire).encode()))) < 600


@pytest.mark.usefixtures("shut")
def test_a_request_that_waits_to_be_told_to_go_on_is_answered(front: Any, talk: Callable[..., bytes]) -> None:
    head, _, body = post(ENDPOINT, UNKNOWN_CALL, b"Expect: 100-continue").partition(b"\r\n\r\n")
    answer = talk(front.front, head + b"\r\n\r\n", body)
    assert answer.startswith(b"HTTP/1.1 100")
    assert b"HTTP/1.1 500" in answer


@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("data", [PREFACE, b"\0\1\2\3\r\n\r\n", b"EHLO mail\r\n\r\n", b"\x16\x03\x01\0\x05\1\0\0\1\0"])
def test_what_is_not_http_1_is_closed(front: Any, talk: Callable[..., bytes], data: bytes) -> None:
    assert b" 200 " not in talk(front.front, data)


forward = pytest.mark.parametrize("front", ["ewstape replay --forward", "mitmdump -s"], indirect=True)
reverse = pytest.mark.parametrize("front", ["ewstape replay --https", "mitmdump -s, reverse"], indirect=True)


@pytest.fixture(params=("the tripwire", "itself", "a name"))
def connect(request: pytest.FixtureRequest, front: Any, tripwire: Any) -> bytes:
    """The request for a tunnel."""
    target = {"the tripwire": str(tripwire), "itself": "{}:{}".format(*front.front), "a name": "mail.example.com:443"}
    return "CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\n".format(target[request.param]).encode()


@reverse
@pytest.mark.usefixtures("shut")
def test_a_reverse_proxy_has_no_tunnels(front: Any, connect: bytes, talk: Callable[..., bytes]) -> None:
    assert status(talk(front.front, connect)) == 400


@forward
@pytest.mark.usefixtures("shut")
def test_http_in_a_tunnel_is_answered_like_any_other(front: Any, connect: bytes, talk: Callable[..., bytes]) -> None:
    opened, _, answer = talk(front.front, connect, get(b"/secret")).partition(b"\r\n\r\n")
    assert (status(opened), status(answer)) == (200, 404)


@forward
@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("data", [PREFACE, b"\0\1\2\3raw"], ids=["HTTP/2", "raw TCP"])
def test_a_tunnel_leads_nowhere(front: Any, connect: bytes, talk: Callable[..., bytes], data: bytes) -> None:
    opened, _, answer = talk(front.front, connect, data).partition(b"\r\n\r\n")
    assert (status(opened), answer) == (200, b"")


@forward
@pytest.mark.usefixtures("shut")
def test_tls_in_a_tunnel_ends_here(front: Any, connect: bytes, proxy_ca: Path) -> None:
    """The certificate is made up without asking the server for its own, and the answer is from the tape."""
    with socket.create_connection(front.front, timeout=20) as client:
        client.sendall(connect)
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        trust = ssl.create_default_context(cafile=str(proxy_ca / "mitmproxy-ca-cert.pem"))
        trust.check_hostname = False
        with trust.wrap_socket(client, server_hostname="mail.example.com") as inside:
            inside.sendall(get(b"/secret"))
            assert inside.recv(65536).startswith(b"HTTP/1.1 404")


def test_a_tape_that_is_drained_refuses(front: Any, tripwire: Any, cassette: Path, talk: Callable[..., bytes]) -> None:
    """The recorded call is played to its end; hanging up again was not recorded. This must be the last test here."""
    recorded = Cassette.open(cassette)
    codes = [status(talk(front.front, post(ENDPOINT, one.request.body))) for one in recorded]
    assert codes == [200] * len(recorded)
    [write] = [one for one in recorded if one.operation.name == "DisconnectPhoneCall"]
    assert status(talk(front.front, post(ENDPOINT, write.request.body))) == 500
    assert front.attempts == []
    assert tripwire.touched == 0
