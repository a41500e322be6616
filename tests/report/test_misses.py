"""The file of misses: there from the start, private, a line of JSON for each at once."""

import json
import stat
from pathlib import Path

import pytest

from ewstape.errors import ConfigError
from ewstape.report.misses import MissFile


def test_each_miss_is_a_line_of_ascii_as_soon_as_it_happens(tmp_path: Path) -> None:
    path = tmp_path / "misses.jsonl"
    file = MissFile(path)
    assert path.read_bytes() == b""
    for count, operation in enumerate(("GetFolder", "Ünknown\n"), 1):
        file.write({"operation": operation})
        lines = path.read_text("ascii").splitlines()
        assert (len(lines), json.loads(lines[-1])) == (count, {"operation": operation})
    file.close()


def test_a_file_that_was_there_is_emptied_and_made_private(tmp_path: Path) -> None:
    path = tmp_path / "misses.jsonl"
    path.write_text('{"operation": "GetFolder"}\n', "ascii")
    path.chmod(0o644)
    MissFile(path).close()
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"", 0o600)


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "call.yaml"
    path.write_text("ewstape: 1\n...\n")
    with pytest.raises(ConfigError, match=r"call\.yaml: is there already and holds no misses; name another file"):
        MissFile(path)
    assert path.read_text() == "ewstape: 1\n...\n"


@pytest.mark.parametrize("name", ["no/such/folder.jsonl", ".", "a\0b"])
def test_a_file_that_cannot_be_written_is_a_mistake_in_the_settings(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"misses: .*: cannot be written: "):
        MissFile(tmp_path / name)
