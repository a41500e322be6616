"""Interactions that were fetched lately, kept in memory: reading one from a cassette costs more than answering it."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from ewstape.interaction import Interaction
from ewstape.replay.canonical import Canonical

LIMIT = 64 * 1024 * 1024
"""Bytes that are kept, more or less."""
_OWN = 4096
"""What an interaction needs beside its bodies: headers, decoded fields."""


@dataclass(slots=True)
class Document:
    """An interaction that is kept, with what its request asks for once that was needed."""

    interaction: Interaction
    asked: Canonical | None = None


class Kept(Sequence[Interaction]):
    """A sequence of interactions that remembers the last ones it gave."""

    def __init__(self, interactions: Sequence[Interaction], limit: int = LIMIT) -> None:
        self._interactions = interactions
        self._limit = limit
        self._kept: OrderedDict[int, Document] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._interactions)

    @overload
    def __getitem__(self, index: int) -> Interaction: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Interaction]: ...
    def __getitem__(self, index: int | slice) -> Interaction | Sequence[Interaction]:
        """One interaction, or several. Raises what the sequence behind it raises."""
        return self._interactions[index] if isinstance(index, slice) else self._document(index).interaction

    def __iter__(self) -> Iterator[Interaction]:
        """All of them. Who goes through them all needs none again soon: they are kept while there is room for more."""
        for index, interaction in enumerate(self._interactions):
            if index not in self._kept and self._size < self._limit:
                self._put(index, interaction)
            yield interaction

    def asked(self, index: int, ask: Callable[[Interaction], Canonical]) -> tuple[Interaction, Canonical]:
        """An interaction and what `ask` says its request asks for, which is kept with it."""
        document = self._document(index)
        if document.asked is None:
            document.asked = ask(document.interaction)
        return document.interaction, document.asked

    def remember(self, index: int, asked: Canonical | None) -> None:
        """Keep what a request asks for, if the interaction is kept; with `None`, forget it."""
        found = self._kept.get(index)
        if found is not None:
            found.asked = asked

    def _document(self, index: int) -> Document:
        found = self._kept.get(index)
        if found is not None:
            self._kept.move_to_end(index)
            return found
        found = self._put(index, self._interactions[index])
        while self._size > self._limit:
            self._size -= _size(self._kept.popitem(last=False)[1].interaction)
        return found

    def _put(self, index: int, interaction: Interaction) -> Document:
        self._size += _size(interaction)
        found = self._kept[index] = Document(interaction)
        return found


def _size(interaction: Interaction) -> int:
    response = interaction.response
    return _OWN + len(interaction.request.body) + (0 if response is None else len(response.body))
