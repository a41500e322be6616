"""The lock that whoever writes to a cassette holds, for as long as the file is open; the system releases it with the
process.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ewstape.errors import CassetteError

__all__ = ["lock", "locked"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep every other writer off a cassette that is there, while it is read and replaced.

    Raises:
        CassetteError: it cannot be written, or another writer has it.
    """
    try:
        fd = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise CassetteError(f"{path}: there is no such cassette") from None
    except OSError as error:
        raise CassetteError(f"{path}: cannot be written: {error.strerror or error}") from None
    try:
        lock(fd, path)
        yield
    finally:
        os.close(fd)  # which unlocks it, too


def lock(fd: int, path: Path) -> int:
    """Lock an open file, which `path` names; its size.

    Raises:
        CassetteError: it is not a regular file, another writer has it, or `path` names another file by now.
        OSError: it cannot be examined.
    """
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise CassetteError(f"{path}: is not a regular file; expected a cassette file")
    try:
        _lock(fd)
    except OSError:
        raise CassetteError(f"{path}: another recorder is writing to it") from None
    status = os.fstat(fd)  # whoever had the lock may have written
    if not os.path.samestat(status, path.stat()):
        raise CassetteError(f"{path}: another recorder has just replaced it; start again")
    return status.st_size


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        # Locks are mandatory there: one byte far behind the end, so that others can read.
        position = os.lseek(fd, 0, os.SEEK_CUR)
        os.lseek(fd, 2**31 - 2, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        os.lseek(fd, position, os.SEEK_SET)

else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
