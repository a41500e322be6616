"""Opens a cassette with its index: from the cache if that fits the file, continued if the file grew, else made anew.

No request is answered before the index is whole. Which recorded value a live one stands for, and in which phase a read
is, depends on everything that was recorded, and the last document of a file may have been the first to begin; so an
answer given from half an index could be wrong in ways that nobody would see.
"""

import os
from array import array
from hashlib import blake2b
from pathlib import Path

from ewstape.cassette import Cassette
from ewstape.errors import CassetteError
from ewstape.replay.index import Contents, Index, Progress
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.rows import Rows
from ewstape.replay.index.store import SUFFIX, Saved, Stamp, load, save
from ewstape.replay.kept import Kept

SMALL = 1000
"""Cassettes of fewer interactions are read at every start: that takes no longer than looking for an index."""
_SMALL_SIZE = 512 * 1024
"""Bytes under which a cassette is taken for one of these."""
_TAIL = 4096
_KEY = 64 * 1024
"""How many of its first bytes the key is made of."""


class Recording:
    """A cassette file that is played."""

    def __init__(self, path: Path, significant: frozenset[str] = frozenset(), folder: Path | None = None) -> None:
        """Nothing is read yet.

        Args:
            path: of the cassette.
            significant: local names of SOAP headers that count although they do not by default.
            folder: where indexes are cached; `None` for nowhere.
        """
        self._path = path
        self._significant = significant
        self._file = None if folder is None else folder / _name(path, significant)
        self._seen: tuple[int, ...] = ()
        self.trouble = ""
        """Why the index could not be written, if so."""
        self.torn = ""
        """Why the last document is left out, if so."""

    def index(self, progress: Progress | None = None) -> Index:
        """The index of the cassette as it is now.

        Args:
            progress: told how many of how many documents were read, when there are many to be read.

        Raises:
            CassetteError: the cassette cannot be read.
        """
        self._seen = _stated(self._path)
        if self._seen[0] < _SMALL_SIZE:
            return Index.of(Kept(self._opened()), self._significant)
        saved = None if self._file is None else load(self._file)
        return (saved and self._as_saved(saved)) or self._made(saved, progress)

    def renewed(self, *, force: bool = False) -> Index | None:
        """The index of the cassette if that has changed since it was read; else `None`. With `force`, made anew.

        Raises:
            CassetteError: the cassette cannot be read any more.
        """
        if force:
            self._seen = _stated(self._path)
            return self._made(None, None)
        return None if _stated(self._path) == self._seen else self.index()

    def _as_saved(self, saved: Saved) -> Index | None:
        """The index as it was saved, if it is that of the file. Some documents are looked at, to be sure."""
        stamp = saved.stamp
        if self._seen != (stamp.size, stamp.mtime_ns, stamp.inode) or stamp.covered != stamp.size:
            return None
        key = _key(self._path)
        if (_told(key), _tail(self._path, stamp.covered)) != (stamp.key, stamp.tail):
            return None
        try:
            cassette = Cassette.open(self._path, boundaries=array("q", saved.documents))
            index = Index(Kept(cassette), self._significant, saved.contents, Digests(key, saved.contents.slots))
            for rank in (0, len(index) // 2, len(index) - 1):
                index.document(rank)
        except CassetteError:
            return None
        return index

    def _made(self, saved: Saved | None, progress: Progress | None) -> Index:
        cassette = self._opened()
        kept, key = Kept(cassette), _key(self._path)
        rows = self._continued(saved, key, cassette) if saved else None
        digests = rows.digests if rows else Digests(key)
        rows = rows or Rows(digests, self._significant)
        rows.read(kept, progress if len(cassette) >= SMALL else None)
        contents = Contents.of(rows, digests.slots)
        if self._file is not None and len(cassette) >= SMALL:
            self._save(cassette, key, contents, rows)
        return Index(kept, self._significant, contents, digests)

    def _opened(self) -> Cassette:
        cassette = Cassette.open(self._path)
        self.torn = cassette.torn or ""
        return cassette

    def _continued(self, saved: Saved, key: bytes, cassette: Cassette) -> Rows | None:
        """The rows of a file that has only grown since the index was saved; else `None`."""
        stamp = saved.stamp
        same = self._seen[2] == stamp.inode and _told(key) == stamp.key
        if not same or cassette.complete_size <= stamp.covered or _tail(self._path, stamp.covered) != stamp.tail:
            return None
        rows = saved.rows(Digests(key, saved.contents.slots), self._significant)
        return rows if rows is not None and len(rows) <= len(cassette) else None

    def _save(self, cassette: Cassette, key: bytes, contents: Contents, rows: Rows) -> None:
        """Write the index, unless the cassette changed while it was read."""
        assert self._file is not None
        if _stated(self._path) != self._seen:
            return
        covered = cassette.complete_size
        stamp = Stamp(*self._seen, covered, _tail(self._path, covered), _told(key))
        try:
            save(self._file, stamp, contents, rows, cassette.boundaries)
        except OSError as error:
            self.trouble = f"{self._file}: {error.strerror or error}"


def is_small(path: Path) -> bool:
    """Whether a cassette is read at every start, whatever is cached. One that is not there is."""
    return _stated(path)[0] < _SMALL_SIZE


def _name(path: Path, significant: frozenset[str]) -> str:
    told = "\0".join((os.fspath(path.resolve()), *sorted(significant)))
    return blake2b(told.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest() + SUFFIX


def _stated(path: Path) -> tuple[int, int, int]:
    """Size, time of the last change, and inode; zeros for a file that is not there, which opening it will say."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0, 0
    return status.st_size, status.st_mtime_ns, status.st_ino


def _key(path: Path) -> bytes:
    return blake2b(_bytes(path, 0, _KEY), digest_size=32).digest()


def _told(key: bytes) -> str:
    """What an index says of its key: enough to see that it is another."""
    return blake2b(key, digest_size=16).hexdigest()


def _tail(path: Path, end: int) -> str:
    return blake2b(_bytes(path, max(end - _TAIL, 0), end), digest_size=16).hexdigest()


def _bytes(path: Path, start: int, end: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)
    except OSError as error:
        raise CassetteError(f"{path}: cannot be read: {error.strerror}") from None
