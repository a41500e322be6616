"""Cassettes as sequences: opening finds the document marks, a document is parsed when it is asked for.

The file is scanned in pieces for lines that begin with `---` (no YAML value can hold such a line) and only the offsets
are kept, so a cassette of any size costs little memory. It is never mapped into memory: cutting a mapped file off kills
whoever reads it. No file stays open, not even between two documents of an iteration: it is opened for a burst of them.
"""

import os
import re
import stat
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from operator import lt
from pathlib import Path
from typing import overload

from ewstape.cassette import quick
from ewstape.cassette.document import Header, load_header, load_interaction
from ewstape.cassette.nodes import Place
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction

_PIECE = 256 * 1024  # stays in the processor's cache from the read to the search
_BURST = 1024 * 1024
_HEADER_LIMIT = 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe must not hold us up
_MARK = b"\n---"
_END = re.compile(rb"^\.\.\.(?:[ \t][^\n]*|\r)?$\n?", re.MULTILINE)
_DIRECTIVES = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r]*(?:[#%][^\n]*)?\n)*")
_OURS = re.compile(r"^[\"'{ ]*ewstape[\"']?\s*:", re.MULTILINE)
_VCRPY = re.compile(r"^interactions:", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Cassette(Sequence[Interaction]):
    """The interactions of a cassette file, in file order: the order in which they completed."""

    path: Path
    header: Header
    torn: str | None
    """Why the last document is left out, or None: it was cut off while it was written."""
    complete_size: int
    """Bytes up to which the file is whole; a writer goes on from here."""
    boundaries: "array[int]" = field(repr=False)
    """Where each document begins, the header first, and then where the last ends; `open` takes them again."""
    _identity: tuple[int, int] = field(repr=False)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, boundaries: "array[int] | None" = None) -> "Cassette":
        """The cassette at `path`.

        Args:
            path: the file.
            boundaries: those of the same file when it was opened before; only what came after them is scanned. Of those
                before the last only the order is checked, and each again when its document is read.

        Raises:
            CassetteError: there is none, it is none that this version reads, or the boundaries do not fit it.
        """
        path = Path(path)
        with _opened(path) as (fd, status):
            offsets = _boundaries(fd) if boundaries is None else _continued(path, fd, boundaries, status.st_size)
            size = offsets[-1]
            if not size:
                raise CassetteError(f"{path}: the file is empty; a cassette begins with 'ewstape: 1'")
            last = offsets[-2]
            complete_size = last + _whole(_read(fd, last, size))
            head = _read(fd, 0, min(offsets[1], complete_size or size, _HEADER_LIMIT))
        header = _header(path, head, closed=complete_size > 0)
        torn = None
        if complete_size < size:
            torn = f"cut off after byte {complete_size}: no line '...' closes the last {size - complete_size} bytes"
            if complete_size == last:
                offsets.pop()
            offsets[-1] = complete_size
        return cls(path, header, torn, complete_size, offsets, (status.st_dev, status.st_ino))

    def __len__(self) -> int:
        """How many interactions are whole."""
        return len(self.boundaries) - 2

    @overload
    def __getitem__(self, index: int) -> Interaction: ...
    @overload
    def __getitem__(self, index: slice) -> list[Interaction]: ...
    def __getitem__(self, index: int | slice) -> Interaction | list[Interaction]:
        """One interaction, or several.

        Raises:
            CassetteError: the document is no interaction; names file, document, line and path.
        """
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        return self._interaction(self.document(index), self._position(index))

    def __iter__(self) -> Iterator[Interaction]:
        """Every interaction; faster than one by one. Raises as those do."""
        return (interaction for interaction, _ in self.read())

    def document(self, index: int) -> bytes:
        """The document of one interaction as it stands in the file, not parsed.

        Raises:
            CassetteError: the file cannot be read, or is not as it was when it was opened.
        """
        position = self._position(index)
        start, end = self.boundaries[position : position + 2]
        return self._checked(self._bytes(start, end), position)

    def read(self, first: int = 0) -> Iterator[tuple[Interaction, bytes | None]]:
        """Every interaction from one on, with its document if that is as our own writer writes it.

        Raises:
            CassetteError: as for one interaction.
        """
        for position, document in enumerate(self.documents(first), first + 1):
            found = quick.read_document(document)
            yield (self._interaction(document, position), None) if found is None else (found, document)

    def peek(self, index: int) -> bytes:
        """What stands now where the document of one interaction stood, not checked; empty if it cannot be read."""
        start, end = self.boundaries[index + 1 : index + 3]
        try:
            fd = os.open(self.path, _FLAGS)
            try:
                status = os.fstat(fd)
                return _read(fd, start, end) if (status.st_dev, status.st_ino) == self._identity else b""
            finally:
                os.close(fd)
        except OSError:
            return b""

    def documents(self, first: int = 0) -> Iterator[bytes]:
        """The documents of the interactions from one on as they stand in the file, not parsed.

        Raises:
            CassetteError: as for one document.
        """
        first, last = first + 1, len(self)
        while first <= last:
            after = bisect_right(self.boundaries, self.boundaries[first] + _BURST, first + 2) - 1
            bounds = self.boundaries[first : after + 1]
            start = bounds[0]
            burst = self._bytes(start, bounds[-1])
            for position, (begin, end) in enumerate(pairwise(bounds), first):
                yield self._checked(burst[begin - start : end - start], position)
            first = after

    def _position(self, index: int) -> int:
        return range(1, len(self) + 1)[index]

    def _checked(self, document: bytes, position: int) -> bytes:
        if not document.startswith(_MARK[1:]):
            raise CassetteError(f"{self.path}: document {position + 1}: was changed while it was read; start again")
        return document

    def _interaction(self, document: bytes, position: int) -> Interaction:
        try:
            return load_interaction(document, position=position)
        except CassetteError:
            start = self.boundaries[position]  # lines are counted only now, when an error must name one
            pieces = (self._bytes(at, min(at + _PIECE, start)) for at in range(0, start, _PIECE))
            line = 1 + sum(piece.count(b"\n") for piece in pieces)
        place = Place(source=str(self.path), document=position + 1, line=line)
        return load_interaction(document, position=position, place=place)

    def _bytes(self, start: int, end: int) -> bytes:
        with _opened(self.path) as (fd, status):
            if (status.st_dev, status.st_ino) != self._identity:
                raise CassetteError(f"{self.path}: another file took its place while it was read; start again")
            read = _read(fd, start, end)
        if len(read) < end - start:
            raise CassetteError(f"{self.path}: became shorter while it was read; start again")
        return read


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    try:
        fd = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise CassetteError(f"{path}: there is no such cassette") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            kind = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise CassetteError(f"{path}: is {kind}; expected a cassette file")
        yield fd, status
    except OSError as error:
        raise _unreadable(path, error) from None
    finally:
        os.close(fd)


def _unreadable(path: Path, error: OSError | ValueError) -> CassetteError:
    if isinstance(error, OSError) and path.is_dir():  # Windows does not open one
        return CassetteError(f"{path}: is a directory; expected a cassette file")
    return CassetteError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")


def _read(fd: int, start: int, end: int) -> bytes:
    read = _at(fd, end - start, start)
    while start + len(read) < end and (piece := _at(fd, end - start - len(read), start + len(read))):
        read += piece  # one gives 2 GiB at most
    return read


if sys.platform == "win32":

    def _at(fd: int, size: int, start: int) -> bytes:
        os.lseek(fd, start, os.SEEK_SET)
        return os.read(fd, size)

else:
    _at = os.pread


def _boundaries(fd: int, start: int = 0) -> "array[int]":
    """Where each document from byte `start` on begins, and the end of the file.

    The first begins at `start`, with or without a mark.
    """
    offsets = array("q", [start])
    size = os.lseek(fd, start, os.SEEK_SET)
    buffer = bytearray(_PIECE + len(_MARK))  # the end of the last piece and the next one
    buffer[: len(_MARK)] = b"   \n"  # as if a line had ended before
    view = memoryview(buffer)[len(_MARK) :]
    with open(fd, "rb", buffering=0, closefd=False) as file:
        while count := file.readinto(view):
            end = len(_MARK) + count
            found = []
            at = buffer.rfind(_MARK, 0, end)  # backwards, which Python does more than twice as fast
            while at >= 0:
                if at + 4 < end and buffer[at + 4] in b"\n \r\t":
                    found.append(size - len(_MARK) + at + 1)
                at = buffer.rfind(_MARK, 0, at)
            offsets.extend(reversed(found))
            buffer[: len(_MARK)] = buffer[end - len(_MARK) : end]
            size += count
    if buffer.startswith(_MARK):
        offsets.append(size - 3)
    if len(offsets) > 1 and _DIRECTIVES.fullmatch(_read(fd, start, min(offsets[1], start + _HEADER_LIMIT))):
        offsets.pop(1)  # the first document's own mark
    offsets.append(size)
    return offsets


def _continued(path: Path, fd: int, known: "array[int]", size: int) -> "array[int]":
    """The boundaries that are known, and those after them. The last document is scanned again: it may go on."""
    fits = len(known) > 1 and not known[0] and known[-1] <= size and all(map(lt, known, known[1:]))
    if not fits or (known[-2] and _read(fd, known[-2], known[-2] + 3) != _MARK[1:]):
        raise CassetteError(f"{path}: the boundaries that are known of it do not fit; open it without them")
    return known[:-2] + _boundaries(fd, known[-2])


def _whole(document: bytes) -> int:
    """How many bytes of the last document are whole: all, or none if it is not closed.

    Between: a closed one and the first bytes of the mark of the next.
    """
    end = 0
    for match in _END.finditer(document):
        end = match.end()
    return end if document[end:] in (b"-", b"--") or not end else len(document)


def _header(path: Path, head: bytes, *, closed: bool) -> Header:
    place = Place(source=str(path))
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CassetteError(f"{path}: not an ewstape cassette: not UTF-8 text") from None
    if not closed and _OURS.search(text):
        raise CassetteError(f"{path}: document 1: the header is cut off; no line '...' closes it")
    try:
        return load_header(text, place)
    except CassetteError as error:
        if _OURS.search(text):
            raise
        reason = str(error).removeprefix(f"{path}: ")
        if _VCRPY.search(text):
            reason = "it has vcrpy's layout ('interactions:')"
        raise CassetteError(f"{path}: not an ewstape cassette: {reason}") from None
