"""One thread while anybody needs it, and nothing of it afterwards."""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from processes import ROOT

import ewstape
from ewstape.testing.background import BACKGROUND, Background
from ewstape.testing.journal import Journal

type Ask = Callable[..., bytes]


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted under /proc")


def test_the_thread_lives_as_long_as_its_leases() -> None:
    background = Background()
    before = threading.active_count()
    with background:
        with background:
            assert threading.active_count() == before + 1
        assert background.call(threading.get_ident) != threading.get_ident()
    assert threading.active_count() == before


def test_what_is_raised_in_the_loop_is_raised_here() -> None:
    with BACKGROUND, pytest.raises(ZeroDivisionError):
        BACKGROUND.call(lambda: 1 // 0)


def test_what_is_entered_once_is_left_at_the_end() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def made() -> AsyncIterator[object]:
        seen.append("entered")
        yield seen
        seen.append("left")

    async def both() -> bool:
        one, other = await asyncio.gather(background.once(made), background.once(made))
        return one is other

    background = Background()
    with background:
        assert background.run(both())
        assert seen == ["entered"]
    assert seen == ["entered", "left"]


@needs_proc
def test_nothing_is_left_after_many_cassettes(call: Path, ask: Ask, ca: Path) -> None:
    """Connections that clients keep open are closed from here, with both fronts."""

    def use() -> None:
        with ewstape.use_cassette(call, ca_dir=ca) as cassette:
            ask(cassette.url, cassette.interactions[0])
            kept = [
                socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
                for url in (cassette.base_url, cassette.proxy_url)
            ]
            kept[0].sendall(b"GET /")  # a request that never ends
        for client in kept:
            client.settimeout(5)
            assert client.recv(1) == b""
            client.close()

    use()  # what is made once stays: modules, the proxy's authority
    gc.collect()
    before = threading.active_count(), open_files()
    for _ in range(10):
        use()
    gc.collect()
    assert (threading.active_count(), open_files()) == before


def test_a_late_request_meets_nobody(call: Path, ask: Ask) -> None:
    with BACKGROUND:
        with ewstape.use_cassette(call) as one:
            url = one.url
        with ewstape.use_cassette(call) as other:
            assert other.url != url
            with pytest.raises(OSError, match="refused"):
                ask(url, other.interactions[0])
            assert other.requests == ()


def test_an_answer_under_way_ends_with_its_cassette(call: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that waits for a late answer is cut off, and does not hold up the next test."""
    asked, note = threading.Event(), Journal.note

    def noted(journal: Journal, *arguments: Any) -> None:
        note(journal, *arguments)
        asked.set()

    monkeypatch.setattr(Journal, "note", noted)
    with ewstape.use_cassette(
        call,
        faults=[{"fault": "delay", "seconds": 60, "every": 1}],  # type: ignore[arg-type]
    ) as cassette:
        waiting = threading.Thread(target=_swallowing, args=(ask, cassette.url, cassette.interactions[0]))
        waiting.start()
        assert asked.wait(5)  # it is being answered
        assert cassette.requests
    waiting.join(5)
    assert not waiting.is_alive()


def _swallowing(ask: Ask, *arguments: object) -> None:
    with suppress(OSError, HTTPException):  # whichever way it is cut off
        ask(*arguments)


SCRIPT = """
import sys, threading, ewstape
print("ready", flush=True)
with ewstape.use_cassette({call!r}, ca_dir={ca!r}) as cassette:
    print(cassette.url, cassette.proxy_url, flush=True)
    {rest}
"""


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("threading.Event().wait(60)", -signal.SIGINT),
        ("sys.exit(7)", 7),
        ("ewstape.use_cassette({call!r}).__enter__().url; sys.exit(0)", 0),
    ],
    ids=["interrupted", "exit", "never closed"],
)
def test_a_process_ends_cleanly_however_it_ends(call: Path, ca: Path, rest: str, status: int) -> None:
    """No warning of an unclosed socket or loop, no traceback but the interrupt's own, no hanging thread."""
    script = SCRIPT.format(call=str(call), ca=str(ca), rest=rest.format(call=str(call)))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "addons")}
    with subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        if status < 0:
            process.send_signal(-status)
        _, said = process.communicate(timeout=20)
    assert process.returncode == status
    assert "Warning" not in said
    assert said == "" or said.endswith("KeyboardInterrupt\n")
