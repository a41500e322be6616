"""A pseudo-terminal for programs that behave otherwise on one: bars, colours, completion by the Tab key."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from processes import PATIENCE

_COLOUR = re.compile("\x1b\\[[0-9;]*m")


class Terminal:
    """What a program shows, and the keys that it gets."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.shown = ""

    def type(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def wait_for(self, text: str) -> str:
        """All that was shown, as soon as `text` is in it; how it was coloured does not count."""
        end = time.monotonic() + PATIENCE
        while text not in _COLOUR.sub("", self.shown):
            more = self._read(end - time.monotonic())
            assert more, f"no {text!r} in: {self.shown!r}"
        return self.shown

    def rest(self) -> str:
        """All that was shown, when the program has ended."""
        while self._read(PATIENCE):
            pass
        return self.shown

    def _read(self, patience: float) -> bool:
        if not select.select([self._fd], [], [], max(patience, 0))[0]:
            return False
        try:
            piece = os.read(self._fd, 65536)
        except OSError:  # Linux's way to say that nobody holds the other end
            return False
        self.shown += piece.decode("utf-8", "replace")
        return bool(piece)


@contextlib.contextmanager
def on_terminal(
    command: Sequence[str], *, columns: int = 80, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Iterator[tuple[Terminal, "subprocess.Popen[bytes]"]]:
    """A program with a terminal for stdin, stdout and stderr; it is gone at the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "LINES", "NO_COLOR"}}
    environment |= {"TERM": "xterm-256color", **(env or {})}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=environment, start_new_session=True
    ) as popen:
        os.close(theirs)
        try:
            yield Terminal(ours), popen
        finally:
            popen.kill()
            popen.wait()
            os.close(ours)
