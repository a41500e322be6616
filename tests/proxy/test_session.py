"""Which half of the addon a config opens."""

import shutil
from pathlib import Path

import pytest

from ewstape.cassette import Cassette, Existing
from ewstape.config import Config, RecordMode
from ewstape.errors import CassetteError, ConfigError
from ewstape.proxy.mixing import Mixing
from ewstape.proxy.recording import Recording
from ewstape.proxy.replaying import Replaying
from ewstape.proxy.session import open_session

SAMPLE = Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"
UPSTREAM = Cassette.open(SAMPLE).header.upstream
OPENED = {
    ("none", "there"): Replaying,
    ("all", "missing"): Recording,
    ("once", "missing"): Recording,
    ("once", "empty"): Recording,
    ("once", "there"): Replaying,
    ("new_episodes", "missing"): Mixing,
    ("new_episodes", "empty"): Mixing,
    ("new_episodes", "there"): Mixing,
}


def tape(tmp_path: Path, state: str) -> str:
    path = tmp_path / "tape.yaml"
    if state == "there":
        shutil.copyfile(SAMPLE, path)
    elif state == "empty":
        path.touch()
    return str(path)


@pytest.mark.parametrize(("mode", "state"), OPENED)
def test_the_mode_and_what_is_there_decide(mode: str, state: str, tmp_path: Path) -> None:
    header = "" if state == "missing" else UPSTREAM
    config = Config(cassette=tape(tmp_path, state), record_mode=RecordMode(mode), redaction=False)
    session = open_session(config, upstream=header)
    assert type(session) is OPENED[mode, state]
    session.done()


REFUSED = {
    "replaying what is missing": (RecordMode.NONE, "missing", Existing.REFUSE, CassetteError),
    "recording over what is there": (RecordMode.ALL, "there", Existing.REFUSE, CassetteError),
    "once and overwrite": (RecordMode.ONCE, "there", Existing.OVERWRITE, ConfigError),
    "new episodes and overwrite": (RecordMode.NEW_EPISODES, "there", Existing.OVERWRITE, ConfigError),
}


@pytest.mark.parametrize(("mode", "state", "existing", "error"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused(
    mode: RecordMode, state: str, existing: Existing, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        open_session(Config(cassette=tape(tmp_path, state), record_mode=mode, existing=existing), upstream="")


def test_a_cassette_must_be_named() -> None:
    with pytest.raises(ConfigError, match="no cassette named"):
        open_session(Config(), upstream="")


def test_a_document_that_cannot_be_read_lets_go_of_the_cassette(tmp_path: Path) -> None:
    path = tape(tmp_path, "there")
    with Path(path).open("a", encoding="utf-8") as file:
        file.write("---\nnonsense: 1\n...\n")
    config = Config(cassette=path, record_mode=RecordMode.NEW_EPISODES, redaction=False)
    for _ in range(2):  # a lock that was kept would be another error
        with pytest.raises(CassetteError, match="nonsense"):
            open_session(config, upstream=UPSTREAM)
