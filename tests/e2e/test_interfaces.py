"""What people see in mitmproxy's own programs: mitmdump's output, mitmweb in a browser, mitmproxy on a terminal."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from processes import PATIENCE, ROOT, Process, free_port, running

from ewstape.cassette import Cassette

TAPE = ROOT / "cassettes" / "play-on-phone.yaml"
CALL = list(Cassette.open(TAPE))
OPERATION = "operation: PlayOnPhone  # PlayOnPhone2 in MS-OXWUMS"
SUMMARY = "hung up by the client"


def program(name: str, folder: Path, port: int, *arguments: str) -> tuple[str, ...]:
    """One of mitmproxy's programs, with our script, replaying a call."""
    options = {"confdir": folder / "ca", "ewstape_cassette": TAPE, "ewstape_record_mode": "none"}
    sets = [word for option, value in options.items() for word in ("--set", f"{option}={value}")]
    mode = ("--mode", "reverse:http://ewstape.invalid", "--listen-host", "127.0.0.1", "--listen-port", str(port))
    start = (sys.executable, "-c", f"from mitmproxy.tools.main import {name}; {name}()")
    return (*start, "-s", str(ROOT / "addons" / "ews_tape.py"), *sets, *mode, *arguments)


@contextmanager
def started(tmp_path: Path, port: int, command: tuple[str, ...]) -> Iterator[Process]:
    """The program as a process that listens; its log goes to stdout, and the helper reads stderr."""
    with running("sh", "-c", 'exec "$@" 1>&2', "sh", *command, cwd=tmp_path) as process:
        process.wait_for(f"listening at 127.0.0.1:{port}")
        yield process


def place_the_call(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    for one in CALL:
        client.request("POST", "/EWS/Exchange.asmx", one.request.body, {"Content-Type": "text/xml"})
        assert client.getresponse().read()
    client.close()


def test_mitmdump_prints_messages_decoded(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, port, program("mitmdump", tmp_path, port, "--set", "flow_detail=4")) as dump:
        place_the_call(port)
        dump.wait_for(SUMMARY)
        assert dump.stop() == 0
    assert dump.said.count(OPERATION) == 2
    assert "phone_call_state: Connected" in dump.said


def test_mitmweb_shows_messages_decoded_in_a_browser(tmp_path: Path, need: Callable[[str], str]) -> None:
    browser = need("chromium")
    port, web_port = free_port(), free_port()
    arguments = ("--no-web-open-browser", "--web-port", str(web_port), "--set", "web_password=sesame")
    with started(tmp_path, port, program("mitmweb", tmp_path, port, *arguments)) as web:
        web.wait_for("Web server listening")
        place_the_call(port)
        url = f"http://127.0.0.1:{web_port}"
        with urlopen(f"{url}/flows?token=sesame", timeout=PATIENCE) as answer:
            flows: list[dict[str, Any]] = json.load(answer)
        assert [flow["marked"] for flow in flows] == ["▶"] * 6
        assert flows[3]["comment"].startswith("GetPhoneCallInformation  call a275  Success  Connected")
        page = subprocess.run(
            [
                *(browser, "--headless", "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])),
                *(f"--user-data-dir={tmp_path / 'browser'}", "--virtual-time-budget=10000", "--dump-dom"),
                f"{url}/?token=sesame#/flows/{flows[3]['id']}/response",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
    assert "operation: GetPhoneCallInformation" in page
    assert "phone_call_state: Connected" in page


@contextmanager
def terminal(tmux: str, folder: Path, command: tuple[str, ...]) -> Iterator[Callable[..., str]]:
    """A terminal that runs a program. Calling it presses keys, and gives the screen as soon as it holds a text."""

    def run(*arguments: str) -> str:
        return subprocess.run(
            [tmux, "-L", "tests", *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
            env={**os.environ, "TMUX_TMPDIR": str(folder), "LC_ALL": "C.UTF-8"},
        ).stdout

    def press(text: str, *keys: str) -> str:
        if keys:
            run("send-keys", *keys)
        deadline = time.monotonic() + PATIENCE
        while text not in (screen := run("capture-pane", "-p")):
            assert time.monotonic() < deadline, f"no {text!r} on:\n{screen}"
        return screen

    run("new-session", "-d", "-x", "140", "-y", "40", *command)
    try:
        yield press
    finally:
        run("kill-server")


def test_mitmproxy_shows_marks_and_messages_and_has_the_commands(tmp_path: Path, need: Callable[[str], str]) -> None:
    tmux, port, saved = need("tmux"), free_port(), tmp_path / "saved.yaml"
    with terminal(tmux, tmp_path, program("mitmproxy", tmp_path, port)) as press:
        press(f"[127.0.0.1:{port}]")
        place_the_call(port)
        press("[1/6]")
        assert press("1.1k").count("▶") == 6
        press(": ewstape.calls", ":ewstape.calls")
        press(SUMMARY, "Enter")
        press("[1/6]", "q")
        press("saved.yaml", f":ewstape.save @all {saved}")
        press("saved 6 interactions", "Enter")
        press(OPERATION, "Enter")
        press("Comment: PlayOnPhone2  call a275", "Tab", "Tab")
    assert [str(one.operation) for one in Cassette.open(saved)] == [str(one.operation) for one in CALL]
