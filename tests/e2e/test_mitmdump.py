"""The addon in mitmproxy's own program, from the checkout: it records, replays, listens and fails as it should."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from processes import ROOT, Process, free_port, running

from ewstape.cassette import Cassette
from ewstape.errors import MISSED
from ewstape.sandbox import Sandbox

MITMDUMP = Path(__file__).parents[1] / "support" / "mitmdump.py"
SCRIPT = ROOT / "addons" / "ews_tape.py"
FOLDER = ROOT / "tests" / "wire_samples" / "get-folder.request.xml"
ENDPOINT = "/EWS/Exchange.asmx"


@contextmanager
def mitmdump(tmp_path: Path, *arguments: str, forked: bool = True, **settings: object) -> Iterator[Process]:
    """Mitmdump with the script, on a free port unless the arguments say otherwise."""
    sets = [word for name, value in settings.items() for word in ("--set", f"ewstape_{name}={value}")]
    command = (sys.executable, str(MITMDUMP), "-s", str(SCRIPT), "--set", f"confdir={tmp_path / 'ca'}", *sets)
    with running(*command, *arguments, cwd=tmp_path, forked=forked) as process:
        yield process


def test_records_and_replays_in_reverse_mode(tmp_path: Path, play: Callable[..., list[str]]) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}{ENDPOINT}"
    with Sandbox() as server:
        arguments = ("--mode", f"reverse:{server.origin}", "--listen-port", str(port))
        with mitmdump(tmp_path, *arguments, cassette="tape.yaml", record_mode="all", forked=False) as recorder:
            recorder.wait_for(f"listening at 127.0.0.1:{port}")
            live = play("requests_ntlm", url)
    assert len(Cassette.open(tmp_path / "tape.yaml")) == 6
    arguments = ("--mode", "reverse:http://ewstape.invalid", "--listen-port", str(port))
    with mitmdump(tmp_path, *arguments, cassette="tape.yaml", record_mode="none", forked=False) as tape:
        tape.wait_for(f"listening at 127.0.0.1:{port}")
        assert play("requests_ntlm", url) == live
        assert play("requests_ntlm", url) == live


def test_records_and_replays_in_regular_mode(tmp_path: Path, play: Callable[..., list[str]]) -> None:
    port = free_port()
    proxy = f"http://127.0.0.1:{port}"
    with Sandbox() as server:
        url = server.url
        with mitmdump(tmp_path, "--listen-port", str(port), cassette="tape.yaml", record_mode="all") as recorder:
            recorder.wait_for(f"listening at 127.0.0.1:{port}")
            live = play("requests_ntlm", url, proxy=proxy)
    with mitmdump(tmp_path, "--listen-port", str(port), cassette="tape.yaml", record_mode="none") as tape:
        tape.wait_for(f"listening at 127.0.0.1:{port}")
        assert play("requests_ntlm", url, proxy=proxy) == live


def test_a_miss_ends_it_with_status_4_and_other_addons_write_what_they_have(tmp_path: Path) -> None:
    port = free_port()
    arguments = ("--mode", "reverse:http://ewstape.invalid", "--listen-port", str(port), "--set", "hardump=all.har")
    with mitmdump(tmp_path, *arguments, cassette=ROOT / "cassettes/play-on-phone.yaml") as tape:
        tape.wait_for(f"listening at 127.0.0.1:{port}")
        answer = requests.post(f"http://127.0.0.1:{port}{ENDPOINT}", data=FOLDER.read_bytes(), timeout=60)
        assert answer.status_code == 500
        assert tape.stop() == MISSED, tape.said
    assert "Traceback" not in tape.said
    assert (tmp_path / "all.har").exists()


def listeners(port: int) -> set[str]:
    """The addresses on which this machine listens at a TCP port, as /proc/net/tcp has them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text("ascii").splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                found.add(address)
    return found


LOOPBACK = "0100007F"
ANY4, ANY6 = "00000000", "0" * 32
linux = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads listeners from Linux's /proc")


@linux
def test_without_a_host_it_listens_on_loopback_only(tmp_path: Path) -> None:
    port = free_port()
    with mitmdump(tmp_path, "--listen-port", str(port), cassette=ROOT / "cassettes/play-on-phone.yaml") as process:
        process.wait_for(f"listening at 127.0.0.1:{port}")
        assert listeners(port) == {LOOPBACK}


@linux
def test_a_host_that_was_asked_for_is_kept(tmp_path: Path) -> None:
    port = free_port()
    arguments = ("--listen-host", "0.0.0.0", "--listen-port", str(port))
    with mitmdump(tmp_path, *arguments, cassette=ROOT / "cassettes/play-on-phone.yaml") as process:
        process.wait_for("listening at *:")
        assert listeners(port) == {ANY4}


MISTAKES = {
    "mistyped option": ({"casette": "x.yaml"}, "unknown setting 'casette', did you mean 'cassette'?"),
    "not a mode": ({"cassette": "x.yaml", "record_mode": "sometimes"}, "record_mode: invalid enum value 'sometimes'"),
    "no such cassette": ({"cassette": "missing.yaml"}, "missing.yaml: there is no such cassette"),
    "no such config": ({"cassette": "x.yaml", "config": "missing.yaml"}, "missing.yaml: No such file or directory"),
}


@pytest.mark.parametrize(("settings", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_ends_the_start_with_one_line(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    with mitmdump(tmp_path, "--listen-port", str(free_port()), **settings) as process:
        assert process.popen.wait(timeout=60) != 0
        process.stop()
        assert message in process.said
        assert "Traceback" not in process.said
        assert sum("ewstape:" in line for line in process.lines) == 1
