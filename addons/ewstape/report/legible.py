"""A cassette as far as it can be read: who looks for a mistake in a long one is not held up by a broken document.

Only for looking. What answers, redacts or compares reads strictly: an interaction that is missing there changes the
meaning of the others.
"""

from collections.abc import Callable, Iterator

from ewstape.cassette import Cassette
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction


class Legible:
    """The interactions of a cassette without those whose documents cannot be read."""

    def __init__(self, cassette: Cassette, told: Callable[[CassetteError], object]) -> None:
        """Of each document that is left out, `told` is given the reason when it is come to."""
        self.header, self.path = cassette.header, cassette.path
        self.left_out: list[int] = []
        """The places in the cassette of what was left out so far."""
        self._cassette = cassette
        self._told = told

    def __iter__(self) -> Iterator[Interaction]:
        """Each that can be read.

        Raises:
            CassetteError: the file itself cannot be read any more.
        """
        self.left_out.clear()
        place = 0
        while place < len(self._cassette):
            try:
                for interaction, _ in self._cassette.read(place):
                    yield interaction
                    place += 1
            except CassetteError as error:
                self._cassette.document(place)  # raises if it is the file that cannot be read
                self.left_out.append(place)
                self._told(error)
                place += 1

    def __getitem__(self, index: int) -> Interaction:
        """The one that came as number `index`, from 0, of those that can be read, once it has come."""
        for place in self.left_out:
            index += place <= index
        return self._cassette[index]

    def last(self) -> Interaction | None:
        """The last of the cassette, if there is one and it can be read."""
        try:
            return self._cassette[-1] if len(self._cassette) else None
        except CassetteError:
            return None
