"""Cassettes as files that grow: each interaction is one `write` to the operating system, so killing the recorder loses
nothing that was written, and nothing else ever reaches the file.

The file is locked for as long as it is open. Overwriting writes to `NAME.new` beside it and renames that on a clean
close; what a full disk cut off is taken back at once.
"""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ewstape.cassette.document import Header
from ewstape.cassette.existing import Existing
from ewstape.cassette.lock import lock
from ewstape.cassette.reader import Cassette
from ewstape.cassette.text import dump, dump_header
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction

_NUMBER = re.compile(rb"^number: ([0-9]{1,15})\r?$", re.MULTILINE)
_AT = re.compile(rb"^at: ([0-9.]{1,22})\r?$", re.MULTILINE)
_TOOK = re.compile(rb"^took: ([0-9.]{1,22})\r?$", re.MULTILINE)


class CassetteWriter:
    """Writes interactions to a cassette as they complete.

    As a context manager it is closed at the end; an error inside leaves an overwriting one as `NAME.new`.

    Args:
        path: the cassette; made with mode 0600 if it is not there.
        header: its first document, written at once.
        existing: what to do with a cassette that is there.
        fsync: wait after each interaction until the disk has it, so that a power cut loses nothing either.

    Raises:
        CassetteError: it cannot be written, is not empty, does not fit the header, or another writer has it.
    """

    def __init__(
        self, path: str | os.PathLike[str], header: Header, *, existing: Existing = Existing.REFUSE, fsync: bool = False
    ) -> None:
        self.path = Path(path)
        self.count = 0
        """Interactions in the cassette."""
        self.next_number = 1
        """The first number that is greater than all in the cassette."""
        self.elapsed = 0.0
        """Seconds that the cassette covers; `at` of an appended interaction begins here."""
        self.torn: str | None = None
        """What was cut off the end before appending, and where it was saved; or None."""
        self._fsync = fsync
        self._clean = True
        self._fds: list[int] = []
        self._fd = -1
        self._size = 0
        self._target = self.path
        try:
            self._begin(header, existing)
        except OSError as error:
            self._release()
            raise CassetteError(f"{self._target}: cannot be written: {self._reason(error)}") from None
        except CassetteError:
            self._release()
            raise

    def write(self, interaction: Interaction) -> None:
        """Append one interaction; it is in the file when this returns.

        Raises:
            CassetteError: it cannot be kept, or the disk refuses; the file still ends with a whole document.
        """
        self._append(dump(interaction).encode())
        self.count += 1
        self.next_number = max(self.next_number, interaction.number + 1)
        self.elapsed = max(self.elapsed, interaction.at + interaction.took)

    def close(self, *, clean: bool = True) -> None:
        """Let go of the file. Where it overwrites, put it in the old one's place, unless it is not `clean`.

        Raises:
            CassetteError: the disk did not take all of it, or the old cassette cannot be replaced.
        """
        if not self._fds:
            return
        try:
            os.fsync(self._fd)
            replace = self._target != self.path and clean and self._clean
            if replace and sys.platform != "win32":
                self._target.replace(self.path)  # while both are locked
            self._release()
            if replace and sys.platform == "win32":
                self._target.replace(self.path)  # an open file cannot be replaced there
        except OSError as error:
            raise CassetteError(f"{self.path}: cannot be written: {self._reason(error)}") from None
        finally:
            self._release()

    def __enter__(self) -> Self:
        """Begin to write; the file is already open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file; not cleanly if an error ends the block."""
        self.close(clean=kind is None)

    def _begin(self, header: Header, existing: Existing) -> None:
        self._open(self.path)
        if self._size and _holds_nothing(self.path):
            os.ftruncate(self._fd, 0)  # a recording that ended before anything came: begun again
            self._size = 0
        if self._size:
            match existing:
                case Existing.REFUSE:
                    raise CassetteError(f"{self.path}: is not empty; use --append or --overwrite")
                case Existing.APPEND:
                    self._continue(header)
                    return
                case Existing.OVERWRITE:
                    self._target = self.path.with_name(f"{self.path.name}.new")
                    self._open(self._target)
                    if self._size:
                        raise CassetteError(
                            f"{self._target}: is left from a recording that broke off; move or delete it first"
                        )
        if sys.platform != "win32":
            os.fchmod(self._fd, 0o600)
        self._append(dump_header(header).encode())

    def _open(self, path: Path) -> None:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        self._fds.append(fd)
        self._size = lock(fd, path)
        self._fd = fd

    def _continue(self, header: Header) -> None:
        cassette = Cassette.open(self.path)
        for name, found, wanted in (
            ("upstream", cassette.header.upstream, header.upstream),
            ("redaction", list(cassette.header.redaction), list(header.redaction)),
        ):
            if found != wanted:
                raise CassetteError(
                    f"{self.path}: cannot append: its {name} is {found!r}, not {wanted!r}; "
                    "use another file or --overwrite"
                )
        for position, document in enumerate(cassette.documents(), 1):
            number = _NUMBER.search(document)
            self.next_number = max(self.next_number, (int(number[1]) if number else position) + 1)
            times = (float(match[1]) for pattern in (_AT, _TOOK) if (match := pattern.search(document)))
            self.elapsed = max(self.elapsed, sum(times))
        self.count = len(cassette)
        if cassette.torn:
            self._cut(cassette)
        self._size = cassette.complete_size
        if self._read(self._size - 1, self._size) != b"\n":
            self._append(b"\n")

    def _cut(self, cassette: Cassette) -> None:
        torn = self._read(cassette.complete_size, self._size)
        saved = _save(self.path.with_name(f"{self.path.name}.torn"), torn)
        os.ftruncate(self._fd, cassette.complete_size)
        self.torn = f"{cassette.torn}; saved as {saved}"

    def _read(self, start: int, end: int) -> bytes:
        os.lseek(self._fd, start, os.SEEK_SET)
        return os.read(self._fd, end - start)

    def _append(self, document: bytes) -> None:
        if not self._fds:
            raise CassetteError(f"{self.path}: is closed")
        try:
            rest = memoryview(document)
            while rest:
                rest = rest[os.write(self._fd, rest) :]
            if self._fsync:
                os.fsync(self._fd)
        except OSError as error:
            self._clean = False
            with suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise CassetteError(
                f"{self._target}: cannot be written: {error.strerror}; it holds {self.count} whole interactions"
            ) from None
        self._size += len(document)

    def _reason(self, error: OSError) -> str:
        if isinstance(error, FileNotFoundError) and not self.path.parent.exists():
            return f"there is no folder {str(self.path.parent)!r}"
        return error.strerror or str(error)

    def _release(self) -> None:
        while self._fds:
            os.close(self._fds.pop())  # which unlocks it, too


def _holds_nothing(path: Path) -> bool:
    """Whether this is a cassette of ours with a header and not one interaction, whole or torn."""
    try:
        cassette = Cassette.open(path)
    except CassetteError:
        return False
    return not len(cassette) and cassette.torn is None


def _save(path: Path, data: bytes) -> Path:
    """Write `data` to `path`, or to the first of `path.1`, `path.2`, ... that is not there."""
    number = 0
    free = path
    while True:
        try:
            fd = os.open(free, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            number += 1
            free = path.with_name(f"{path.name}.{number}")
            continue
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        return free
