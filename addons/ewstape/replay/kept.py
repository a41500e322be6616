"""Interactions that were fetched lately, kept in memory: reading one from a cassette costs more than answering it."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import overload

from ewstape.cassette import Cassette, load_interaction, read_outcome
from ewstape.interaction import UNREAD, Interaction
from ewstape.replay.canonical import Canonical

LIMIT = 64 * 1024 * 1024
"""Bytes that are kept, more or less."""
_AT_ONCE = 16 * 1024 * 1024
"""How many bytes of documents are kept beside that by who goes through them all."""
_WHOLE, _UNASKED = 5120, 768
"""What an interaction needs beside its bodies: headers, decoded fields; and one without its request."""


@dataclass(slots=True)
class Document:
    """An interaction that is kept, with what its request asks for once that was needed."""

    interaction: Interaction
    """Perhaps without its request."""
    asked: Canonical | None = None


class Kept(Sequence[Interaction]):
    """A sequence of interactions that remembers the last ones it gave."""

    def __init__(self, interactions: Sequence[Interaction], limit: int = LIMIT) -> None:
        self._interactions = interactions
        self._cassette = interactions if isinstance(interactions, Cassette) else None
        self._limit = limit
        self._kept: OrderedDict[int, Document] = OrderedDict()
        self._size = 0
        self._documents: dict[int, bytes] = {}
        self._room = _AT_ONCE

    def __len__(self) -> int:
        """How many there are."""
        return len(self._interactions)

    @overload
    def __getitem__(self, index: int) -> Interaction: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Interaction]: ...
    def __getitem__(self, index: int | slice) -> Interaction | Sequence[Interaction]:
        """One interaction, or several. Raises what the sequence behind it raises."""
        return self._interactions[index] if isinstance(index, slice) else self._document(index)[1]

    def document(self, index: int) -> bytes | None:
        """The document of one interaction as it stands in a cassette; `None` if there is none."""
        return None if self._cassette is None else self._cassette.document(index)

    def documents(self, first: int = 0) -> Iterator[bytes | None]:
        """The documents of all interactions from one on. Those that were gone past are kept while there is room."""
        if self._cassette is None:
            yield from repeat(None, len(self) - first)
            return
        for index, document in enumerate(self._cassette.documents(first), first):
            yield document
            if self._room > 0 and index not in self._documents:
                self._room -= len(document)
                self._documents[index] = document

    def asked(self, index: int, ask: Callable[[Interaction], Canonical]) -> tuple[Interaction, Canonical]:
        """An interaction and what `ask` says its request asks for, which is kept with it."""
        document, interaction = self._document(index)
        if document.asked is None:
            document.asked = ask(interaction)
        return interaction, document.asked

    def outcome(self, index: int, is_same: Callable[[bytes], bool]) -> Interaction | None:
        """An interaction that `documents` has gone past, perhaps without its request; `None` if it must be read whole.

        Args:
            index: of the interaction.
            is_same: whether a document is the one that it gave.
        """
        found = self._kept.get(index)
        if found is not None:
            if found.asked is None and found.interaction.request is not UNREAD:
                return None  # nobody has looked yet whether it is the same
            self._kept.move_to_end(index)
            return found.interaction
        if self._cassette is None:
            return None
        document = self._documents.get(index) or self._cassette.peek(index)
        if not is_same(document):
            return None
        outcome = read_outcome(document)
        if outcome is not None:
            self._put(index, outcome)
            self._make_room()
        return outcome

    def _document(self, index: int) -> tuple[Document, Interaction]:
        found = self._kept.get(index)
        if found is not None and found.interaction.request is not UNREAD:
            self._kept.move_to_end(index)
            return found, found.interaction
        read = self._documents.get(index)
        interaction = self._interactions[index] if read is None else load_interaction(read, position=index + 1)
        if found is not None:
            self._size -= _size(self._kept.pop(index).interaction)
        document = self._put(index, interaction)
        self._make_room()
        return document, interaction

    def _put(self, index: int, interaction: Interaction) -> Document:
        self._size += _size(interaction)
        found = self._kept[index] = Document(interaction)
        return found

    def _make_room(self) -> None:
        while self._size > self._limit:
            self._size -= _size(self._kept.popitem(last=False)[1].interaction)


def _size(interaction: Interaction) -> int:
    request, response = interaction.request, interaction.response
    answered = 0 if response is None else len(response.body)
    return answered + (_UNASKED if request is UNREAD else _WHOLE + len(request.body))
