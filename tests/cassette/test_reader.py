"""Cassettes open fast, read lazily, and say in one line what is wrong with them."""

import os
import subprocess
import sys
from array import array
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ewstape.cassette import Cassette, Header, dump, dump_header, reader
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction

type Write = Callable[[str | bytes], Path]
type Make = Callable[..., Interaction]
type Interactions = st.SearchStrategy[Interaction]

HEADER = dump_header(Header(recorder="ewstape 0.1.0"))
MINIMAL = "operation: GetFolder\nrequest:\n  body: <a/>\nresponse:\n  status: 200\n"


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Writes a file and gives its path."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "x.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_cassette_is_a_sequence_in_file_order(written: Write, interaction: Make) -> None:
    made = [interaction(number) for number in (2, 1, 3)]
    cassette = Cassette.open(written(HEADER + "".join(map(dump, made))))
    assert cassette.header == Header(recorder="ewstape 0.1.0")
    assert (len(cassette), list(cassette), cassette.torn) == (3, made, None)
    assert (cassette[-1], cassette[1:]) == (made[2], made[1:])
    documents = [dump(one).encode() for one in made]
    assert list(cassette.documents()) == documents
    assert [cassette.document(index) for index in (0, 1, -1)] == documents
    assert [cassette.peek(index) for index in (0, 1)] == documents[:2]
    with pytest.raises(IndexError):
        cassette[3]


def test_only_what_our_writer_wrote_is_given_with_its_document(written: Write, interaction: Make) -> None:
    made = interaction(1)
    cassette = Cassette.open(written(f"{HEADER}{dump(made)}---\n{MINIMAL}...\n{dump(made)}"))
    assert [document for _, document in cassette.read()] == [dump(made).encode(), None, dump(made).encode()]
    assert [one for one, _ in cassette.read(1)] == cassette[1:]


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_what_cannot_be_read_now_has_no_document_to_look_at(
    written: Write, interaction: Make, change: Callable[[Path], object]
) -> None:
    cassette = Cassette.open(written(HEADER + dump(interaction(1))))
    change(cassette.path)
    assert cassette.peek(0) == b""


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data(), piece=st.integers(1, 40))
def test_no_body_is_taken_for_a_mark(
    written: Write, interactions: Interactions, data: st.DataObject, piece: int
) -> None:
    """Whatever bodies hold, and wherever the pieces of the scan end."""
    made = data.draw(st.lists(interactions, max_size=4))
    path = written(HEADER + "".join(map(dump, made)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_PIECE", piece)
        cassette = Cassette.open(path)
    assert (list(cassette), cassette.torn, cassette.complete_size) == (made, None, path.stat().st_size)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "---\n",
        "# yaml-language-server: $schema=x.json\n",
        "# a\n\n---\n",
        "%YAML 1.1\n# a\n--- # b\n",
        "\ufeff",
        "\ufeff# a\n---\n",
    ],
    ids=["nothing", "mark", "comment", "comment and mark", "directive", "BOM", "BOM, comment and mark"],
)
def test_what_may_stand_before_the_header(written: Write, before: str) -> None:
    cassette = Cassette.open(written(f"{before}{HEADER}---\n{MINIMAL}...\n"))
    assert (len(cassette), cassette[0].number) == (1, 1)


@pytest.mark.parametrize("end", ["...\n", "...", "...\r\n", "... # the end\n", "...\n\n# the end\n", "...\n...\n"])
def test_a_closed_document_is_whole(written: Write, end: str) -> None:
    path = written(f"{HEADER}---\n{MINIMAL}{end}")
    cassette = Cassette.open(path)
    assert (len(cassette), cassette.torn, cassette.complete_size) == (1, None, path.stat().st_size)


def test_a_cassette_with_windows_line_ends_is_read(written: Write) -> None:
    """Git makes them where it is told to."""
    cassette = Cassette.open(written(f"{HEADER}---\n{MINIMAL}...\n---\n{MINIMAL}...\n".replace("\n", "\r\n")))
    assert [one.request.body for one in cassette] == [b"<a/>", b"<a/>"]


def test_a_file_cut_anywhere_loses_only_its_last_document(written: Write, interaction: Make) -> None:
    """At every byte: the documents before are there, and `complete_size` is where the last of them ends."""
    made = [interaction(1), interaction(2, request=b"...\n---\n..\n")]
    documents = [HEADER, *map(dump, made)]
    content = "".join(documents).encode()
    first, second = len(HEADER), len(HEADER) + len(documents[1])
    for size in range(first, len(content) + 1):
        cassette = Cassette.open(written(content[:size]))
        whole = sum(size >= end - 1 for end in (second, len(content)))  # the very last line break may be missing
        assert list(cassette) == made[:whole]
        if size in (first, second - 1, second, len(content) - 1, len(content)):
            assert (cassette.torn, cassette.complete_size) == (None, size)
        else:
            assert f"cut off after byte {cassette.complete_size}: " in cassette.torn
            assert cassette.complete_size == (first if size < second else second)


def test_an_error_names_file_document_and_line(written: Write) -> None:
    broken = MINIMAL.replace("200", "ok")
    path = written(f"{HEADER}---\n{MINIMAL}...\n---\n{broken}...\n---\n{MINIMAL}...\n")
    cassette = Cassette.open(path)
    assert cassette[2].number == 3
    with pytest.raises(CassetteError) as caught:
        cassette[1]
    lines = path.read_text().split("\n")
    assert str(caught.value) == (
        f"{path}: document 3: line {lines.index('  status: ok') + 1}: $.response.status: "
        "expected a status from 100 to 599, got 'ok'"
    )


def test_a_document_that_is_not_utf_8_is_named(written: Write) -> None:
    cassette = Cassette.open(written(HEADER.encode() + b"---\noperation: \xff\n...\n"))
    with pytest.raises(CassetteError, match=r"x\.yaml: document 2: line 5: not UTF-8 text$"):
        cassette[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty; a cassette begins with 'ewstape: 1'"),
        ("\n", "not an ewstape cassette: document 1: line 1: $: expected a document, got nothing"),
        (
            "a: 1\n...\n",
            "not an ewstape cassette: document 1: line 1: $: expected the header document, which has the key 'ewstape'",
        ),
        ("- &a b\n...\n", "not an ewstape cassette: document 1: line 1: $[0]: the anchor 'a' is not allowed"),
        (
            "interactions:\n- request: {}\nversion: 1\n...\n",
            "not an ewstape cassette: it has vcrpy's layout ('interactions:')",
        ),
        (b"\xff\xfee\0", "not an ewstape cassette: not UTF-8 text"),
        (b"\x1f\x8b\x08", "not an ewstape cassette: not UTF-8 text"),
        (
            "ewstape: 2\n...\n",
            "document 1: line 1: $.ewstape: cassette version '2' is not known; this ewstape reads version 1",
        ),
        ("ewstape: 1\nrecor", "document 1: the header is cut off; no line '...' closes it"),
        ("[" * 200_000, "not an ewstape cassette: document 1: line 1: $"),
    ],
    ids=["empty", "blank", "other YAML", "anchors", "vcrpy", "UTF-16", "gzip", "version", "torn header", "brackets"],
)
def test_what_is_no_cassette_is_said_in_one_line(written: Write, content: str | bytes, message: str) -> None:
    path = written(content)
    with pytest.raises(CassetteError) as caught:
        Cassette.open(path)
    assert str(caught.value).startswith(f"{path}: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no.yaml", "there is no such cassette"),
        (".", "is a directory; expected a cassette file"),
        ("pipe", "is not a regular file; "),
    ],
)
def test_what_is_no_file_is_said_in_one_line(tmp_path: Path, name: str, message: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CassetteError) as caught:
        Cassette.open(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: {message}")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(["---", "...", "\n", "ewstape: 1", MINIMAL, " ", "--", "a", "\x00", "[", "%YAML 1.1"]),
        max_size=12,
    ).map(lambda parts: "".join(parts).encode())
)
def test_any_file_is_a_cassette_or_a_cassette_error(written: Write, content: str | bytes) -> None:
    """Any other exception fails this test."""
    with suppress(CassetteError):
        cassette = Cassette.open(written(content))
        assert len(list(cassette)) == len(cassette)


def test_a_replaced_file_is_noticed(written: Write, interaction: Make, tmp_path: Path) -> None:
    path = written(HEADER + dump(interaction()))
    cassette = Cassette.open(path)
    (tmp_path / "new").write_text(HEADER)
    (tmp_path / "new").replace(path)
    with pytest.raises(CassetteError, match="another file took its place"):
        cassette[0]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda content: content[:-9], "became shorter while it was read; start again"),
        (lambda content: b"# " + content, "document 2: was changed while it was read; start again"),
    ],
    ids=["cut off", "all two bytes later"],
)
def test_a_file_that_is_changed_in_place_is_noticed(
    written: Write, interaction: Make, changed: Callable[[bytes], bytes], message: str
) -> None:
    path = written(HEADER + dump(interaction(1)) + dump(interaction(2)))
    cassette = Cassette.open(path)
    path.write_bytes(changed(path.read_bytes()))
    for read in (list, lambda all_: all_[1], lambda all_: list(all_.documents())):
        with pytest.raises(CassetteError, match=r"x\.yaml: .*start again$"):
            read(cassette)
    with pytest.raises(CassetteError) as caught:
        list(cassette)
    assert str(caught.value) == f"{path}: {message}"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 300), min_size=1, max_size=8), burst=st.integers(1, 3000))
def test_bursts_end_between_documents(written: Write, interaction: Make, sizes: list[int], burst: int) -> None:
    made = [interaction(number, b"x" * size) for number, size in enumerate(sizes, 1)]
    cassette = Cassette.open(written(HEADER + "".join(map(dump, made))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_BURST", burst)
        assert list(cassette) == made


@pytest.mark.parametrize("more", [b"", b"---\noperation", b"---\noperation: A\nrequest: {}\n...\n", b"# c\n"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_known_boundaries_give_the_same_cassette(written: Write, interaction: Make, count: int, more: bytes) -> None:
    """Also where something was appended since."""
    path = written(HEADER + "".join(dump(interaction(number)) for number in range(1, count + 1)))
    known = Cassette.open(path).boundaries
    path.write_bytes(path.read_bytes() + more)
    scanned = Cassette.open(path)
    opened = Cassette.open(path, boundaries=known)
    for one in (opened, Cassette.open(path, boundaries=scanned.boundaries)):
        assert (one.boundaries, one.torn, one.complete_size, one.header) == (
            scanned.boundaries,
            scanned.torn,
            scanned.complete_size,
            scanned.header,
        )
    assert list(opened) == list(scanned)


def test_known_boundaries_before_the_last_are_not_searched_again(written: Write, interaction: Make) -> None:
    path = written(HEADER + "".join(dump(interaction(number)) for number in range(3)))
    known = Cassette.open(path).boundaries
    known.pop(2)
    assert len(Cassette.open(path, boundaries=known)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: [],
        lambda _: [0],
        lambda known: [1, *known[1:]],
        lambda known: [known[0], known[2], known[1], *known[3:]],
        lambda known: [*known[:-1], known[-1] + 1],
        lambda known: [*known[:-2], known[-2] + 1, known[-1]],
    ],
    ids=["none", "no end", "not from the beginning", "not in order", "beyond the end", "no mark at the last"],
)
def test_boundaries_that_do_not_fit_are_refused(
    written: Write, interaction: Make, wrong: Callable[[list[int]], list[int]]
) -> None:
    path = written(HEADER + "".join(dump(interaction(number)) for number in range(3)))
    known = array("q", wrong(list(Cassette.open(path).boundaries)))
    with pytest.raises(CassetteError) as caught:
        Cassette.open(path, boundaries=known)
    assert str(caught.value) == f"{path}: the boundaries that are known of it do not fit; open it without them"


def test_no_file_stays_open(written: Write, interaction: Make) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc")
    path = written(HEADER + dump(interaction()))
    script = (
        "import os, sys; from ewstape.cassette import Cassette; "
        "c = Cassette.open(sys.argv[1]); c[0]; going = iter(c); next(going); print(os.listdir('/proc/self/fd'))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert shown.stdout.strip() == "['0', '1', '2', '3']"  # the last is the listing itself
