"""Cassettes as sequences: opening finds the document marks, a document is parsed when it is asked for.

The file is scanned in pieces for lines that begin with `---` (no YAML value can hold such a line) and only the offsets
are kept, so a cassette of any size costs little memory. It is never mapped into memory: cutting a mapped file off kills
whoever reads it. No file stays open.
"""

import os
import re
import stat
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, overload

from ewstape.cassette.document import Header, load_header, load_interaction
from ewstape.cassette.nodes import Place
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction

_PIECE = 8 * 1024 * 1024
_HEADER_LIMIT = 1024 * 1024
_MARK = b"\n---"
_END = re.compile(rb"^\.\.\.(?:[ \t][^\n]*|\r)?$\n?", re.MULTILINE)
_COMMENTS = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r]*(?:#[^\n]*)?(?:\n|\Z))*")
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
    _offsets: "array[int]" = field(repr=False)  # where each document begins, the header first, then where the last ends
    _identity: tuple[int, int] = field(repr=False)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "Cassette":
        """The cassette at `path`.

        Raises:
            CassetteError: there is none, or it is none that this version reads.
        """
        path = Path(path)
        with _opened(path) as file:
            status = os.fstat(file.fileno())
            offsets = _boundaries(file)
            size = offsets[-1]
            if not size:
                raise CassetteError(f"{path}: the file is empty; a cassette begins with 'ewstape: 1'")
            last = offsets[-2]
            complete_size = last + _whole(_read(file, last, size))
            head = _read(file, 0, min(offsets[1], complete_size or size, _HEADER_LIMIT))
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
        return len(self._offsets) - 2

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
        position = range(1, len(self) + 1)[index]
        with self._reopened() as file:
            start, end = self._offsets[position : position + 2]
            document = _read(file, start, end)
            try:
                return load_interaction(document.decode(), position=position)
            except (CassetteError, UnicodeDecodeError):
                line = _lines(file, start) + 1  # counted only now, when an error must name it
        place = Place(source=str(self.path), document=position + 1, line=line)
        return load_interaction(_decoded(document, place), position=position, place=place)

    def documents(self) -> Iterator[bytes]:
        """The documents after the header as they stand in the file, not parsed."""
        with self._reopened() as file:
            for start, end in zip(self._offsets[1:-1], self._offsets[2:], strict=True):
                yield _read(file, start, end)

    @contextmanager
    def _reopened(self) -> Iterator[BinaryIO]:
        with _opened(self.path) as file:
            status = os.fstat(file.fileno())
            if (status.st_dev, status.st_ino) != self._identity:
                raise CassetteError(f"{self.path}: another file took its place while it was read; start again")
            yield file


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        if not stat.S_ISREG(mode := path.stat().st_mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
            raise CassetteError(f"{path}: is {kind}; expected a cassette file")
        file = path.open("rb", buffering=0)
    except FileNotFoundError:
        raise CassetteError(f"{path}: there is no such cassette") from None
    except (OSError, ValueError) as error:
        raise CassetteError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    with file:
        try:
            yield file
        except OSError as error:
            raise CassetteError(f"{path}: cannot be read: {error.strerror}") from None


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    pieces = []
    while start < end and (piece := file.read(end - start)):  # one read gives 2 GiB at most
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)


def _lines(file: BinaryIO, end: int) -> int:
    return sum(_read(file, at, min(at + _PIECE, end)).count(b"\n") for at in range(0, end, _PIECE))


def _boundaries(file: BinaryIO) -> "array[int]":
    """Where each document begins, and the end of the file. The first begins at 0, with or without a mark."""
    offsets = array("q", [0])
    overlap, base = b"\n", -1  # as if a line had ended before the file
    while piece := file.read(_PIECE):
        data = overlap + piece
        at = data.find(_MARK)
        while at >= 0:
            if data[at + 4 : at + 5] in (b"\n", b" ", b"\r", b"\t"):
                offsets.append(base + at + 1)
            at = data.find(_MARK, at + 4)
        overlap = data[-len(_MARK) :]
        base += len(data) - len(overlap)
    size = base + len(overlap)
    if overlap == _MARK:
        offsets.append(size - 3)
    if len(offsets) > 1 and _DIRECTIVES.fullmatch(_read(file, 0, min(offsets[1], _HEADER_LIMIT))):
        offsets.pop(1)  # the header's own mark
    offsets.append(size)
    return offsets


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


def _decoded(document: bytes, place: Place) -> str:
    try:
        return document.decode()
    except UnicodeDecodeError as error:
        line = place.line + document.count(b"\n", 0, error.start)
        raise CassetteError(f"{place.source}: document {place.document}: line {line}: not UTF-8 text") from None
