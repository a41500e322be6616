"""The tape that the settings name, with its index where they say."""

import logging
from pathlib import Path
from typing import Any

import pytest

from ewstape.cassette import Header, dump, dump_header
from ewstape.config import NO_INDEX, Config, RecordMode
from ewstape.errors import ConfigError
from ewstape.interaction import Interaction, Operation, Request
from ewstape.player import open_tape
from ewstape.replay import Answer, opening

URL = "https://mail.example.com/EWS/Exchange.asmx"


def made(number: int) -> Interaction:
    request = Request(method="POST", url=URL, body=f"<Get{number}/>".encode())
    return Interaction(number=number, operation=Operation(f"Get{number}"), request=request)


@pytest.fixture
def cassette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(opening, "SMALL", 0)
    monkeypatch.setattr(opening, "_SMALL_SIZE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    path = tmp_path / "one.yaml"
    path.write_text(dump_header(Header(recorded="", upstream="")) + dump(made(1)), "utf-8")
    return path


@pytest.mark.parametrize(("setting", "folder"), [("", "home/ewstape/indexes"), ("here", "here"), (NO_INDEX, "")])
def test_an_index_is_kept_where_the_settings_say(cassette: Path, setting: str, folder: str) -> None:
    where = str(cassette.parent / setting) if setting == "here" else setting
    told: list[tuple[int, int]] = []
    for _ in range(2):
        open_tape(Config(cassette=str(cassette), index_cache=where), lambda *done: told.append(done))
    kept = [str(path.parent.relative_to(cassette.parent)) for path in cassette.parent.rglob("*.index")]
    assert kept == [folder][: bool(folder)]
    assert told == [(1, 1)] * (1 if folder else 2)


def test_a_folder_that_cannot_be_written_is_told(cassette: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        open_tape(Config(cassette=str(cassette), index_cache=str(cassette)))
    assert "is not kept for the next start" in caplog.text


@pytest.mark.parametrize(("mode", "answered"), [(RecordMode.NONE, True), (RecordMode.NEW_EPISODES, False)])
def test_what_is_appended_is_played_unless_this_session_records_it(
    cassette: Path, mode: RecordMode, answered: bool
) -> None:
    tape = open_tape(Config(cassette=str(cassette), record_mode=mode))
    more = made(2)
    with cassette.open("a", encoding="utf-8") as file:
        file.write(dump(more))
    found: Any = tape.answer(more.request, more.operation)
    assert isinstance(found, Answer) is answered


@pytest.mark.parametrize("small", [0, 1000], ids=["indexed", "small"])
def test_an_end_that_was_cut_off_is_told(
    cassette: Path, small: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(opening, "_SMALL_SIZE", small * 1024)
    with cassette.open("a", encoding="utf-8") as file:
        file.write(dump(made(2))[:-8])
    for _ in range(2):
        caplog.clear()
        open_tape(Config(cassette=str(cassette)))
        assert f"{cassette}: cut off after byte " in caplog.text


def test_a_cassette_must_be_named() -> None:
    with pytest.raises(ConfigError, match="no cassette named"):
        open_tape(Config())
