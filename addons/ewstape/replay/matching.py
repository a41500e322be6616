"""Which recorded request a live one stands for. What is exact and what is bound goes before what is free."""

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Final

from ewstape.operations.identifiers import Kind
from ewstape.replay.bindings import Bindings, Owner
from ewstape.replay.calls import Calls
from ewstape.replay.canonical import Canonical
from ewstape.replay.index import Group, Index
from ewstape.replay.pools import Pool

UNKNOWN_CALLS: Final = "unknown calls"
"""The owner of bindings to ids that no call had: one wrong id is as good as another."""

_POOLS: Final = 4096
"""How many pools are kept; one that is made anew chooses alike."""


class Matching:
    """Finds the recorded requests for live ones, and remembers how often each was used."""

    def __init__(self, index: Index, bindings: Bindings, calls: Calls) -> None:
        self.times: Counter[int] = Counter()
        """By the number of a group, how often it was answered."""
        self._index = index
        self._bindings = bindings
        self._calls = calls
        self._pools: dict[tuple[int, tuple[int, int | None] | None], Pool] = {}
        self._latest: dict[bytes, int] = {}
        """By what requests ask, identifiers aside, the group that was answered last."""

    def rewind(self) -> None:
        """Nothing was used."""
        self.times.clear()
        self._pools.clear()
        self._latest.clear()

    def move_to(self, index: Index) -> None:
        """Go on with another index of the recording."""
        self._index = index
        self._pools.clear()

    def take(self, group: Group) -> None:
        """The group is used."""
        self.times[group.number] += 1
        self._latest[group.asked.key] = group.number

    def find(self, live: Canonical, *, begins: bool) -> Group | None:
        """The recorded requests that one stands for; `None` if there are none. Raises as `Index.document` does.

        Args:
            live: the request, with the recorded id of the call that it is about.
            begins: whether it begins a call.
        """
        index, found = self._index, self._index.find(live)
        if found is not None:
            return found
        digest = index.digest(live)
        if not index.alike(digest.shape):
            return None
        owned, is_ahead = begins or index.redacted, self._calls.mailbox.is_ahead
        for early, loosely in product((False, True), repeat=2):
            wanted = tuple(
                self._bindings.recorded(kind, value, loosely=loosely and (owned or kind.varies))
                for kind, value in zip(live.kinds, live.values, strict=True)
            )
            there = tuple(
                None if value is None else index.value(kind, value)
                for kind, value in zip(live.kinds, wanted, strict=True)
            )

            def fits(
                number: int,
                *,
                early: bool = early,
                wanted: Sequence[str | None] = wanted,
                there: Sequence[int | None] = there,
            ) -> bool:
                if not index.may_fit(number, live.kinds, there, digest.values) or (not early and is_ahead(number)):
                    return False
                asked = index.group(number).asked
                if asked.key != live.key:  # two of one digest
                    return False
                known = all(one is None or one == other for one, other in zip(wanted, asked.values, strict=True))
                owner: Owner = number if begins else UNKNOWN_CALLS
                return known and self._bindings.fits(live.kinds, asked.values, live.values, owner)

            pool = self._pool(digest.shape, live.kinds, there)
            chosen = pool.choose(self.times, fits, None if early else is_ahead)
            if chosen is not None:
                latest = self._latest.get(live.key)
                repeats = self.times[chosen] and not begins and latest is not None and fits(latest)
                return index.group(latest if repeats and latest is not None else chosen)
        return None

    def _pool(self, shape: int, kinds: Sequence[Kind], wanted: Sequence[int | None]) -> Pool:
        """The requests to choose from, for the values that are already known; others may be among them."""
        known = [
            (at, value)
            for at, (kind, value) in enumerate(zip(kinds, wanted, strict=True))
            if value is not None or kind.issued_by_server
        ]
        narrowest = self._index.narrowest(shape, known)
        if (shape, narrowest) not in self._pools:
            if len(self._pools) >= _POOLS:
                self._pools.clear()
            groups = self._index.alike(shape) if narrowest is None else self._index.sharing(shape, *narrowest)
            self._pools[shape, narrowest] = Pool(groups)
        return self._pools[shape, narrowest]
