"""Real processes over real sockets: our commands, mitmdump, and the clients under tests/clients."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest
from forked import Forked

ROOT = Path(__file__).parents[2]
CLIENTS = Path(__file__).parents[1] / "clients"
RAW = {"EWSTAPE_REDACTION": "false"}
"""Recorders under test write what they are sent, so that it can be compared; tests of redaction say otherwise."""
FORKING = sys.platform == "linux"
"""Whether processes can be forked off one that has imported everything (see `fork_server.py`)."""
PATIENCE = 20
"""Seconds after which a process that says nothing counts as hung; no test waits that long unless it fails."""


def lacking(reason: str) -> NoReturn:
    """Skips a test for want of something, or fails it where nothing may be skipped."""
    (pytest.fail if os.environ.get("EWSTAPE_TESTS_SKIP_NOTHING") else pytest.skip)(reason)


def free_port() -> int:
    """A port of loopback that nobody listens on, for programs that cannot be told to take any."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Process:
    """A command that is running, and what it said so far (on stderr, if that is piped)."""

    popen: "subprocess.Popen[str] | Forked"
    lines: list[str] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _reader: threading.Thread | None = None
    _closed: bool = False

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        pipe = self.popen.stderr or self.popen.stdout
        assert pipe is not None
        for line in pipe:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._closed = True
            self._news.notify_all()

    def wait_for(self, text: str) -> str:
        """The first line that holds the text, as soon as it is there."""

        def found() -> str | None:
            return next((line for line in self.lines if text in line), None)

        with self._news:
            self._news.wait_for(lambda: found() or self._closed, timeout=PATIENCE)
        line = found()
        assert line is not None, f"no {text!r} in:\n{self.said}"
        return line

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.wait_for("listening on ").partition("listening on ")[2]

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends it and gives its exit status."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        status = self.popen.wait(timeout=PATIENCE)
        assert self._reader is not None
        self._reader.join(timeout=PATIENCE)
        return status


@contextmanager
def running(
    *command: str, cwd: Path | None = None, env: dict[str, str] | None = None, forked: bool = True
) -> Iterator[Process]:
    """A command as a process that is gone at the end.

    A Python program is forked off a process that has its imports behind it, where that can be had; with `forked=False`
    it is started as users start it.
    """
    environment = {**os.environ, **RAW, **(env or {})}
    if forked and FORKING and command[0] == sys.executable:
        popen: subprocess.Popen[str] | Forked = Forked(command[1:], cwd=cwd, env=environment)
    else:
        null = subprocess.DEVNULL
        popen = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=null, text=True, cwd=cwd, env=environment)
    with popen:
        process = Process(popen)
        try:
            yield process
        finally:
            process.stop(signal.SIGKILL if sys.exc_info()[0] else signal.SIGTERM)


def finished(
    *command: str, cwd: Path | None = None, env: dict[str, str] | None = None, timeout: float = PATIENCE
) -> "subprocess.CompletedProcess[str]":
    """Runs a Python program to its end, forked off as by `running`; its stdin is empty."""
    if not FORKING:
        return subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        files = {"stdout": said.fileno(), "stderr": complained.fileno()}
        with Forked(command[1:], cwd=cwd, env=env, **files) as popen:
            try:
                status = popen.wait(timeout)
            finally:
                popen.kill()
        said.seek(0)
        complained.seek(0)
        return subprocess.CompletedProcess(command, status, said.read(), complained.read())


def python(script: Path, *arguments: object) -> tuple[str, ...]:
    """The command line of a script."""
    return (sys.executable, str(script), *map(str, arguments))


def ewstape(*arguments: object) -> tuple[str, ...]:
    """Our command line."""
    return (sys.executable, "-m", "ewstape", *map(str, arguments))


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own and a server certificate for localhost."""

    ca: Path
    cert: Path
    key: Path
