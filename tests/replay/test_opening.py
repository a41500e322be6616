"""A cassette is opened by its index where that fits, and read where it does not; what is answered is the same."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ewstape.cassette import Cassette, Header, dump, dump_header
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction
from ewstape.replay import Answer, Miss, Tape, opening
from ewstape.replay.index import Index
from ewstape.replay.opening import Recording

LINES = (
    "play item-1 100 = call-1",
    "poll call-1 = Connecting",
    "poll call-1 = Connected",
    "hang call-1 = Success",
    "poll call-1 = Disconnected",
    "find inbox = none",
    "create a = made",
    "list inbox = item-2",
    "get item-2 = two",
    "poll call-9 = ErrorInvalidPhoneCallId",
)


@pytest.fixture(autouse=True)
def all_are_big(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cassette gets an index."""
    monkeypatch.setattr(opening, "SMALL", 0)
    monkeypatch.setattr(opening, "_SMALL_SIZE", 0)
    monkeypatch.setattr(opening, "_KEY", 20)


def text(interactions: list[Interaction]) -> str:
    return dump_header(Header(recorded="2024-05-06T07:08:09Z", upstream="")) + "".join(map(dump, interactions))


@pytest.fixture
def cassette(words: Any, tmp_path: Path) -> Path:
    path = tmp_path / "big.yaml"
    path.write_text(text(words.interactions("\n".join(LINES))), "utf-8")
    return path


@pytest.fixture
def opened(cassette: Path, tmp_path: Path) -> Callable[[], tuple[Index, int]]:
    """Opens the cassette by its index; how many documents were read for it."""

    def opened() -> tuple[Index, int]:
        told = [0]
        index = Recording(cassette, folder=tmp_path / "cache").index(lambda done, _: told.append(done))
        return index, told[-1]

    return opened


def same(index: Index, cassette: Path) -> bool:
    """Whether an index is what it would be if the cassette was read now."""
    fresh = Recording(cassette).index()
    return {name: list(column) for name, column in index.contents.columns.items()} == {
        name: list(column) for name, column in fresh.contents.columns.items()
    } and index.contents.operations == fresh.contents.operations


def touched(path: Path) -> None:
    """As if it had been written a second later."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))


def test_a_cassette_is_read_once(opened: Any, cassette: Path) -> None:
    assert [opened()[1], opened()[1]] == [10, 0]
    assert same(opened()[0], cassette)


def test_without_a_folder_nothing_is_written(cassette: Path, tmp_path: Path) -> None:
    Recording(cassette).index()
    assert list(tmp_path.iterdir()) == [cassette]


def test_a_small_cassette_has_no_index(cassette: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SMALL", 1000)
    told: list[int] = []
    for size in (0, 10**6):
        monkeypatch.setattr(opening, "_SMALL_SIZE", size)
        assert len(Recording(cassette, folder=tmp_path / "cache").index(lambda done, _: told.append(done))) == 10
    assert told == []
    assert list(tmp_path.iterdir()) == [cassette]


def test_what_is_small_is_told_by_size_alone(cassette: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = cassette.stat().st_size
    for limit, small in ((size, False), (size + 1, True)):
        monkeypatch.setattr(opening, "_SMALL_SIZE", limit)
        assert opening.is_small(cassette) is small
    assert opening.is_small(cassette.with_name("none"))


def test_a_cassette_that_grew_is_read_from_where_it_ended(opened: Any, cassette: Path, words: Any) -> None:
    opened()
    more = words.interactions("\n".join([*LINES, "get item-3 = three", "poll call-1 = Disconnected"]))[10:]
    with cassette.open("a", encoding="utf-8") as file:
        file.writelines(map(dump, more))
    read: list[int] = []
    one = Cassette.documents
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cassette, "documents", lambda self, first: read.append(first) or one(self, first))
        index, _ = opened()
    assert read == [10]
    assert len(index) == 12
    assert same(index, cassette)
    assert opened()[1] == 0


def _other_size(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("item-2", "item-22"), "utf-8")


def _other_end(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("call-9", "call-8"), "utf-8")


def _other_file(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def _shorter(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"---\n")])


def _torn(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 20)


def _under_the_same_stamp(path: Path) -> None:
    status = path.stat()
    path.write_text(path.read_text("utf-8").replace("item-2", "item-7").replace("item-1", "item-8"), "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("change", [touched, _other_size, _other_end, _other_file, _shorter, _torn])
def test_an_index_that_no_longer_fits_is_made_anew(opened: Any, cassette: Path, change: Callable[[Path], None]) -> None:
    opened()
    change(cassette)
    index, read = opened()
    assert read == len(index) > 0
    assert same(index, cassette)


def test_documents_are_looked_at_although_the_stamp_fits(opened: Any, cassette: Path) -> None:
    opened()
    _under_the_same_stamp(cassette)
    assert opened()[1] == 10


@pytest.mark.parametrize("damage", [b"", b"ewstape index 1\n", b"\0" * 4096])
def test_a_damaged_index_is_made_anew(opened: Any, cassette: Path, tmp_path: Path, damage: bytes) -> None:
    opened()
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(damage)
    assert [opened()[1], opened()[1]] == [10, 0]
    assert same(opened()[0], cassette)


def test_other_significant_headers_have_another_index(opened: Any, cassette: Path, tmp_path: Path) -> None:
    opened()
    Recording(cassette, frozenset({"RequestServerVersion"}), tmp_path / "cache").index()
    assert len(list((tmp_path / "cache").iterdir())) == 2
    assert opened()[1] == 0


def test_an_index_that_cannot_be_written_is_done_without(cassette: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    recording = Recording(cassette, folder=tmp_path / "cache")
    assert len(recording.index()) == 10
    assert str(tmp_path) in recording.trouble


def test_a_cassette_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="there is no such cassette"):
        Recording(tmp_path / "none.yaml", folder=tmp_path).index()


# --- a cassette that changes while it is played ----------------------------------------------------------------------


@pytest.fixture(params=["fresh", "cached"])
def tape(request: Any, cassette: Path, tmp_path: Path) -> Tape:
    if request.param == "cached":
        Recording(cassette, folder=tmp_path / "cache").index()
    recording = Recording(cassette, folder=tmp_path / "cache")
    return Tape.of(recording.index(), recording)


def ask(tape: Tape, words: Any, line: str) -> int | str:
    request = words.request(line)
    found = tape.answer(request, words.operation(request))
    return found.interaction.number if isinstance(found, Answer) else found.reason.name


def test_what_is_appended_is_found_before_a_miss_is_declared(tape: Tape, cassette: Path, words: Any) -> None:
    """And the call goes on where it was."""
    assert [ask(tape, words, line) for line in ("play item-1 100", "poll call-1", "find drafts")] == [
        1,
        2,
        "DIFFERENT_CONTENT",
    ]
    (more,) = words.interactions("\n".join([*LINES, "find drafts = some"]))[10:]
    with cassette.open("a", encoding="utf-8") as file:
        file.write(dump(more))
    assert [ask(tape, words, line) for line in ("poll call-1", "find drafts", "poll call-1", "find outbox")] == [
        3,
        11,
        3,
        "DIFFERENT_CONTENT",
    ]
    assert (tape.used, tape.misses) == ((1, 2, 3, 11), 2)


@pytest.mark.parametrize("change", [_other_size, _other_file, _under_the_same_stamp])
def test_a_document_is_compared_with_the_index_when_it_is_read(
    opened: Any, cassette: Path, tmp_path: Path, words: Any, change: Callable[[Path], None]
) -> None:
    """What is served is what the cassette holds now."""
    opened()
    recording = Recording(cassette, folder=tmp_path / "cache")
    tape = Tape.of(recording.index(), recording)
    change(cassette)
    tapes = tape, Tape(Cassette.open(cassette))
    for line in ("get item-2", "play item-1 100", "poll call-1", "list inbox", "get item-22"):
        request = words.request(line)
        one, other = (each.answer(request, words.operation(request)) for each in tapes)
        if isinstance(one, Miss):
            assert one == other, line
            assert str(one) == str(other)
        else:
            assert isinstance(other, Answer)
            assert (one.interaction.number, one.response) == (other.interaction.number, other.response), line


def test_with_an_index_only_what_came_of_a_request_is_read(
    opened: Any, cassette: Path, tmp_path: Path, words: Any
) -> None:
    opened()
    recording = Recording(cassette, folder=tmp_path / "cache")
    tape = Tape.of(recording.index(), recording)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cassette, "document", lambda *_: pytest.fail("a whole document was read"))
        request = words.request("get item-2")
        found = tape.answer(request, words.operation(request))
    (whole,) = (one for one in Cassette.open(cassette) if one.number == found.interaction.number)
    assert not found.interaction.request.body
    assert found.response == whole.response


def test_an_answer_that_was_changed_under_the_same_stamp_is_the_one_that_is_served(
    opened: Any, cassette: Path, tmp_path: Path, words: Any
) -> None:
    opened()
    recording = Recording(cassette, folder=tmp_path / "cache")
    tape = Tape.of(recording.index(), recording)
    status, text = cassette.stat(), cassette.read_text("utf-8")
    request = words.request("get item-2")
    (recorded,) = (one for one in Cassette.open(cassette) if one.request.body == request.body)
    document = dump(recorded)
    cassette.write_text(text.replace(document, document.replace("status: 200", "status: 203")), "utf-8")
    os.utime(cassette, ns=(status.st_atime_ns, status.st_mtime_ns))
    found = tape.answer(request, words.operation(request))
    assert found.response.status == 203


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_text("no cassette")])
def test_a_cassette_that_cannot_be_read_just_now_is_played_as_it_is_known(
    cassette: Path, words: Any, change: Callable[[Path], None]
) -> None:
    recording = Recording(cassette)
    tape = Tape.of(recording.index(), recording)
    change(cassette)
    assert [ask(tape, words, line) for line in ("find drafts", "find inbox")] == ["DIFFERENT_CONTENT", 6]
    assert tape.misses == 1


def test_a_document_that_cannot_be_read_is_an_error(opened: Any, cassette: Path, tmp_path: Path, words: Any) -> None:
    opened()
    recording = Recording(cassette, folder=tmp_path / "cache")
    tape = Tape.of(recording.index(), recording)
    cassette.unlink()
    request = words.request("list inbox")
    with pytest.raises(CassetteError):
        tape.answer(request, words.operation(request))


# --- whichever way the index came -------------------------------------------------------------------------------------


@settings(deadline=None)  # five cassettes are opened
@given(
    recorded=st.lists(st.sampled_from(LINES), min_size=1, max_size=14),
    grown=st.integers(0, 14),
    asked=st.lists(
        st.sampled_from(LINES) | st.sampled_from(["play mine 900 = ", "get mine = ", "get x = "]), max_size=14
    ),
)
def test_a_tape_plays_alike_from_memory_cache_and_a_cache_that_was_continued(
    words: Any, tmp_path_factory: pytest.TempPathFactory, recorded: list[str], grown: int, asked: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("recorded")
    path = folder / "one.yaml"
    interactions = words.interactions("\n".join(recorded))
    path.write_text(text(interactions[:grown]), "utf-8")
    Recording(path, folder=folder / "cache").index()
    with path.open("a", encoding="utf-8") as file:
        file.writelines(map(dump, interactions[grown:]))
    tapes = [Tape(interactions)]
    for cache in ("cache", "cache", "other", "other"):  # continued, then read; made at once, then read
        recording = Recording(path, folder=folder / cache)
        tapes.append(Tape.of(recording.index(), recording))
    for line in asked:
        request = words.request(line)
        found = [tape.answer(request, words.operation(request)) for tape in tapes]
        told = [(one.interaction.number, one.response) if isinstance(one, Answer) else one.to_dict() for one in found]
        assert told == [told[0]] * len(tapes)
    assert len({(tape.used, tape.unused, tape.misses) for tape in tapes}) == 1
