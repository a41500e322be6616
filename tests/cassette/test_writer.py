"""What was written is in the file, whole, whatever happens next."""

import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ewstape.cassette import Cassette, CassetteWriter, Existing, Header, writer
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction

type Make = Callable[..., Interaction]

HEADER = Header(recorder="ewstape 0.1.0", upstream="https://mail.example.com", redaction=("authentication",))

unix = pytest.mark.skipif(sys.platform == "win32", reason="file modes and signals of Unix")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.yaml"


@pytest.fixture
def filled(path: Path, interaction: Make) -> Path:
    """A cassette with two interactions, numbers 1 and 2."""
    with CassetteWriter(path, HEADER) as tape:
        tape.write(interaction(2))
        tape.write(interaction(1))
    return path


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs `code` in a fresh interpreter that finds what this one finds."""
    script = "import sys\nfrom ewstape.cassette import *\nfrom ewstape.interaction import *\n" + code
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


ENDLESS = """
request = Request(method="POST", url="https://a/", body=b"x" * 5000)
one = Interaction(number=1, operation=Operation("A"), request=request)
tape = CassetteWriter(sys.argv[1], Header())
print("ready", flush=True)
while True:
    tape.write(one)
"""


def test_what_was_written_is_read_back(filled: Path, interaction: Make) -> None:
    cassette = Cassette.open(filled)
    assert cassette.header == HEADER
    assert list(cassette) == [interaction(2), interaction(1)]


def test_the_header_is_there_before_the_first_interaction(path: Path) -> None:
    with CassetteWriter(path, HEADER):
        assert Cassette.open(path).header == HEADER


def test_an_interaction_is_in_the_file_when_write_returns(path: Path, interaction: Make) -> None:
    with CassetteWriter(path, HEADER) as tape:
        for number in (1, 2, 3):
            tape.write(interaction(number))
            assert len(Cassette.open(path)) == tape.count == number


@unix
def test_the_file_is_for_its_owner_only(path: Path, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        (tmp_path / "empty.yaml").touch(mode=0o666)
        for name in (path, tmp_path / "empty.yaml"):
            with CassetteWriter(name, HEADER):
                assert stat.S_IMODE(name.stat().st_mode) == 0o600
    finally:
        os.umask(old)


def test_a_cassette_that_is_not_empty_is_refused(filled: Path) -> None:
    before = filled.read_bytes()
    with pytest.raises(CassetteError) as caught:
        CassetteWriter(filled, HEADER)
    assert str(caught.value) == f"{filled}: is not empty; use --append or --overwrite"
    assert filled.read_bytes() == before


def test_appending_goes_on_with_numbers_and_time(filled: Path, interaction: Make) -> None:
    with CassetteWriter(filled, HEADER, existing=Existing.APPEND) as tape:
        assert (tape.count, tape.next_number, tape.elapsed, tape.torn) == (2, 3, 2.5, None)
        tape.write(interaction(3))
        assert (tape.count, tape.next_number, tape.elapsed) == (3, 4, 3.5)
    assert [one.number for one in Cassette.open(filled)] == [2, 1, 3]


@pytest.mark.parametrize("existing", Existing)
def test_a_missing_or_empty_cassette_is_begun_in_every_mode(path: Path, existing: Existing, interaction: Make) -> None:
    for begun in (path, path.with_name("empty.yaml")):
        if begun != path:
            begun.touch()
        with CassetteWriter(begun, HEADER, existing=existing) as tape:
            assert (tape.count, tape.next_number, tape.elapsed) == (0, 1, 0.0)
            tape.write(interaction())
        assert len(Cassette.open(begun)) == 1
    assert {file.name for file in path.parent.iterdir()} == {"x.yaml", "empty.yaml"}


def test_appending_to_a_hand_written_cassette_counts_positions(path: Path, interaction: Make) -> None:
    """It need not state numbers, nor end with a line break."""
    path.write_text("ewstape: 1\n...\n---\noperation: A\nrequest: {}\n...\n---\noperation: A\nrequest: {}\n...")
    with CassetteWriter(path, Header(), existing=Existing.APPEND) as tape:
        assert (tape.count, tape.next_number, tape.elapsed) == (2, 3, 0.0)
        tape.write(interaction(3))
    assert [one.number for one in Cassette.open(path)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            Header(upstream="https://other.example.com", redaction=("authentication",)),
            "its upstream is 'https://mail.example.com', not 'https://other.example.com'",
        ),
        (Header(upstream="https://mail.example.com"), "its redaction is ['authentication'], not []"),
    ],
    ids=["upstream", "redaction"],
)
def test_appending_wants_the_same_upstream_and_redaction(filled: Path, header: Header, message: str) -> None:
    with pytest.raises(CassetteError) as caught:
        CassetteWriter(filled, header, existing=Existing.APPEND)
    assert str(caught.value) == f"{filled}: cannot append: {message}; use another file or --overwrite"


def test_appending_to_what_is_no_cassette_is_refused(path: Path) -> None:
    path.write_text("a: b\n")
    with pytest.raises(CassetteError, match="not an ewstape cassette"):
        CassetteWriter(path, HEADER, existing=Existing.APPEND)
    assert path.read_text() == "a: b\n"


def test_a_torn_tail_is_saved_and_cut_off(filled: Path, interaction: Make) -> None:
    """Twice: the second tail does not overwrite the first."""
    whole = filled.read_bytes()
    for number, name in ((3, "x.yaml.torn"), (4, "x.yaml.torn.1")):
        tail = f"---\noperation: {number}".encode()
        filled.write_bytes(whole + tail)
        with CassetteWriter(filled, HEADER, existing=Existing.APPEND) as tape:
            assert tape.torn.endswith(f"saved as {filled.with_name(name)}")
            tape.write(interaction(number))
        saved = filled.with_name(name)
        assert saved.read_bytes() == tail
        if sys.platform != "win32":
            assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        assert filled.read_bytes().startswith(whole)
        whole = filled.read_bytes()
    assert [one.number for one in Cassette.open(filled)] == [2, 1, 3, 4]


def test_overwriting_replaces_the_old_cassette_when_it_is_closed(filled: Path, interaction: Make) -> None:
    before = filled.read_bytes()
    with CassetteWriter(filled, HEADER, existing=Existing.OVERWRITE) as tape:
        tape.write(interaction(7))
        assert filled.read_bytes() == before
        if sys.platform != "win32":
            assert stat.S_IMODE(filled.with_name("x.yaml.new").stat().st_mode) == 0o600
    assert [one.number for one in Cassette.open(filled)] == [7]
    assert [file.name for file in filled.parent.iterdir()] == ["x.yaml"]


def test_overwriting_that_breaks_off_leaves_both(filled: Path, interaction: Make) -> None:
    before = filled.read_bytes()

    def record_and_fail() -> None:
        with CassetteWriter(filled, HEADER, existing=Existing.OVERWRITE) as tape:
            tape.write(interaction(7))
            raise KeyError

    with pytest.raises(KeyError):
        record_and_fail()
    left = filled.with_name("x.yaml.new")
    assert filled.read_bytes() == before
    assert len(Cassette.open(left)) == 1
    with pytest.raises(CassetteError) as caught:
        CassetteWriter(filled, HEADER, existing=Existing.OVERWRITE)
    assert str(caught.value) == f"{left}: is left from a recording that broke off; move or delete it first"


@pytest.mark.parametrize("existing", Existing)
@pytest.mark.parametrize("first", [Existing.APPEND, Existing.OVERWRITE])
def test_a_second_writer_is_refused(filled: Path, first: Existing, existing: Existing) -> None:
    with CassetteWriter(filled, HEADER, existing=first):
        with pytest.raises(CassetteError) as caught:
            CassetteWriter(filled, HEADER, existing=existing)
        assert str(caught.value) == f"{filled}: another recorder is writing to it"
    with CassetteWriter(filled, HEADER, existing=Existing.APPEND) as tape:
        assert tape.count == (2 if first is Existing.APPEND else 0)


def test_the_lock_holds_between_processes(filled: Path) -> None:
    with CassetteWriter(filled, HEADER, existing=Existing.APPEND):
        other = run("CassetteWriter(sys.argv[1], Header(), existing=Existing.APPEND)", filled)
    assert f"{filled}: another recorder is writing to it" in other.stderr


def test_a_closed_writer_refuses_to_write(path: Path, interaction: Make) -> None:
    tape = CassetteWriter(path, HEADER)
    tape.close()
    tape.close()
    with pytest.raises(CassetteError, match="is closed"):
        tape.write(interaction())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".", "cannot be written: Is a directory"),
        ("no/x.yaml", "cannot be written: there is no folder "),
        ("pipe", "is not a regular file; "),
    ],
)
@unix
def test_what_cannot_be_a_cassette_is_said_in_one_line(tmp_path: Path, name: str, message: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CassetteError) as caught:
        CassetteWriter(tmp_path / name, HEADER)
    assert str(caught.value).startswith(f"{tmp_path / name}: {message}")


@unix
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_may_not_be_written_is_said_in_one_line(what: str) -> None:
    """As another user, since nothing stops root."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        Path(folder).chmod(0o755)
        if what == "file":
            path.touch(mode=0o444)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        else:
            Path(folder).chmod(0o555)
        try:
            with pytest.raises(CassetteError) as caught:
                CassetteWriter(path, HEADER)
        finally:
            os.seteuid(user)
            Path(folder).chmod(0o755)
        assert str(caught.value) == f"{path}: cannot be written: Permission denied"


def test_short_writes_are_completed(path: Path, interaction: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(writer.os, "write", lambda fd, data: write(fd, bytes(data)[:100]))
    with CassetteWriter(path, HEADER) as tape:
        tape.write(interaction(request=b"x" * 1000))
    assert list(Cassette.open(path)) == [interaction(request=b"x" * 1000)]


@unix
def test_a_full_disk_leaves_whole_documents_and_one_line() -> None:
    """The limit on file size stands in for the disk: the kernel writes a part, then refuses."""
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        done = run(limit + ENDLESS, path)
        message = f"{path}: cannot be written: File too large; it holds 3 whole interactions"
        assert done.stderr.endswith(f"CassetteError: {message}\n")
        cassette = Cassette.open(path)
        assert (len(cassette), cassette.torn) == (3, None)
        assert path.stat().st_size == cassette.complete_size


@unix
def test_overwriting_on_a_full_disk_keeps_the_old_cassette(filled: Path, interaction: Make) -> None:
    before = filled.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with CassetteWriter(filled, HEADER, existing=Existing.OVERWRITE) as tape:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
        try:
            with pytest.raises(CassetteError, match="cannot be written"):
                tape.write(interaction(request=b"x" * 10_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert filled.read_bytes() == before
    assert len(Cassette.open(filled.with_name("x.yaml.new"))) == 0


@unix
def test_a_killed_writer_leaves_whole_documents(path: Path) -> None:
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\nfrom ewstape.cassette import *\nfrom ewstape.interaction import *\n" + ENDLESS,
            str(path),
        ],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with child:
        assert child.stdout.readline() == b"ready\n"
        while path.stat().st_size < 100_000:
            assert child.poll() is None
        child.send_signal(signal.SIGKILL)
    cassette = Cassette.open(path)
    assert all(one.request.body == b"x" * 5000 for one in cassette)
    assert len(cassette) >= 15
    with CassetteWriter(path, Header(), existing=Existing.APPEND) as tape:
        assert tape.count == len(cassette)


def test_fsync_waits_for_the_disk_after_each_interaction(
    path: Path, interaction: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    monkeypatch.setattr(writer.os, "fsync", synced.append)
    with CassetteWriter(path, HEADER, fsync=True) as tape:
        tape.write(interaction())
        assert len(synced) == 2  # the header, the interaction
    with CassetteWriter(path, HEADER, existing=Existing.APPEND) as tape:
        tape.write(interaction())
        assert len(synced) == 3  # that of the first writer's close


def test_a_cassette_without_interactions_has_nothing_to_lose(tmp_path: Path) -> None:
    """A recorder that ended before anything came leaves a header; the next one begins anew without being told to."""
    path = tmp_path / "tape.yaml"
    CassetteWriter(path, Header(upstream="http://one.example.com")).close()
    CassetteWriter(path, Header(upstream="http://two.example.com")).close()
    assert Cassette.open(path).header.upstream == "http://two.example.com"
