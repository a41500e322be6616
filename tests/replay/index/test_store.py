"""An index is read as it was written, or not at all."""

import stat
from array import array
from pathlib import Path
from typing import Any

import pytest

from ewstape.replay.index import Contents
from ewstape.replay.index import store as module
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.rows import Rows
from ewstape.replay.index.store import Saved, Stamp, load, save

STAMP = Stamp(size=1, mtime_ns=2, inode=3, covered=1, tail="tail", key="key")
RECORDED = "play item-1 100 = call-1 \n poll call-1 = Idle \n list inbox = item-2 \n create secret-subject = made"


@pytest.fixture
def rows(words: Any) -> Rows:
    made = Rows(Digests(b"key"), frozenset())
    made.read(words.interactions(RECORDED))
    return made


@pytest.fixture
def file(rows: Rows, tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "one.index"
    save(path, STAMP, Contents.of(rows, frozenset({("a", "b", "")})), rows, array("q", [0, 5, 9]))
    return path


def loaded(path: Path) -> Saved:
    found = load(path)
    assert found is not None
    return found


def test_what_was_written_is_read(file: Path, rows: Rows) -> None:
    found, contents = loaded(file), Contents.of(rows, frozenset({("a", "b", "")}))
    assert found.stamp == STAMP
    assert found.documents.tolist() == [0, 5, 9]  # type: ignore[attr-defined]  # a column
    assert found.contents == contents
    again = found.rows(Digests(b"key"), frozenset())
    assert again is not None
    assert (again.columns, again.operations, again.logons) == (rows.columns, rows.operations, rows.logons)


def test_only_its_owner_can_read_it(file: Path) -> None:
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    assert [path.name for path in file.parent.iterdir()] == ["one.index"]


def test_no_value_is_in_it(file: Path) -> None:
    data = file.read_bytes()
    assert not any(value in data for value in (b"item-1", b"item-2", b"100", b"call-1", b"secret", b"example.com"))


def test_a_file_with_one_wrong_byte_counts_for_nothing(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for at in range(0, len(data), 41):
        data[at] ^= 1
        file.write_bytes(data)
        found = load(file)
        assert found is None or found.rows(Digests(b"key"), frozenset()) is None
        data[at] ^= 1


def test_a_file_that_was_cut_off_counts_for_nothing(file: Path) -> None:
    data = file.read_bytes()
    for length in range(0, len(data), 97):
        file.write_bytes(data[:length])
        found = load(file)
        assert found is None or found.rows(Digests(b"key"), frozenset()) is None


def test_a_file_of_another_version_counts_for_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MADE_BY", "another")
    assert load(file) is None


def test_a_file_that_others_can_write_counts_for_nothing(file: Path) -> None:
    file.chmod(0o620)
    assert load(file) is None


def test_what_is_no_file_counts_for_nothing(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link.index").symlink_to(file)
    assert [load(path) for path in (tmp_path / "link.index", tmp_path / "none.index", tmp_path)] == [None] * 3


def test_the_oldest_go_when_there_are_many(rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FILES", 2)
    contents = Contents.of(rows, frozenset())
    for name in "abc":
        save(tmp_path / f"{name}.index", STAMP, contents, rows, array("q"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.index", "c.index"]
