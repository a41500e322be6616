"""Requests to choose from when several could stand for a live one: the one least used first, of those the earliest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

_TIMES = 32
"""An entry of a pool is how often a request was used, and in the lower bits its number: entries sort as they should."""
_NUMBER = (1 << _TIMES) - 1


class Pool:
    """Groups of recorded requests from which to choose. Those that nobody came to yet cost nothing."""

    def __init__(self, groups: Sequence[int]) -> None:
        self._groups = groups
        """In the order of their numbers."""
        self._next = 0
        self._heap: list[int] = []

    def choose(
        self, times: Mapping[int, int], fits: Callable[[int], bool], early: Callable[[int], bool] | None = None
    ) -> int | None:
        """The first group that fits.

        Args:
            times: how often groups were used; corrected here only as they come up.
            fits: whether a group can be chosen.
            early: whether it cannot yet, and neither can those after it.
        """
        passed: list[int] = []
        try:
            for entry in self._due(times, early):
                passed.append(entry)
                if fits(entry & _NUMBER):
                    return entry & _NUMBER
            return None
        finally:
            for entry in passed:
                heappush(self._heap, entry)

    def _due(self, times: Mapping[int, int], early: Callable[[int], bool] | None) -> Iterator[int]:
        """Takes out one entry after another, in their order."""
        heap, groups, end = self._heap, self._groups, len(self._groups)
        while True:
            if self._next < end and (not heap or groups[self._next] < heap[0]):
                entry = groups[self._next]
                if early is not None and early(entry):
                    end = self._next
                    continue
                self._next += 1
            elif heap:
                entry = heappop(heap)
            else:
                return
            number = entry & _NUMBER
            current = times.get(number, 0) << _TIMES | number
            if current == entry:
                yield entry
            else:
                heappush(heap, current)
