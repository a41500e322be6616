"""The columns hold what a person would sort out of a recording."""

from typing import Any

from ewstape.replay.index.digests import Digests
from ewstape.replay.index.rows import Rows
from ewstape.replay.index.tables import COLUMNS, MAILBOX, MAPS, NONE, assemble

RECORDED = """
    play item-1 100 = call-1
    poll call-1 = Connecting
    find inbox = none
    hang call-1 = Success
    poll call-1 = Disconnected
    create a = made
    find inbox = a
    play item-1 100 = call-1
    poll call-1 = Connecting
    play item-2 100 = (gone)
"""


def columns(words: Any, text: str) -> dict[str, list[int]]:
    rows = Rows(Digests(), frozenset())
    rows.read(words.interactions(text))
    return {name: column.tolist() for name, column in assemble(rows)[0].items()}


def test_interactions_belong_to_groups_threads_and_phases(words: Any) -> None:
    found = columns(words, RECORDED)
    assert found["group"] == [0, 1, 2, 3, 1, 4, 2, 0, 1, 5]
    assert found["thread"] == [1, 1, MAILBOX, 1, 1, MAILBOX, MAILBOX, 2, 2, NONE]
    assert found["phase"] == [0, 0, 0, 1, 1, 1, 1, 0, 0, 0]
    assert (found["first"], found["size"]) == ([0, 1, 2, 3, 5, 9], [2, 3, 2, 1, 1, 1])
    assert (found["source"], found["unknown"]) == ([NONE, 0, 7], [0, 0, 0])


def test_all_maps_are_sorted_and_of_one_length(words: Any) -> None:
    found = columns(words, RECORDED)
    assert set(found) == set(COLUMNS)
    for name in MAPS:
        assert found[f"{name} keys"] == sorted(found[f"{name} keys"])
        assert len(found[f"{name} keys"]) == len(found[f"{name} values"])


def test_an_empty_recording_has_a_mailbox_only(words: Any) -> None:
    found = columns(words, "")
    assert {name: column for name, column in found.items() if column} == {
        "began": [0.0],
        "source": [NONE],
        "unknown": [0],
    }
