"""Rows by number, although a cassette has its interactions in the order in which they ended.

Numbers count beginnings from 1, and hardly anything ends long after what began with it, so a small window puts them
right while they stream by. Only what takes longer than the window is passed on where it stands.
"""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

WINDOW = 1000
"""How many items wait at most for one that is still missing."""


def by_number[T](items: Iterable[tuple[int, T]], window: int = WINDOW) -> Iterator[T]:
    """The items by their numbers, each as soon as all that come before it are known or have become too many."""
    waiting: list[tuple[int, int, T]] = []
    following = 1
    for place, (number, item) in enumerate(items):
        heappush(waiting, (number, place, item))
        while waiting and (waiting[0][0] <= following or len(waiting) > window):
            first = heappop(waiting)
            following = max(following, first[0] + 1)
            yield first[2]
    while waiting:
        yield heappop(waiting)[2]
