"""Recording in a test: from a real server on another port, to a cassette that appears when the test has passed."""

import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import ewstape
from ewstape.sandbox import Sandbox

type Ask = Callable[..., bytes]

SAMPLES = Path(__file__).parents[1] / "wire_samples"
FOLDER = (SAMPLES / "get-folder.request.xml").read_bytes()
OTHER = (SAMPLES / "seed-disconnect-phone-call.request.xml").read_bytes()


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all"])
def test_what_is_recorded_can_be_played(server: Sandbox, ask: Ask, tmp_path: Path, ca: Path, mode: str) -> None:
    path = tmp_path / "folder" / "new.yaml"
    with ewstape.use_cassette(path, mode=mode, upstream=server.url, ca_dir=ca) as cassette:
        assert cassette.recording
        answer = ask(cassette.url, FOLDER)
        assert not path.exists()
        [asked] = cassette.requests
        assert asked.request.body == FOLDER  # the client's own, not its pseudonym
        assert asked.response is not None
        assert asked.response.body == answer
        assert len(cassette.interactions) == 1
    assert files(path.parent) == ["new.yaml"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with ewstape.use_cassette(path, mode="once", upstream="http://127.0.0.1:9") as cassette:
        assert not cassette.recording
        assert ask(cassette.url, FOLDER)
        cassette.assert_all_used()


def test_both_ports_record_to_the_same_cassette(server: Sandbox, ask: Ask, tmp_path: Path, ca: Path) -> None:
    path = tmp_path / "new.yaml"
    with ewstape.use_cassette(path, mode="all", upstream=server.origin, ca_dir=ca) as cassette:
        ask(cassette.url, FOLDER)
        ask(server.url, FOLDER, cassette.proxy_url)
    assert len(ewstape.load(path)) == 2


def test_a_block_that_raised_leaves_what_was_there(server: Sandbox, ask: Ask, tmp_path: Path, ca: Path) -> None:
    path = tmp_path / "tape.yaml"
    with ewstape.use_cassette(path, mode="all", upstream=server.origin, ca_dir=ca) as cassette:
        ask(cassette.url, FOLDER)
    before = path.read_bytes()

    def fails(mode: str, *, keep: bool) -> None:
        with ewstape.use_cassette(path, mode=mode, upstream=server.origin, ca_dir=ca, keep_failed=keep) as cassette:
            ask(cassette.url, OTHER)
            raise KeyError

    for mode, keep in (("all", False), ("new_episodes", False), ("all", True)):
        with pytest.raises(KeyError):
            fails(mode, keep=keep)
        assert (path.read_bytes() == before) is not keep
    assert files(tmp_path) == ["tape.yaml"]


def test_new_episodes_adds_to_what_is_there(server: Sandbox, ask: Ask, tmp_path: Path, ca: Path) -> None:
    path = tmp_path / "tape.yaml"
    with ewstape.use_cassette(path, mode="all", upstream=server.origin, ca_dir=ca) as cassette:
        ask(cassette.url, FOLDER)
    with ewstape.use_cassette(path, mode="new_episodes", upstream=server.origin, ca_dir=ca) as cassette:
        ask(cassette.url, FOLDER)
        ask(cassette.url, OTHER)
        assert cassette.used == (1,)
        assert cassette.ending.used == 1
    assert len(ewstape.load(path)) == 2


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all"])
def test_of_two_recordings_at_once_none_is_lost_in_silence(
    server: Sandbox, ask: Ask, tmp_path: Path, ca: Path, mode: str
) -> None:
    """As of two tests in two workers that name the same cassette."""
    path = tmp_path / "new.yaml"
    recording = ewstape.use_cassette(path, mode=mode, upstream=server.origin, ca_dir=ca)
    ends = ExitStack()
    first = ends.enter_context(recording)
    with recording as second:
        ask(first.url, FOLDER)
        ask(second.url, FOLDER)
    before = path.read_bytes()
    with pytest.raises(ewstape.CassetteError, match="let only one test at a time"):
        ends.close()
    assert path.read_bytes() == before
    assert files(tmp_path) == ["new.yaml"]


def test_a_recording_that_saw_nothing_makes_no_cassette(server: Sandbox, tmp_path: Path, ca: Path) -> None:
    with ewstape.use_cassette(tmp_path / "new.yaml", mode="once", upstream=server.origin, ca_dir=ca) as cassette:
        assert cassette.url
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [({}, "say what to record"), ({"hosts": ("mail.example.com",)}, "the URL of the server to record is missing")],
    ids=["nothing", "no upstream"],
)
def test_what_to_record_must_be_said(tmp_path: Path, settings: dict[str, object], message: str) -> None:
    with (
        pytest.raises(ewstape.ConfigError, match=message),
        ewstape.use_cassette(tmp_path / "new.yaml", mode="once", **settings) as cassette,  # type: ignore[arg-type]
    ):
        _ = cassette.url
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ewstape.CassetteError, match="cannot be recorded: "):
        ewstape.use_cassette(tmp_path / "file" / "new.yaml", mode="all", upstream="http://127.0.0.1:9").__enter__()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ewstape: 1\n...\n---\noperation: A\nrequest: {}\n...\n", "cannot append: its upstream is "),
        ("no cassette", "not an ewstape cassette"),
    ],
    ids=["another server", "no cassette"],
)
def test_a_cassette_that_cannot_be_read_is_named_and_left_alone(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ewstape.CassetteError, match=message) as raised:
        ewstape.use_cassette(path, mode="new_episodes", upstream="http://127.0.0.1:9", redaction=False).__enter__()
    assert ".new" not in str(raised.value)
    assert files(tmp_path) == ["tape.yaml"]
    assert path.read_text("utf-8") == text
