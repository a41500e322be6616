"""What a client meets is the same whichever front plays the cassette: every case runs against both, on real sockets."""

import base64
import gzip
import json
import socket
import stat
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from processes import PATIENCE, ROOT, ewstape, finished, running

from ewstape.cassette import Cassette
from ewstape.interaction import Chunk, Interaction, Operation, Request, Response
from ewstape.wire import ntlm_message_type, read_envelope

type Replay = Callable[..., AbstractContextManager[Any]]

CALL = list(Cassette.open(ROOT / "cassettes/play-on-phone.yaml"))
PLAY, RINGING, _, LAST_BEFORE, HANG_UP, ENDED = CALL
EWS = "/EWS/Exchange.asmx"
TYPE_1 = base64.b64encode(b"NTLMSSP\0" + bytes([1, 0, 0, 0]) + bytes(24)).decode()
TYPE_3 = base64.b64encode(b"NTLMSSP\0" + bytes([3, 0, 0, 0]) + bytes(24)).decode()
BASIC = {"Authorization": "Basic dTpw"}


def answer(interaction: Interaction) -> bytes:
    assert interaction.response is not None
    return interaction.response.body


def recorded(response: Response, body: bytes = ENDED.request.body, **options: Any) -> Interaction:
    """One read that was answered so."""
    request = Request(method="POST", url="https://mail.example.com" + EWS, headers=ENDED.request.headers, body=body)
    operation = options.pop("operation", ENDED.operation)
    return Interaction(number=1, operation=operation, request=request, response=response, **options)


# --- answers ----------------------------------------------------------------------------------------------------------


def test_the_recorded_run_is_answered_byte_for_byte(replay: Replay) -> None:
    with replay(CALL) as front, front.connect() as wire:
        for one in CALL:
            got = wire.send(one.request.body)
            assert (got.status, got.body) == (200, answer(one))
        assert front.process.stop() == 0
        assert "replayed 6 of 6 interactions" in front.process.said


def test_ten_runs_without_a_restart(replay: Replay) -> None:
    """From the second on the call has ended, so it is the recorded one again, with its own id."""
    with replay(CALL) as front:
        for _ in range(10):
            with front.connect() as wire:
                assert [wire.send(one.request.body).body for one in CALL] == list(map(answer, CALL))
        assert front.process.stop() == 0


@pytest.mark.parametrize("polls", [1, 50])
def test_polls_before_the_end_never_see_it(replay: Replay, polls: int) -> None:
    with replay(CALL) as front, front.connect() as wire:
        wire.send(PLAY.request.body)
        seen = [wire.send(RINGING.request.body).body for _ in range(polls)]
        assert answer(ENDED) not in seen
        assert seen[-1] == answer(RINGING if polls == 1 else LAST_BEFORE)
        wire.send(HANG_UP.request.body)
        assert wire.send(ENDED.request.body).body == answer(ENDED)


def test_status_reason_and_headers_go_out_as_recorded(replay: Replay) -> None:
    headers = (("content-TYPE", "text/xml;charset=UTF-8"), ("X-FEServer", "A"), ("X-FEServer", "B"), ("X-Odd", "\xe9"))
    response = Response(status=456, reason="Account locked", headers=headers, body=b"<x/>")
    with replay([recorded(response)]) as front:
        got = front.send(ENDED.request.body)
    assert (got.status, got.reason, got.body) == (456, "Account locked", b"<x/>")
    assert got.headers == (*headers, ("Content-Length", "4"))


@pytest.mark.parametrize(("accepted", "coding"), [("gzip", "gzip"), ("identity", None)])
def test_gzip_for_who_accepts_it(replay: Replay, accepted: str, coding: str | None) -> None:
    body = b"<x/>" * 500
    with replay([recorded(Response(status=200, body=body, coding="gzip"))]) as front:
        got = front.send(ENDED.request.body, headers={"Accept-Encoding": accepted})
    assert got.header("Content-Encoding") == coding
    assert (gzip.decompress(got.body) if coding else got.body) == body


def test_a_request_may_be_gzipped(replay: Replay) -> None:
    with replay([ENDED]) as front:
        got = front.send(gzip.compress(ENDED.request.body), headers={"Content-Encoding": "gzip"})
    assert got.body == answer(ENDED)


def test_a_request_in_utf_16_matches_and_an_answer_in_utf_16_stays(replay: Replay) -> None:
    body = ENDED.request.body.decode().replace("utf-8", "utf-16").encode("utf-16")
    said = '<?xml version="1.0" encoding="utf-16"?><x>\u00e9</x>'.encode("utf-16")
    with replay([recorded(Response(status=200, body=said))]) as front:
        got = front.send(body, headers={"Content-Type": "text/xml; charset=utf-16"})
    assert (got.status, got.body) == (200, said)


def test_a_chunked_request_is_read(replay: Replay) -> None:
    text = ENDED.request.body
    with replay([ENDED]) as front:
        got = front.send(iter([text[:100], text[100:]]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    assert got.body == answer(ENDED)


def test_who_expects_100_is_told_to_continue(replay: Replay) -> None:
    body = ENDED.request.body
    head = (
        b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    )
    with replay([ENDED]) as front, connect(front.url) as raw:
        raw.sendall(head % (EWS.encode(), len(body)))
        assert raw.recv(4096).startswith(b"HTTP/1.1 100 ")
        raw.sendall(body)
        assert answer(ENDED) in until(raw, answer(ENDED))


def test_a_stream_arrives_whole(replay: Replay) -> None:
    """On the server in its pieces, through mitmproxy at once."""
    body = b"<a/><b/><c/>"
    response = Response(status=200, body=body, chunks=(Chunk(0.01, 4), Chunk(0.02, 4), Chunk(0.03, 4)))
    with replay([recorded(response)], "--latency", "recorded") as front:
        got = front.send(ENDED.request.body)
        assert got.body == body
        assert got.header("Transfer-Encoding") == ("chunked" if front.name == "server" else None)


def test_clients_at_once_get_each_its_answer(replay: Replay) -> None:
    with replay([ENDED]) as front, ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: front.send(ENDED.request.body), range(40)))
    assert {one.body for one in got} == {answer(ENDED)}


def test_a_connection_is_kept_until_the_client_closes_it(replay: Replay) -> None:
    request = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n%bContent-Length: %d\r\n\r\n%b"
    body = ENDED.request.body
    with replay([ENDED]) as front, connect(front.url) as raw:
        raw.sendall(request % (EWS.encode(), b"", len(body), body))
        assert b"connection: close" not in until(raw, answer(ENDED)).lower()
        raw.sendall(request % (EWS.encode(), b"Connection: close\r\n", len(body), body))
        assert rest(raw).endswith(answer(ENDED))


# --- misses -----------------------------------------------------------------------------------------------------------


def test_a_miss_is_a_fault_a_line_in_the_file_and_status_4(replay: Replay, tmp_path: Path) -> None:
    wrong = HANG_UP.request.body.replace(b'Id="', b'Id="secret')
    misses = tmp_path / "misses.jsonl"
    with replay(CALL, "--misses", misses) as front:
        got = front.send(wrong)
        [line] = misses.read_text("ascii").splitlines()  # while it runs
        assert front.process.stop() == 4
        said = front.process.said
    fault = read_envelope(got.body).fault
    assert fault is not None
    assert (got.status, got.header("X-Ewstape-Miss"), fault.response_code) == (500, "1", "ErrorInternalServerError")
    assert json.loads(line)["operation"] == "DisconnectPhoneCall"
    assert stat.S_IMODE(misses.stat().st_mode) == 0o600
    assert "1 request had no answer" in said
    for text in (got.body.decode(), line, said):
        assert "secret" not in text


def test_what_was_not_used_counts_if_asked_for(replay: Replay) -> None:
    with replay(CALL, "--fail-on", "unused") as front:
        front.send(b"<x/>")
        front.send(PLAY.request.body)
        assert front.process.stop() == 4
        assert "unused: #2 GetPhoneCallInformation" in front.process.said


def test_a_miss_does_not_count_if_only_the_unused_do(replay: Replay) -> None:
    with replay([ENDED], "--fail-on", "unused") as front:
        front.send(b"<x/>")
        front.send(ENDED.request.body)
        assert front.process.stop() == 0


def test_live_values_are_shown_on_a_terminal_only(tmp_path: Path, front_options: tuple[str, ...]) -> None:
    tape = ROOT / "cassettes/play-on-phone.yaml"
    command = ewstape("replay", tape, "--listen", "127.0.0.1:0", *front_options, "--show-live")
    done = finished(*command, cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "needs a terminal" in done.stderr


REFUSED = {
    "undecodable body": ("POST", EWS, b"\xff<", 500),
    "empty path": ("GET", "/", b"", 404),
    "another service": ("POST", "/owa/auth.owa", b"x", 404),
    "description that is not on tape": ("GET", "/EWS/Services.wsdl", b"", 404),
    "HEAD, which asks for a logon": ("HEAD", EWS, b"", 401),
    "PUT": ("PUT", EWS, b"x", 405),
    "DELETE": ("DELETE", EWS, b"", 405),
    "own path by GET": ("GET", "/.ewstape/rewind", b"", 404),
}


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_on_tape_is_refused(replay: Replay, method: str, path: str, body: bytes, status: int) -> None:
    with replay([ENDED]) as front, front.connect() as wire:
        assert wire.send(body, method=method, path=path).status == status
        assert wire.send(ENDED.request.body).body == answer(ENDED)


def test_the_description_on_tape_is_answered(replay: Replay) -> None:
    url = "https://mail.example.com/EWS/Services.wsdl"
    one = Interaction(
        number=1,
        operation=Operation("Services.wsdl", namespace=""),
        request=Request(method="GET", url=url),
        response=Response(status=200, headers=(("Content-Type", "text/xml"),), body=b"<wsdl/>"),
    )
    with replay([one]) as front:
        assert front.send(method="GET", path="/EWS/services.wsdl").body == b"<wsdl/>"


PROTOCOLS = {
    "HTTP/2 with prior knowledge": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "garbage": b"\0\1\2\3\r\n\r\n",
    "CONNECT": b"CONNECT mail.example.com:443 HTTP/1.1\r\nHost: mail.example.com:443\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "WebSocket": b"GET /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
}


@pytest.mark.parametrize("sent", PROTOCOLS.values(), ids=PROTOCOLS)
def test_other_protocols_are_refused_and_the_front_goes_on(replay: Replay, sent: bytes) -> None:
    with replay([ENDED]) as front:
        with connect(front.url) as raw:
            raw.sendall(sent)
            raw.shutdown(socket.SHUT_WR)
            head = rest(raw)
        assert not head or head.startswith(b"HTTP/1.1 4"), head
        assert front.send(ENDED.request.body).body == answer(ENDED)
        assert "Traceback" not in front.process.said


def test_rewinding_begins_again(replay: Replay) -> None:
    with replay(CALL) as front, front.connect() as wire:
        for one in CALL:
            wire.send(one.request.body)
        rewound = wire.send(path="/.ewstape/rewind")
        assert (rewound.status, rewound.body) == (204, b"")
        assert [wire.send(one.request.body).body for one in CALL] == list(map(answer, CALL))


# --- hostile cassettes ------------------------------------------------------------------------------------------------

HOSTILE = {
    "line break in a value": 'headers: {X-A: "b\\r\\nSet-Cookie: c"}',
    "line feed in a value": 'headers: {X-A: "b\\nSet-Cookie: c"}',
    "colon in a name": '  headers: {"X-A: b": c}',
    "reason": 'reason: "OK\\r\\nSet-Cookie: c"',
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_cassette_is_refused_before_it_can_be_served(
    tmp_path: Path, front_options: tuple[str, ...], line: str
) -> None:
    tape = tmp_path / "tape.yaml"
    tape.write_text(
        "ewstape: 1\n...\n---\noperation: GetItem\nrequest: {body: <x/>}\n"
        f"response:\n  status: 200\n  {line.strip()}\n...\n"
    )
    command = ewstape("replay", tape, "--listen", "127.0.0.1:0", *front_options)
    done = finished(*command, cwd=tmp_path)
    assert done.returncode == 3
    assert "listening" not in done.stderr
    assert str(tape) in done.stderr


def test_recorded_framing_is_not_served(replay: Replay) -> None:
    """A cassette may say what it likes about length and connection: the front says what is true."""
    headers = (("Content-Length", "1"), ("Transfer-Encoding", "chunked"), ("Connection", "close, X-A"), ("X-A", "b"))
    with replay([recorded(Response(status=200, headers=headers, body=b"<body/>"))]) as front, front.connect() as wire:
        for _ in range(2):
            got = wire.send(ENDED.request.body)
            assert (got.headers, got.body) == ((("Content-Length", "7"),), b"<body/>")


# --- logons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("full", [True, False], ids=["full body", "empty body"])
def test_ntlm_is_demanded_once_a_connection(replay: Replay, method: str, full: bool) -> None:
    body = ENDED.request.body if full and method == "POST" else b""
    with replay([ENDED], "--auth", "ntlm") as front:
        with front.connect() as wire:
            first = wire.send(body, method=method)
            assert (first.status, [v for k, v in first.headers if k == "WWW-Authenticate"]) == (401, ["NTLM"])
            challenge = wire.send(body, method=method, headers={"Authorization": f"NTLM {TYPE_1}"})
            assert ntlm_message_type(challenge.header("WWW-Authenticate") or "") == 2
            last = wire.send(body, method=method, headers={"Authorization": f"NTLM {TYPE_3}"})
            assert (last.status, last.body) == (200, answer(ENDED) if body else b"")
            assert wire.send(ENDED.request.body).body == answer(ENDED)
        assert front.send(ENDED.request.body).status == 401
        assert front.process.stop() == 0, front.process.said


def test_basic_is_demanded_of_everyone(replay: Replay) -> None:
    with replay([ENDED], "--auth", "basic") as front, front.connect() as wire:
        refused = wire.send(ENDED.request.body)
        assert (refused.status, refused.header("WWW-Authenticate")) == (401, 'Basic realm="ewstape"')
        assert wire.send(ENDED.request.body, headers={"Authorization": f"NTLM {TYPE_1}"}).status == 401
        assert wire.send(ENDED.request.body, headers=BASIC).body == answer(ENDED)
        assert wire.send(b"", headers=BASIC).status == 200


@pytest.mark.parametrize("options", [["--ntlm"], ["--anyauth"]], ids=lambda options: options[0])
def test_curl_logs_on(replay: Replay, need: Callable[[str], str], tmp_path: Path, options: list[str]) -> None:
    """With --anyauth it asks first, and takes the best of what is offered."""
    body = tmp_path / "body.xml"
    body.write_bytes(ENDED.request.body)
    for auth in ("ntlm",) if "--ntlm" in options else ("basic", "ntlm"):
        with replay([ENDED], "--auth", auth) as front:
            command = [need("curl"), "--disable", "--silent", "--noproxy", "*", *options, "-u", "a:b", front.url + EWS]
            command += ["-H", "Content-Type: text/xml", "--data-binary", f"@{body}"]
            assert subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True).stdout == answer(ENDED)
            assert front.process.stop() == 0


def test_requests_ntlm_logs_on(replay: Replay) -> None:
    pytest.importorskip("requests_ntlm")
    import requests
    from requests_ntlm import HttpNtlmAuth

    with replay([ENDED], "--auth", "ntlm") as front, requests.Session() as session:
        session.trust_env = False
        session.auth = HttpNtlmAuth("u", "p")
        for _ in range(2):
            got = session.post(
                front.url + EWS, data=ENDED.request.body, headers={"Content-Type": "text/xml"}, timeout=PATIENCE
            )
            assert got.content == answer(ENDED)


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "status"), [("busy", 500), ("unavailable", 503), ("unauthorized", 401)])
def test_a_fault_comes_in_place_of_the_answer_and_is_marked(replay: Replay, kind: str, status: int) -> None:
    settings = f"faults: [{{fault: {kind}, every: 2, back_off_ms: 250}}]\n"
    with replay([ENDED], settings=settings) as front, front.connect() as wire:
        assert wire.send(ENDED.request.body).body == answer(ENDED)
        got = wire.send(ENDED.request.body)
        assert (got.status, got.header("X-Ewstape-Fault")) == (status, kind)
        assert (b'Name="BackOffMilliseconds">250<' in got.body) == (kind == "busy")
        assert wire.send(ENDED.request.body).body == answer(ENDED)
        assert front.process.stop() == 0
        assert f"fault put in: {kind}" in front.process.said
        assert f"faults put in: 1 {kind}" in front.process.said


def test_a_reset_breaks_the_connection(replay: Replay) -> None:
    with replay([ENDED], settings="faults: [{fault: reset}]\n") as front:
        with pytest.raises((ConnectionResetError, ConnectionAbortedError)) as raised:
            front.send(ENDED.request.body)
        assert isinstance(raised.value, OSError)


def test_a_delayed_answer_arrives(replay: Replay) -> None:
    with replay([ENDED], settings="faults: [{fault: delay, seconds: 0.01}]\n") as front:
        got = front.send(ENDED.request.body)
    assert (got.body, got.header("X-Ewstape-Fault")) == (answer(ENDED), "delay")


def test_a_truncated_answer_ends_with_the_connection(replay: Replay) -> None:
    import http.client

    with (
        replay([ENDED], settings="faults: [{fault: truncated}]\n") as front,
        pytest.raises(http.client.IncompleteRead) as raised,
    ):
        front.send(ENDED.request.body)
    body = answer(ENDED)
    assert (raised.value.partial, raised.value.expected) == (body[: len(body) // 2], len(body) - len(body) // 2)


def connect(url: str) -> socket.socket:
    where = urlsplit(url)
    return socket.create_connection((where.hostname, where.port), timeout=PATIENCE)


def until(raw: socket.socket, end: bytes) -> bytes:
    got = b""
    while not got.endswith(end):
        piece = raw.recv(65536)
        assert piece, got
        got += piece
    return got


def rest(raw: socket.socket) -> bytes:
    got = b""
    try:
        while piece := raw.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    return got


def test_https_is_answered_for_who_trusts_the_proxys_authority(write_tape: Callable[..., Path], tmp_path: Path) -> None:
    command = ("replay", write_tape([ENDED]), "--https", "--ca-dir", tmp_path / "ca", "--listen", "127.0.0.1:0")
    with running(*ewstape(*command)) as process:
        assert process.url.startswith("https://127.0.0.1:")
        answered = requests.post(
            process.url + EWS,
            data=ENDED.request.body,
            headers={"Content-Type": "text/xml"},
            verify=str(tmp_path / "ca" / "mitmproxy-ca-cert.pem"),
            timeout=PATIENCE,
        )
        assert answered.content == answer(ENDED)
