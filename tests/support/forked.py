"""Processes that are forked off `fork_server.py`, with the part of `subprocess.Popen` that the tests use."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Self

SERVER = Path(__file__).with_name("fork_server.py")


class Forked:
    """A Python program that was started without its imports.

    Args:
        command: the arguments of a Python interpreter: a script or `-m MODULE`, and what follows.
        stdout: a file; /dev/null by default.
        stderr: a file; by default a pipe, read from `stderr`.
        cwd: its folder.
        env: its environment.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        stdout: int | None = None,
        stderr: int | None = None,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        self.returncode: int | None = None
        self.stdout = None
        self.stderr: IO[str] | None = None
        job = {"arguments": list(command), "environment": env or dict(os.environ), "folder": str(cwd or Path.cwd())}
        self._status, telling = os.pipe()
        null = os.open(os.devnull, os.O_RDWR)
        passed = [null, null if stdout is None else stdout, stderr, telling]
        opened = [null, telling]
        if stderr is None:
            reading, passed[2] = os.pipe()
            opened.append(passed[2])
            self.stderr = os.fdopen(reading, encoding="utf-8", errors="replace")
        control = _server()
        socket.send_fds(control, [json.dumps(job).encode()], passed)
        self.pid = int(control.recv(64))
        for file in opened:
            os.close(file)

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.wait()
        if self.stderr:
            self.stderr.close()
        if self._status >= 0:
            os.close(self._status)
            self._status = -1

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            self.returncode = int(os.read(self._status, 64) or 255)
        return self.returncode


@cache
def _server() -> socket.socket:
    """The one server of this process; it ends when this process does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, str(SERVER), str(theirs.fileno())]
        server = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)

    def end() -> None:
        ours.close()
        server.wait()

    atexit.register(end)
    return ours
