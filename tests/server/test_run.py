"""The server as a process: what it loads, how it starts and how it ends."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from processes import PATIENCE, ROOT, ewstape, running

TAPE = ROOT / "cassettes/play-on-phone.yaml"


def test_nothing_of_mitmproxy_is_loaded(tmp_path: Path) -> None:
    """Nor any HTTP client but the standard library's, which nothing here calls."""
    script = (
        "import sys, ewstape.cli.replay, ewstape.server\n"
        "print([name for name in sys.modules if name.partition('.')[0] in {'mitmproxy', 'requests', 'h11', 'rich'}])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_its_report(tmp_path: Path, number: signal.Signals) -> None:
    with running(*ewstape("replay", TAPE, "--listen", "127.0.0.1:0"), cwd=tmp_path, forked=False) as process:
        assert process.url.startswith("http://127.0.0.1:")
        assert process.stop(number) == 0
        assert "replayed 0 of 6 interactions" in process.said
        assert "Traceback" not in process.said


def test_an_idle_connection_does_not_hold_it_up(tmp_path: Path) -> None:
    with running(*ewstape("replay", TAPE, "--listen", "127.0.0.1:0"), cwd=tmp_path) as process:
        host, _, port = process.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE):
            assert process.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["missing.yaml"], 3, "there is no such cassette"),
        (
            [TAPE, "--misses", "no/such/folder.jsonl"],
            2,
            "misses: no/such/folder.jsonl: cannot be written: No such file",
        ),
        ([TAPE, "--latency", "fast"], 2, "latency: 'fast' is none of none, recorded, or a factor"),
        ([TAPE, "--fail-on", "everything"], 2, "fail_on"),
        ([TAPE, "--listen", "192.0.2.1:1"], 2, "cannot listen on 192.0.2.1:1: "),
    ],
)
def test_what_cannot_be_done_is_one_line_and_a_status(
    tmp_path: Path, arguments: list[object], status: int, message: str
) -> None:
    command = ewstape("replay", "--listen", "127.0.0.1:0", *arguments)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == status
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_address_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = ewstape("replay", TAPE, "--listen", address)
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert f"cannot listen on {address}: Address already in use" in done.stderr
