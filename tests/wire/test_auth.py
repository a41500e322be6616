import base64
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
import spnego
import spnego._ntlm_raw.messages as ntlm
from hypothesis import given
from hypothesis import strategies as st
from requests_ntlm import HttpNtlmAuth

from ewstape.wire.auth import challenge_schemes, ntlm_challenge, ntlm_message_type, scheme_of


def header(scheme: str, token: bytes) -> str:
    return f"{scheme} {base64.b64encode(token).decode()}"


def message(kind: int, rest: bytes = bytes(24)) -> bytes:
    return b"NTLMSSP\0" + kind.to_bytes(4, "little") + rest


@pytest.mark.parametrize(
    ("value", "scheme"),
    [
        ("Basic dXNlcjpwYXNzd29yZA==", "Basic"),
        ("bearer eyJhbGciOi.J9.x", "Bearer"),
        ("  NTLM TlRMTVNTUAAB", "NTLM"),
        ("NEGOTIATE", "Negotiate"),
        ('Digest username="u", realm="r"', "Digest"),
        ('Basic realm="mail.example.com"', "Basic"),
        ("NTLM,Basic", "NTLM"),
        ("dXNlcjpwYXNzd29yZA==", ""),
        ("BasicdXNlcjpwYXNzd29yZA==", ""),
        ("hunter2", ""),
        ("hunter2 Basic", ""),
        ("Basic=x", ""),
        ("", ""),
        (" ", ""),
    ],
)
def test_the_scheme_is_the_first_word_if_it_is_a_known_scheme(value: str, scheme: str) -> None:
    assert scheme_of(value) == scheme


@given(st.text())
def test_a_value_gives_nothing_away_but_a_known_scheme(secret: str) -> None:
    assert scheme_of(f"zz{secret}") == ""
    assert scheme_of(f"Basic {secret}") == "Basic"
    assert scheme_of(f"Bearer{secret}") in {"", "Bearer"}
    assert challenge_schemes([f'NTLM, Digest realm="{secret}'])[:2] == ("NTLM", "Digest")


@pytest.mark.parametrize(
    ("values", "schemes"),
    [
        (["Negotiate", "NTLM", 'Basic realm="mail.example.com"'], ("Negotiate", "NTLM", "Basic")),
        (['Negotiate, NTLM,Basic realm="a, NTLM \\" Digest", charset="UTF-8"'], ("Negotiate", "NTLM", "Basic")),
        (['Bearer client_id="00000002", trusted_issuers="x@*", token_types="app_asserted_user_v1"'], ("Bearer",)),
        ([ntlm_challenge()], ("NTLM",)),
        (["NTLM", "ntlm"], ("NTLM",)),
        (['Basic realm="never closed, NTLM'], ("Basic",)),
        (["", ",,", "hunter2"], ()),
        ([], ()),
    ],
    ids=["a header each", "one header", "parameters", "with a token", "twice", "open quote", "nothing known", "none"],
)
def test_the_schemes_of_a_challenge_are_read_in_order(values: list[str], schemes: tuple[str, ...]) -> None:
    assert challenge_schemes(values) == schemes


def test_ntlm_messages_of_a_real_client_are_told_apart() -> None:
    client = spnego.client("DOM\\user", "password", protocol="ntlm")
    first, challenge = client.step(), ntlm_challenge()
    last = client.step(base64.b64decode(challenge.removeprefix("NTLM ")))
    assert first
    assert last
    values = [header("NTLM", first), challenge, header("ntlm", last), header("Negotiate", last)]
    assert [ntlm_message_type(value) for value in values] == [1, 2, 3, 3]


def test_ntlm_inside_spnego_is_told_apart_and_answered_inside_spnego() -> None:
    """A client of the scheme Negotiate that has no Kerberos wraps its NTLM messages."""
    client = spnego.client("DOM\\user", "password", protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate)
    first = client.step()
    assert first
    assert not first.startswith(b"NTLMSSP")
    challenge = ntlm_challenge(header("Negotiate", first))
    last = client.step(base64.b64decode(challenge.removeprefix("Negotiate ")))
    assert last
    values = [header("Negotiate", first), challenge, header("Negotiate", last)]
    assert [ntlm_message_type(value) for value in values] == [1, 2, 3]


@pytest.mark.parametrize(
    ("leg", "begins"),
    [
        (header("NTLM", message(1)), "NTLM TlRMTVNTUAAC"),
        (header("ntlm", message(1)), "NTLM TlRMTVNTUAAC"),
        (header("Negotiate", message(1)), "Negotiate TlRMTVNTUAAC"),
        (header("Negotiate", b"\x60\x06" + message(1)), "Negotiate oYH"),
        ("Basic x", "NTLM TlRMTVNTUAAC"),
    ],
    ids=["NTLM", "lower case", "bare in Negotiate", "wrapped", "no NTLM at all"],
)
def test_a_leg_is_answered_in_kind(leg: str, begins: str) -> None:
    assert ntlm_challenge(leg).startswith(begins)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "NTLM",
        "NTLM ",
        "NTLM ====",
        "NTLM A",
        "NTLM \u0100\ud800",
        header("NTLM", b"NTLMSSP"),
        header("NTLM", b"NTLMSSP\0"),
        header("NTLM", b"NTLMSSP\0\1\0\0"),
        header("NTLM", message(0)),
        header("NTLM", message(4)),
        header("NTLM", message(0x0100_0001)),
        header("Basic", message(1)),
        header("Bearer", message(1)),
        header("Negotiate", b"\x60\x82\x01\x00 a Kerberos ticket"),
        "NTLMTlRMTVNTUAABAAAA",
    ],
)
def test_what_carries_no_ntlm_message_has_no_type(value: str) -> None:
    assert ntlm_message_type(value) is None


@given(st.text() | st.binary().map(lambda token: header("Negotiate", token)) | st.text().map("NTLM ".__add__))
def test_garbage_is_never_an_error(value: str) -> None:
    assert ntlm_message_type(value) in {None, 1, 2, 3}
    assert ntlm_challenge(value).split(" ")[0] in {"NTLM", "Negotiate"}


def test_base64_without_its_padding_is_read() -> None:
    assert ntlm_message_type(header("NTLM", message(3, b"x")).rstrip("=")) == 3


def test_the_challenge_is_well_formed_and_made_up() -> None:
    challenge = ntlm.Challenge.unpack(base64.b64decode(ntlm_challenge().removeprefix("NTLM ")))
    assert (challenge.target_name, challenge.server_challenge) == ("EWSTAPE", b"ewstape!")
    info = challenge.target_info
    assert info is not None
    assert dict(info) == {
        ntlm.AvId.nb_domain_name: "EWSTAPE",
        ntlm.AvId.nb_computer_name: "EWSTAPE",
        ntlm.AvId.dns_domain_name: "example.com",
        ntlm.AvId.dns_computer_name: "ewstape.example.com",
        ntlm.AvId.eol: b"",
    }
    wanted = ntlm.NegotiateFlags.unicode | ntlm.NegotiateFlags.ntlm | ntlm.NegotiateFlags.target_info
    assert challenge.flags & wanted == wanted
    assert challenge.flags & ntlm.NegotiateFlags.extended_session_security
    assert ntlm_challenge() == ntlm_challenge()


@contextmanager
def challenging_server() -> Iterator[tuple[str, list[int | None]]]:
    """A server that lets nobody in without an NTLM handshake; yields its URL and the message types it has seen."""
    seen: list[int | None] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            authorization = self.headers.get("Authorization", "")
            seen.append(ntlm_message_type(authorization))
            done = seen[-1] == 3
            self.send_response(200 if done else 401)
            if not done:
                self.send_header("WWW-Authenticate", ntlm_challenge(authorization) if seen[-1] == 1 else "NTLM")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Tests are silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", seen
        finally:
            server.shutdown()
            thread.join()


def test_requests_ntlm_logs_on_with_the_made_up_challenge() -> None:
    with challenging_server() as (url, seen), requests.Session() as session:
        answer = session.post(url, data=b"<x/>", auth=HttpNtlmAuth("DOM\\user", "password"), timeout=20)
        assert (answer.status_code, answer.text) == (200, "ok")
    assert seen == [None, 1, 3]


def test_curl_logs_on_with_the_made_up_challenge(need: Callable[[str], str]) -> None:
    curl = [need("curl"), "-sS", "--noproxy", "*", "--max-time", "20", "--ntlm", "-u", "DOM\\user:password"]
    with challenging_server() as (url, seen):
        done = subprocess.run(
            [*curl, "-d", "<x/>", "-w", " %{http_code}", url], capture_output=True, text=True, check=False
        )
    assert (done.stdout, done.stderr) == ("ok 200", "")
    assert seen == [1, 3]
