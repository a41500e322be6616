"""Interactions on their way from a cassette to what is shown, and what is known of all that passed.

Nothing of an interaction is kept but what the timeline of its call needs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf

from ewstape.interaction import Interaction
from ewstape.report.call import Call
from ewstape.report.calls import CallLog
from ewstape.report.decoded import decoded
from ewstape.report.figures import counted, duration
from ewstape.report.filters import Filter
from ewstape.report.result import result_of


@dataclass(slots=True)
class Reading:
    """One pass over a cassette."""

    wanted: Filter
    read: int = 0
    shown: int = 0
    failed: int = 0
    """Of those shown, how many the server refused or did not answer."""
    _begins: float = inf
    _ends: float = 0.0
    _log: CallLog = field(default_factory=CallLog)
    _places: set[int] = field(default_factory=set)

    def of(self, interactions: Iterable[Interaction]) -> Iterator[tuple[Interaction, int | None, bool]]:
        """Each interaction decoded, the place of its call among all, and whether it is wanted."""
        for interaction in map(decoded, interactions):
            self.read += 1
            place = self._log.add(interaction)
            wanted = self.wanted(interaction)
            if wanted:
                self._count(interaction, place)
            yield interaction, place, wanted

    def chosen(self, interactions: Iterable[Interaction]) -> Iterator[Interaction]:
        """Those that are wanted."""
        return (interaction for interaction, _, wanted in self.of(interactions) if wanted)

    def calls(self) -> Iterator[tuple[int, Call]]:
        """The calls of all that was shown, whole, each with its place."""
        return ((place, call) for place, call in self._log.calls() if place in self._places)

    def summary(self) -> str:
        """`12 of 300 interactions in 8.40 s, 2 failed; 3 calls, 1 failed`."""
        count = counted(self.shown, "interaction") if self.shown == self.read else f"{self.shown:,} of {self.read:,}"
        said = count if self.shown == self.read else f"{count} interactions"
        if self.shown:
            said += f" in {duration(self._ends - self._begins)}"
        if self.failed:
            said += f", {self.failed:,} failed"
        if self._places:
            bad = sum(call.failed for _, call in self.calls())
            said += f"; {counted(len(self._places), 'call')}" + (f", {bad:,} failed" if bad else "")
        return said

    def _count(self, interaction: Interaction, place: int | None) -> None:
        self.shown += 1
        self.failed += not result_of(interaction).ok
        self._begins = min(self._begins, interaction.at)
        self._ends = max(self._ends, interaction.at + interaction.took)
        if place is not None:
            self._places.add(place)
