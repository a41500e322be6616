"""An index in a file of its own, outside the cassette: a cache that can be deleted at any time.

The columns stand in it as they are in memory, so that reading one is a single read. A file that is damaged, another's,
or of another version counts for nothing and is made anew. It holds digests, numbers, and the names of operations and of
elements; no values.
"""

import os
import secrets
import stat
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from ewstape._version import __version__
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.index import Contents
from ewstape.replay.index.multimap import Column
from ewstape.replay.index.rows import COLUMNS as ROW_COLUMNS
from ewstape.replay.index.rows import Rows
from ewstape.replay.index.tables import COLUMNS

SUFFIX = ".index"
"""How the names of these files end."""

_MAGIC = b"ewstape index 3\n"
_MADE_BY = f"{__version__} {sys.implementation.cache_tag} {sys.byteorder} {sys.maxsize:x}"
"""Digests are equal only if the same program makes them."""
_FILES = 32
"""How many indexes are kept in a folder; when another is written, the oldest go."""
_TYPES: Mapping[str, str] = {**COLUMNS, "documents": "q"}
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class Stamp(msgspec.Struct, frozen=True):
    """A cassette file as an index knows it."""

    size: int
    mtime_ns: int
    inode: int
    covered: int
    """Bytes up to which its documents are whole."""
    tail: str
    """A digest of the last of these bytes."""
    key: str
    """A digest of the key, which is made of the first bytes."""


class _Block(msgspec.Struct, frozen=True):
    """Columns, which stand one after another in the file."""

    size: int
    checksum: int
    lengths: list[int]


class _Head(msgspec.Struct, frozen=True):
    """What stands before the columns."""

    made_by: str
    stamp: Stamp
    operations: dict[str, list[int]]
    logons: tuple[str, ...]
    slots: list[tuple[str, str, str]]
    redacted: bool
    row_operations: list[str]
    row_logons: list[str]
    columns: _Block
    rows: _Block


@dataclass(frozen=True, slots=True)
class Saved:
    """What such a file holds."""

    stamp: Stamp
    contents: Contents
    documents: Sequence[int]
    """Where the documents begin, as the cassette counts them."""
    _head: _Head
    _file: Path
    _rows_at: int

    def rows(self, digests: Digests, significant: frozenset[str]) -> Rows | None:
        """The rows that the index was made from, to go on with; `None` if they are damaged.

        Args:
            digests: with the slots of the contents.
            significant: as when the index was made.
        """
        try:
            with self._file.open("rb") as file:
                file.seek(self._rows_at)
                columns = _read(file, self._head.rows, ROW_COLUMNS)
        except (OSError, ValueError):
            return None
        rows = Rows(digests, significant)
        for name, column in columns.items():
            rows.columns[name].frombytes(column.cast("B"))
        rows.operations += self._head.row_operations
        rows.logons += self._head.row_logons
        rows.redacted = self._head.redacted
        return rows


def load(path: Path) -> Saved | None:
    """The index in a file; `None` if there is none that is whole and of this version."""
    try:
        with os.fdopen(os.open(path, _READ), "rb") as file:
            return _loaded(path, file)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _loaded(path: Path, file: BinaryIO) -> Saved | None:
    if not _is_own(os.fstat(file.fileno())) or file.read(len(_MAGIC)) != _MAGIC:
        return None
    size, checksum = (int.from_bytes(file.read(4), "little") for _ in range(2))
    if zlib.crc32(text := file.read(size)) != checksum:
        return None
    head = msgspec.json.decode(text, type=_Head)
    if head.made_by != _MADE_BY:
        return None
    columns = _read(file, head.columns, _TYPES)
    documents = columns.pop("documents")
    contents = Contents(columns, head.operations, head.logons, frozenset(head.slots), head.redacted)
    return Saved(head.stamp, contents, documents, head, path, file.tell())


def save(path: Path, stamp: Stamp, contents: Contents, rows: Rows, documents: "array[int]") -> None:
    """Write an index, in one step: readers see the old one or the new one.

    Raises:
        OSError: it cannot be written.
    """
    columns = [memoryview(documents) if name == "documents" else contents.columns[name] for name in _TYPES]
    row_columns = [memoryview(rows.columns[name]) for name in ROW_COLUMNS]
    head = _Head(
        made_by=_MADE_BY,
        stamp=stamp,
        operations={name: list(groups) for name, groups in contents.operations.items()},
        logons=contents.logons,
        slots=sorted(contents.slots),
        redacted=contents.redacted,
        row_operations=rows.operations,
        row_logons=rows.logons,
        columns=_described(columns),
        rows=_described(row_columns),
    )
    text = msgspec.json.encode(head)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(beside, _WRITE, 0o600), "wb") as file:
            file.write(_MAGIC + len(text).to_bytes(4, "little") + zlib.crc32(text).to_bytes(4, "little") + text)
            for column in (*columns, *row_columns):
                file.write(column)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _tidy(path.parent)


def _described(columns: Sequence[Column]) -> _Block:
    checksum = 0
    for column in columns:
        checksum = zlib.crc32(column, checksum)
    return _Block(sum(column.nbytes for column in columns), checksum, [len(column) for column in columns])


def _read(file: BinaryIO, block: _Block, types: Mapping[str, str]) -> dict[str, Column]:
    """The columns of a block, of these types. Raises a `ValueError` if they are damaged."""
    data = memoryview(file.read(block.size))
    if len(data) != block.size or zlib.crc32(data) != block.checksum:
        raise ValueError("the columns are not as they were written")
    found: dict[str, Column] = {}
    start = 0
    for (name, code), length in zip(types.items(), block.lengths, strict=True):
        end = start + length * array(code).itemsize
        found[name] = data[start:end].cast(code)  # type: ignore[call-overload]  # one of the codes that it takes
        start = end
    return found


def _is_own(status: os.stat_result) -> bool:
    """Whether a file is one that only this user can have written."""
    own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return own and stat.S_ISREG(status.st_mode) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _tidy(folder: Path) -> None:
    """Cassettes go, and nobody would delete their indexes."""
    files = []
    for file in folder.glob(f"*{SUFFIX}"):
        with suppress(OSError):  # another process was faster
            files.append((file.stat().st_mtime_ns, file))
    for _, file in sorted(files)[:-_FILES]:
        file.unlink(missing_ok=True)
