"""Interactions that were fetched lately, kept in memory: reading one from a cassette costs more than answering it."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import overload

from ewstape.interaction import Interaction

LIMIT = 64 * 1024 * 1024
"""Bytes that are kept, more or less."""
_OWN = 4096
"""What an interaction needs beside its bodies: headers, decoded fields."""


class Kept(Sequence[Interaction]):
    """A sequence of interactions that remembers the last ones it gave."""

    def __init__(self, interactions: Sequence[Interaction], limit: int = LIMIT) -> None:
        self._interactions = interactions
        self._limit = limit
        self._kept: OrderedDict[int, Interaction] = OrderedDict()
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
        if isinstance(index, slice):
            return self._interactions[index]
        found = self._kept.get(index)
        if found is not None:
            self._kept.move_to_end(index)
            return found
        found = self._kept[index] = self._interactions[index]
        self._size += _size(found)
        while self._size > self._limit:
            self._size -= _size(self._kept.popitem(last=False)[1])
        return found


def _size(interaction: Interaction) -> int:
    response = interaction.response
    return _OWN + len(interaction.request.body) + (0 if response is None else len(response.body))
