"""mitmproxy in all of its modes, with what users may combine the script with: nothing goes out by any of them."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import io
from mitmproxy.test import tflow, tutils

QUERIES = {
    "an address": b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\4mail\7example\3com\0\0\1\0\1",
    "a mail exchanger": b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\4mail\7example\3com\0\0\x0f\0\1",
}
SERVFAIL = 2
pytestmark = pytest.mark.xdist_group("modes")  # one program serves all tests here
GET = b"GET http://%s/secret HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
REPLAYER = '''
from mitmproxy import ctx

def response(flow):
    """A user who has a flow replayed by hand."""
    if flow.request.path == "/again":
        again = flow.copy()
        again.request.path = "/replayed-by-hand"
        ctx.master.commands.call("replay.client", [again])
'''


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory, tripwire: Any) -> Path:
    """A file with a request to the tripwire, for mitmproxy's client replay."""
    host, port = tripwire.address
    path = tmp_path_factory.mktemp("flows") / "flows"
    with path.open("wb") as file:
        request = tutils.treq(host=host, port=port, path=b"/replayed-from-file")
        io.FlowWriter(file).add(tflow.tflow(req=request, resp=True))
    return path


@pytest.fixture(scope="module")
def program(  # noqa: PLR0913, PLR0917  what fixtures bring
    mitmdump: Any, modes: Any, tripwire: Any, cassette: Path, flows: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """One mitmdump that does all of it at once."""
    replayer = tmp_path_factory.mktemp("script") / "replayer.py"
    replayer.write_text(REPLAYER, "utf-8")
    servers = (f"reverse:{scheme}://{tripwire}" for scheme in ("http", "https", "tcp", "udp", "tls", "dns"))
    arguments = modes("regular", "socks5", "dns", f"upstream:http://{tripwire}", *servers)
    ignored = ("--ignore-hosts", r"^localhost:|^127\.0\.0\.2:|^ignored\.example\.com:")
    names = (
        "--set",
        "keepserving=true",
        "--set",
        "dns_name_servers=127.0.0.1",
        "--set",
        "stream_large_bodies=1",
        "--set",
        "keep_host_header=true",
    )
    with mitmdump(*arguments, *ignored, *names, "-s", replayer, "-C", flows, cassette=cassette) as wired:
        wired.listening(f"reverse proxy to dns://{tripwire}")
        yield wired


@pytest.fixture(autouse=True)
def shut(program: Any, tripwire: Any) -> Iterator[None]:
    """Nothing went out during the test."""
    yield
    assert program.attempts == []
    assert tripwire.touched == 0


def test_client_replay_from_a_file_is_answered_from_the_tape(program: Any) -> None:
    assert "/replayed-from-file" in program.process.wait_for("/replayed-from-file")
    program.process.wait_for("<< 404")


def test_client_replay_by_hand_is_answered_from_the_tape(program: Any, talk: Callable[..., bytes]) -> None:
    talk(program.listening("HTTP(S) proxy"), b"GET http://mail.example.com/again HTTP/1.1\r\nConnection: close\r\n\r\n")
    program.process.wait_for("/replayed-by-hand")


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("server", ["DNS server", "reverse proxy to dns://{}"])
def test_names_are_not_looked_up(
    program: Any, tripwire: Any, ask: Callable[..., bytes], query: bytes, server: str
) -> None:
    """Over UDP and TCP, by mitmproxy's own resolver and by asking on."""
    address = program.listening(server.format(tripwire))
    assert ask(address, query)[3] & 15 == SERVFAIL
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(len(query).to_bytes(2, "big") + query)
        assert client.recv(65536)[5] & 15 == SERVFAIL


@pytest.mark.parametrize("data", [GET % (b"x", b"x"), b"\0\1raw", b"\x16\x03\x01\0\x05\1\0\0\1\0"])
@pytest.mark.parametrize("name", [False, True], ids=["by address", "by name"])
def test_socks_leads_nowhere(program: Any, tripwire: Any, talk: Callable[..., bytes], data: bytes, name: bool) -> None:
    host, port = tripwire.address
    target = b"\x03\x10mail.example.com" if name else b"\x01" + socket.inet_aton(host)
    connect = b"\x05\x01\x00" + target + port.to_bytes(2, "big")
    answer = talk(program.listening("SOCKS v5 proxy"), b"\x05\x01\x00", connect, data)
    assert answer.startswith(b"\x05\x00")
    assert b" 200 " not in answer


def test_the_proxy_behind_is_not_asked(program: Any, talk: Callable[..., bytes]) -> None:
    address, target = program.listening("HTTP(S) proxy (upstream mode)"), b"mail.example.com"
    assert b" 404 " in talk(address, GET % (target, target))
    connect = b"CONNECT %s:443 HTTP/1.1\r\n\r\n" % target
    assert b" 404 " in talk(address, connect, b"GET /secret HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % target)


@pytest.mark.parametrize("host", ["localhost:{}", "127.0.0.2:{}", "ignored.example.com:443"])
@pytest.mark.parametrize("mode", ["HTTP(S) proxy", "HTTP(S) proxy (upstream mode)"])
def test_a_host_that_is_left_alone_cannot_be_reached(
    program: Any, tripwire: Any, talk: Callable[..., bytes], host: str, mode: str
) -> None:
    """A tunnel would be opened to it untouched, were there no lock."""
    connect = f"CONNECT {host.format(tripwire.address[1])} HTTP/1.1\r\n\r\n".encode()
    for data in (b"\x16\x03\x01\0\x05\1\0\0\1\0", b"\0\1raw", GET % (b"x", b"x")):
        assert talk(program.listening(mode), connect, data).count(b" 200 ") <= 1


@pytest.mark.parametrize("scheme", ["http", "https", "tcp", "tls"])
def test_a_reverse_proxy_does_not_reach_its_server(
    program: Any, tripwire: Any, talk: Callable[..., bytes], scheme: str
) -> None:
    address = program.listening(f"reverse proxy to {scheme}://{tripwire}")
    assert b" 200 " not in talk(address, b"GET /secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b" 200 " not in talk(address, b"\0\1raw\r\n\r\n")


def test_datagrams_are_not_passed_on(program: Any, tripwire: Any, ask: Callable[..., bytes]) -> None:
    ask(program.listening(f"reverse proxy to udp://{tripwire}"), b"hello", answered=False)
    program.process.wait_for("killed before connect")


def test_hosts_that_are_not_allowed_cannot_be_reached(
    mitmdump: Any, tripwire: Any, cassette: Path, talk: Callable[..., bytes]
) -> None:
    """With `allow_hosts`, all others are tunnelled."""
    arguments = ("--mode", "regular@127.0.0.1:0", "--allow-hosts", r"^mail\.example\.com:443$")
    with mitmdump(*arguments, cassette=cassette) as wired:
        connect = f"CONNECT {tripwire} HTTP/1.1\r\n\r\n".encode()
        for data in (b"\x16\x03\x01\0\x05\1\0\0\1\0", b"\0\1raw", GET % (b"x", b"x")):
            assert talk(wired.listening("HTTP(S) proxy"), connect, data).count(b" 200 ") <= 1
        assert wired.attempts == []
