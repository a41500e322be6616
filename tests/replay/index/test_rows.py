"""Rows are made of their documents alone, but for the redacted places."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.cassette import Cassette, dump
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.replay.index import Contents
from ewstape.replay.index import rows as module
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.rows import Flag, Rows
from ewstape.replay.kept import Kept

REDACTED = Pseudonyms(Key(hashlib.sha256(b"key").digest())).of("someone@example.org", Kind.SMTP_ADDRESS)
LINES = (
    "play item-1 100 = call-1",
    "play item-1 100 = (gone)",
    "poll call-1 = Alerted",
    "poll call-1 = Disconnected",
    "poll call-9 = ErrorInvalidPhoneCallId",
    "hang call-1 = Success",
    "list inbox = item-2",
    "get item-2 = two",
    "create subject = made",
    f"create {REDACTED} = made",
    "view 2024-01-01 2024-02-01 = three",
    "um-play entry 100 = call-1",
)


def read(interactions: list[Interaction], *parts: int, slots: Any = frozenset()) -> tuple[Rows, Contents]:
    """The rows of interactions that were read in parts, each part as long as told."""
    digests = Digests(b"key", slots)
    rows = Rows(digests, frozenset())
    for end in (*parts, len(interactions)):
        rows.read(interactions[:end])
    return rows, Contents.of(rows, digests.slots)


@given(lines=st.lists(st.sampled_from(LINES), max_size=12), parts=st.lists(st.integers(0, 12), max_size=2).map(sorted))
def test_rows_that_were_read_in_parts_are_those_that_are_read_at_once(
    words: Any, lines: list[str], parts: list[int]
) -> None:
    interactions = words.interactions("\n".join(lines))
    parted, at_once = read(interactions, *parts), read(interactions)
    assert parted[0].columns == at_once[0].columns
    assert parted[1] == at_once[1]


@pytest.mark.parametrize("lines", [LINES, LINES[::-1]], ids=["redacted late", "redacted early"])
def test_documents_are_keyed_alike_wherever_a_redacted_place_was_found(words: Any, lines: tuple[str, ...]) -> None:
    interactions = words.interactions("\n".join(lines))
    rows, contents = read(interactions)
    assert contents.redacted
    assert rows.columns == read(interactions, slots=contents.slots)[0].columns


def test_rows_from_before_a_redacted_place_was_sampled_are_made_again(
    words: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK", 2)
    monkeypatch.setattr(module, "_SAMPLES", 2)
    interactions = words.interactions(f"3* create subject = made \n 4* create {REDACTED} = made")
    rows = Rows(Digests(b"key"), frozenset())
    path = tmp_path / "x.yaml"
    for end in (3, 7):
        path.write_text("ewstape: 1\n...\n" + "".join(map(dump, interactions[:end])), "utf-8")
        rows.read(Kept(Cassette.open(path)))
    at_once, _ = read(interactions)
    del rows.columns["check"], at_once.columns["check"]
    assert rows.columns == at_once.columns


def test_the_first_document_that_cannot_be_read_is_told_of(
    words: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK", 2)
    monkeypatch.setattr(module, "_SAMPLES", 2)
    path = tmp_path / "x.yaml"
    document = dump(words.interactions("get item-1 = one")[0])
    wrong = document.replace("number: 1\n", "number: x\n")
    path.write_text("ewstape: 1\n...\n" + document + wrong + document + wrong * 3, "utf-8")
    with pytest.raises(CassetteError, match="document 3: line"):
        Rows(Digests(), frozenset()).read(Kept(Cassette.open(path)))


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("play item-1 100 = call-1", Flag.BEGINS | Flag.PLACED),
        ("play item-1 100 = (gone)", Flag.BEGINS),
        ("poll call-1 = Alerted", Flag.CALL),
        ("poll call-1 = Disconnected", Flag.CALL | Flag.ENDS),
        ("poll call-1 = ErrorInvalidPhoneCallId", Flag.CALL | Flag.DENIES),
        ("hang call-1 = Success", Flag.CALL | Flag.WRITE | Flag.ENDS),
        ("um-poll call-1 = Disconnected", Flag.CALL | Flag.ENDS),
        ("get Disconnected = State>Disconnected</", 0),
        ("create a = made", Flag.WRITE),
    ],
)
def test_what_is_known_of_an_interaction(words: Any, line: str, flags: int) -> None:
    rows, _ = read(words.interactions(line))
    assert list(rows.columns["flags"]) == [flags]


def test_progress_is_told_now_and_then_and_at_the_end(words: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 4)
    monkeypatch.setattr(module, "_SAMPLES", 2)
    told: list[tuple[int, int]] = []
    rows = Rows(Digests(), frozenset())
    rows.read(words.interactions("10* get item-1 = one"), lambda done, total: told.append((done, total)))
    assert told == [(4, 10), (8, 10), (10, 10)]


def test_values_are_kept_as_digests_only(words: Any) -> None:
    rows, _ = read(words.interactions("\n".join(LINES)))
    kept = b"".join(column.tobytes() for column in rows.columns.values())
    assert b"item-1" not in kept
    assert rows.operations == [
        "PlayOnPhone",
        "GetPhoneCallInformation",
        "DisconnectPhoneCall",
        "FindItem",
        "GetItem",
        "CreateItem",
        "um:PlayOnPhone",
    ]
