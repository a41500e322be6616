"""A command as a child: signals pass through to it, and its exit status comes back as a shell would give it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self

from ewstape.errors import EwsTapeError

__all__ = ["Child"]

_FROM_TERMINALS: Final = ("SIGINT", "SIGQUIT", "SIGHUP")
_FORWARDED: Final = (*_FROM_TERMINALS, "SIGTERM", "SIGUSR1", "SIGUSR2")
_TERMINAL: Final = Path("/dev/tty")


class _NotFoundError(EwsTapeError):
    exit_status = 127


class _NotStartedError(EwsTapeError):
    exit_status = 126


class Child:
    """A context manager inside which signals are the child's; those that come before it is there are kept for it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """From now on signals do not end this process."""
        for name in _FORWARDED:
            number = getattr(signal, name, None)  # Windows has but two of them
            # What is ignored already, as by nohup, is ignored by the child as well.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._forward)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Signals are this process's own again."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """The exit status; 128 and the number of the signal that ended it.

        Raises:
            EwsTapeError: the command cannot be started; with the exit status that shells have for it.
        """
        if self._early:
            return 128 + self._early[0]
        try:
            process = subprocess.Popen(command, env=environment)  # noqa: S603  what the user asked for
        except FileNotFoundError:
            raise _NotFoundError(f"{command[0]}: command not found") from None
        except OSError as error:
            raise _NotStartedError(f"{command[0]}: cannot be executed: {error.strerror or error}") from None
        self._process = process
        for number in self._early:
            self._forward(number, None)
        status = _wait(process)
        return status if status >= 0 else 128 - status

    def _forward(self, number: int, _: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        elif signal.Signals(number).name not in _FROM_TERMINALS or not _in_foreground():
            self._process.send_signal(number)


def _wait(process: "subprocess.Popen[bytes]") -> int:
    """The child's return code. Every signal leaves a byte to be read, so that none is overlooked that comes just
    before this falls asleep: `Popen.wait` would see to it after the next one only.
    """
    if sys.platform == "win32":
        return process.wait()
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        wakened = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        ended = signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            while (status := process.poll()) is None:
                reader.recv(1)
        finally:
            signal.signal(signal.SIGCHLD, ended)
            signal.set_wakeup_fd(wakened)
    return status


def _in_foreground() -> bool:
    """Whether what a terminal sends, as at Ctrl-C, reaches the child by itself: it is for all in the foreground."""
    if not hasattr(os, "tcgetpgrp"):
        return True  # a console of Windows does so, too
    with suppress(OSError), _TERMINAL.open("rb", buffering=0) as terminal:  # or there is no terminal
        return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    return False
