"""What was fetched lately is not fetched again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ewstape.cassette import Cassette, dump
from ewstape.errors import CassetteError
from ewstape.interaction import UNREAD, Interaction
from ewstape.replay.canonical import canonical
from ewstape.replay.kept import Kept


class Fetched(Sequence[Any]):
    """A sequence that counts."""

    def __init__(self, made: list[Interaction]) -> None:
        self.made, self.positions = made, list[int]()

    def __len__(self) -> int:
        return len(self.made)

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, slice):
            if index >= len(self.made):
                raise IndexError(index)
            self.positions.append(index)
        return self.made[index]


def fetched(words: Any) -> Fetched:
    return Fetched(words.interactions("get item-1 = one \n get item-2 = two \n get item-3 = three"))


def test_what_was_fetched_lately_is_not_fetched_again(words: Any) -> None:
    behind = fetched(words)
    kept = Kept(behind, limit=13_000)  # two of them
    assert [kept[at].number for at in (0, 1, 0, 2, 0, 1)] == [1, 2, 1, 3, 1, 2]
    assert behind.positions == [0, 1, 2, 1]
    assert (len(kept), list(kept[1:])) == (3, behind.made[1:])


def test_what_a_request_asks_for_is_found_out_once(words: Any) -> None:
    asked: list[Interaction] = []

    def ask(interaction: Interaction) -> Any:
        asked.append(interaction)
        return canonical(interaction.request, interaction.operation)

    kept = Kept(fetched(words))
    first, again = kept.asked(1, ask), kept.asked(1, ask)
    assert first == again
    assert first[1].values == ("item-2",)
    assert asked == [first[0]]


def test_what_came_of_a_request_is_read_alone_if_the_document_is_the_same(words: Any, tmp_path: Path) -> None:
    made = words.interactions("get item-1 = one \n get item-2 = two")
    path = tmp_path / "x.yaml"
    path.write_text("ewstape: 1\n...\n" + "".join(map(dump, made)), "utf-8")
    cassette = Cassette.open(path)
    looked_at: list[bytes] = []
    kept = Kept(cassette)
    assert kept.outcome(1, lambda _: False) is None
    found = kept.outcome(1, lambda document: looked_at.append(document) or True)
    assert looked_at == [dump(made[1]).encode()]
    assert found is not None
    assert (found.number, found.response) == (made[1].number, made[1].response)
    assert kept.outcome(1, lambda _: pytest.fail("it is kept")) is found
    assert found.request is UNREAD
    assert kept[1] == made[1]
    assert kept.outcome(1, lambda _: pytest.fail("the whole is kept")) is None


def test_documents_that_were_gone_past_are_not_fetched_again(words: Any, tmp_path: Path) -> None:
    made = words.interactions("get item-1 = one \n get item-2 = two \n get item-3 = three")
    path = tmp_path / "x.yaml"
    path.write_text("ewstape: 1\n...\n" + "".join(map(dump, made)), "utf-8")
    kept = Kept(Cassette.open(path))
    documents = kept.documents(1)
    assert [next(documents), next(documents)] == [dump(one).encode() for one in made[1:]]
    path.unlink()
    assert kept[1] == made[1]
    found = kept.outcome(1, lambda _: pytest.fail("the whole is kept"))
    assert found is None
    for at in (0, 2):
        with pytest.raises(CassetteError):
            kept[at]


def test_a_sequence_that_is_no_cassette_has_no_documents(words: Any) -> None:
    kept = Kept(fetched(words))
    assert [*kept.documents(1)] == [None, None]
    assert kept.document(0) is None


def test_a_whole_interaction_that_was_looked_at_is_given_as_it_is(words: Any) -> None:
    kept = Kept(fetched(words))
    whole = kept[1]
    assert kept.outcome(1, lambda _: pytest.fail("it is kept")) is None
    kept.asked(1, lambda interaction: canonical(interaction.request, interaction.operation))
    assert kept.outcome(1, lambda _: pytest.fail("it is kept")) is whole
