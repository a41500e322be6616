"""What goes wrong inside, or before, never lets anything out."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENDPOINT = "/EWS/Exchange.asmx"
HOOKS = (
    "client_connected",
    "requestheaders",
    "request",
    "responseheaders",
    "response",
    "error",
    "client_disconnected",
    "http_connect",
    "tls_clienthello",
    "server_connect",
    "server_connect_error",
)
BROKEN = '''
from ewstape.proxy.addon import EwsTape

class Broken(EwsTape):
    """Raises in every hook while `broken` is the hook's name."""

broken = ""

def breaking(name):
    def hook(self, *arguments):
        global broken
        if name == "requestheaders":
            broken = arguments[0].request.headers.get("X-Break", "")
        if broken == name or broken == "all":
            raise RuntimeError(name)
        original = getattr(EwsTape, name, None)
        return original(self, *arguments) if original else None
    return hook

for name in {hooks!r}:
    setattr(Broken, name, breaking(name))
addons = [Broken()]
'''
INSIDE = """
from ewstape.proxy.addon import EwsTape
from ewstape.proxy.replaying import Replaying

def fail(self, flow):
    raise RuntimeError("inside")

Replaying.request = fail
addons = [EwsTape()]
"""
BAD_SCRIPT = "raise RuntimeError('half written')\n"


def get(tripwire: Any, *headers: str) -> bytes:
    lines = (f"GET http://{tripwire}{ENDPOINT} HTTP/1.1", f"Host: {tripwire}", *headers, "Connection: close", "", "")
    return "\r\n".join(lines).encode()


def quiet(wired: Any, tripwire: Any) -> bool:
    return wired.attempts == [] and tripwire.touched == 0


def test_an_exception_in_any_hook_lets_nothing_out(
    mitmdump: Any, tripwire: Any, cassette: Path, tmp_path: Path, talk: Callable[..., bytes]
) -> None:
    script = tmp_path / "broken.py"
    script.write_text(BROKEN.replace("{hooks!r}", repr(HOOKS)), "utf-8")
    with mitmdump("--mode", "regular@127.0.0.1:0", script=script, cassette=cassette) as wired:
        address = wired.listening("HTTP(S) proxy")
        for hook in (*HOOKS, "all"):
            answer = talk(address, get(tripwire, f"X-Break: {hook}"))
            assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")), hook
            connect = f"CONNECT {tripwire} HTTP/1.1\r\nX-Break: {hook}\r\n\r\n".encode()
            talk(address, connect, b"\0\1raw")
            assert quiet(wired, tripwire), hook
        assert "RuntimeError: request" in wired.process.said


def test_an_exception_while_a_request_is_answered_is_the_answer(
    mitmdump: Any, tripwire: Any, cassette: Path, tmp_path: Path, talk: Callable[..., bytes]
) -> None:
    script = tmp_path / "inside.py"
    script.write_text(INSIDE, "utf-8")
    with mitmdump("--mode", f"reverse:http://{tripwire}@127.0.0.1:0", script=script, cassette=cassette) as wired:
        answer = talk(wired.listening(f"reverse proxy to http://{tripwire}"), get(tripwire))
        assert answer.startswith(b"HTTP/1.1 500")
        assert answer.endswith(b"ewstape failed to answer: RuntimeError\n")
        assert quiet(wired, tripwire)


@pytest.mark.parametrize("record_mode", ["none", "all"])
def test_a_script_that_fails_to_load_again_leaves_everything_shut(  # noqa: PLR0913, PLR0917  a parameter and what fixtures bring
    mitmdump: Any, tripwire: Any, cassette: Path, tmp_path: Path, talk: Callable[..., bytes], record_mode: str
) -> None:
    """Also after a recording: its traffic would pass unrecorded."""
    script = tmp_path / "ews_tape.py"
    script.write_text("from ewstape.proxy.addon import EwsTape\naddons = [EwsTape()]\n", "utf-8")
    tape = cassette if record_mode == "none" else tmp_path / "tape.yaml"
    mode = f"reverse:http://{tripwire}@127.0.0.1:0"
    with mitmdump("--mode", mode, script=script, cassette=tape, record_mode=record_mode) as wired:
        address = wired.listening(f"reverse proxy to http://{tripwire}")
        script.write_text(BAD_SCRIPT, "utf-8")
        os.utime(script, (2**31, 2**31))
        wired.process.wait_for("half written")
        answer = talk(address, get(tripwire))
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"ewstape is not running" in answer
        assert quiet(wired, tripwire)


BAD_TAPES = {"no cassette": "hello", "torn header": "ewstape: 1\n", "of another version": "ewstape: 99\n...\n"}


@pytest.mark.parametrize("text", BAD_TAPES.values(), ids=BAD_TAPES)
def test_a_broken_cassette_is_refused_at_the_start(wired: Any, tripwire: Any, tmp_path: Path, text: str) -> None:
    tape = tmp_path / "tape.yaml"
    tape.write_text(text, "utf-8")
    with wired("ewstape.cli:main", "replay", tape, "--forward", "--listen", "127.0.0.1:0") as program:
        assert program.process.popen.wait(timeout=20) == 3
        assert quiet(program, tripwire)


def test_mitmdump_does_not_start_with_a_broken_cassette(mitmdump: Any, tripwire: Any, tmp_path: Path) -> None:
    tape = tmp_path / "tape.yaml"
    tape.write_text("ewstape: 99\n...\n", "utf-8")
    with mitmdump("--mode", f"reverse:http://{tripwire}@127.0.0.1:0", cassette=tape) as wired:
        assert wired.process.popen.wait(timeout=20) == 1
        assert quiet(wired, tripwire)


def test_an_empty_tape_answers_nothing(ewstape: Any, tripwire: Any, tmp_path: Path, talk: Callable[..., bytes]) -> None:
    tape = tmp_path / "tape.yaml"
    tape.write_text("ewstape: 1\nrecorded: 2026-11-23T09:14:07Z\n...\n", "utf-8")
    with ewstape("replay", tape, "--forward") as wired:
        assert talk(wired.at, get(tripwire)).startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))
        assert quiet(wired, tripwire)
