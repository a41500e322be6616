"""Only one writer has a cassette at a time."""

from pathlib import Path

import pytest

from ewstape.cassette import locked
from ewstape.errors import CassetteError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "calls.yaml"
    path.touch()
    return path


def test_a_second_one_is_refused_until_the_first_lets_go(path: Path) -> None:
    with locked(path), pytest.raises(CassetteError, match="another recorder is writing to it"), locked(path):
        raise AssertionError
    with locked(path):
        pass


def test_an_error_unlocks(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(path):
        raise ZeroDivisionError
    with locked(path):
        pass


@pytest.mark.parametrize(("name", "message"), [("none.yaml", "there is no such cassette"), ("", "cannot be written")])
def test_what_cannot_be_locked_says_why(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(CassetteError, match=message), locked(tmp_path / name):
        raise AssertionError
    assert not list(tmp_path.iterdir())
