"""Requests of a shape that was seen before, read without parsing them.

A client writes each of its requests from one template (`wire.skeleton`). What the full way (`canonical`) makes of a
skeleton is learned once: which values are identifiers, in what order, and which of the others count. After that the
values of a body are all that is looked at.

This is as strict as the full way. A value that stands in the form just as it was sent, and in no place of an
identifier, is put into the text of the form. All others that count are compared, or must be identifiers of the kind
that the place holds. Everything else goes the full way.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import compress
from typing import NamedTuple

from ewstape.operations.identifiers import Kind
from ewstape.wire.skeleton import LONGEST, MARK, Cut, mark, put_together, start, structural, taken_apart

type Meaning = tuple[bytes, tuple[Kind, ...], tuple[str, ...]]
"""The key of a request, and the kinds and values of its identifiers."""

type Spelt = Callable[[bytes], tuple[str, Sequence[str]] | None]
"""The text that the key is a digest of, and the strings in it that stand there as they were sent, whatever they are."""

type Full = Callable[[bytes], Meaning | None]
"""The full way: what a body means; `None` if it is not SOAP."""

REMEMBERED = 1024
"""How many bodies are remembered byte for byte: many a client sends the same again and again."""
_FAMILIAR = 3
"""How often a template must be seen before it is learned, which costs as much as reading a body for each value."""
_MOST = 256
"""Templates that are kept, and sets of values for each of them."""

_QUOTED_MARK = re.compile(f"'{MARK.pattern}'")


class _Learned(NamedTuple):
    """What is known of a template."""

    compared: tuple[bool, ...]
    """For each value, whether it is compared."""
    put_in: tuple[int, ...]
    """The places of those that are put into the text of the form."""
    places: tuple[tuple[int, int], ...]
    """Where the identifiers are among the values, and where each begins in it, in the order of `kinds`."""
    kinds: tuple[Kind, ...]
    recipes: dict[tuple[bytes, ...], "_Recipe"]
    """How the key is made, by the values that are compared."""


class _Recipe(NamedTuple):
    """A form of which some values are open."""

    begun: blake2b
    """The digest of its text up to the first of them."""
    rest: tuple[tuple[int, str], ...]
    """The place of each, and the text after it."""

    def key(self, values: tuple[bytes, ...]) -> bytes:
        """The key with these values."""
        digest = self.begun.copy()
        for place, after in self.rest:
            value = values[place]
            digest.update((repr(value[start(value) :].decode("ascii")) + after).encode())
        return digest.digest()


@dataclass(slots=True)
class Templates:
    """What was learned of the templates of one tape's requests."""

    full: Full
    spelt: Spelt
    _learned: dict[Hashable, _Learned] = field(default_factory=dict)
    _seen: dict[Hashable, int] = field(default_factory=dict)
    """How often a template was met that is not learned yet."""
    _remembered: Full = field(init=False)

    def __post_init__(self) -> None:
        """Remember bodies as well."""
        self._remembered = lru_cache(REMEMBERED)(self._read)

    def read(self, body: bytes) -> Meaning | None:
        """What the full way makes of `body`."""
        return self._remembered(body) if len(body) <= LONGEST else self._read(body)

    def _read(self, body: bytes) -> Meaning | None:
        cut = taken_apart(body)
        return self.full(body) if cut is None else self.read_cut(cut)

    def read_cut(self, cut: Cut) -> Meaning | None:
        """The same of a body that is taken apart."""
        template = cut.skeleton, cut.names
        learned = self._learned.get(template)
        if learned is None:
            return self._meet(template, cut)
        compared = tuple(compress(cut.values, learned.compared))
        values = tuple([cut.values[place][start:].decode("ascii") for place, start in learned.places])
        recipe = learned.recipes.get(compared)
        if recipe is None or not all(map(Kind.admits, learned.kinds, values)):
            return self._compare(learned, compared, values, cut)
        return recipe.key(cut.values), learned.kinds, values

    def _meet(self, template: Hashable, cut: Cut) -> Meaning | None:
        """The full way; what is met often is learned on it."""
        result = self.full(put_together(cut, {}))
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[template] = times = self._seen.get(template, 0) + 1
        if times == _FAMILIAR and result is not None and (learned := self._learn(cut, result)):
            if len(self._learned) >= _MOST:
                self._learned.clear()
            self._learned[template] = learned
        return result

    def _learn(self, cut: Cut, result: Meaning) -> _Learned | None:
        """Change each value in turn, and see what that changes: the key, one identifier, or nothing."""
        key, kinds, values = result
        counting: list[bool] = []
        places: dict[int, tuple[int, int]] = {}
        for place in range(len(cut.values)):
            changed = self.full(put_together(cut, {place: None}))
            counting.append(changed is None or changed[:2] != (key, kinds))
            if changed is None or counting[-1] or changed[2] == values:
                continue
            differing = [at for at, (one, other) in enumerate(zip(values, changed[2], strict=True)) if one != other]
            if len(differing) > 1 or differing[0] in places:
                return None
            places[differing[0]] = place, start(cut.values[place])
        if len(places) < len(values):
            return None
        put_in = self._as_sent(cut, counting)
        compared = tuple(counts and place not in put_in for place, counts in enumerate(counting))
        return _Learned(compared, put_in, tuple(places[at] for at in range(len(values))), kinds, {})

    def _as_sent(self, cut: Cut, counting: list[bool]) -> tuple[int, ...]:
        """The places of the values that stand in the form as they were sent."""
        naming = structural(cut.skeleton) or ()
        marks = {place: mark(place) for place, counts in enumerate(counting) if counts and not naming[place]}
        spelt = self.spelt(put_together(cut, marks)) if marks else None
        return () if spelt is None else tuple(place for place, mark in marks.items() if spelt[1].count(mark) == 1)

    def _compare(
        self, learned: _Learned, compared: tuple[bytes, ...], values: tuple[str, ...], cut: Cut
    ) -> Meaning | None:
        """The full way for values that were not compared before; remembered if the template gives the same."""
        result = self.full(put_together(cut, {}))
        if result is not None and result[1:] == (learned.kinds, values) and compared not in learned.recipes:
            recipe = self._recipe(cut, learned.put_in)
            if recipe is not None and recipe.key(cut.values) == result[0]:
                if len(learned.recipes) >= _MOST:
                    learned.recipes.clear()
                learned.recipes[compared] = recipe
        return result

    def _recipe(self, cut: Cut, put_in: tuple[int, ...]) -> _Recipe | None:
        """How the key of a body follows from the values in some places."""
        spelt = self.spelt(put_together(cut, {place: mark(place) for place in put_in}))
        if spelt is None:
            return None
        pieces = _QUOTED_MARK.split(spelt[0])
        if sorted(pieces[1::2]) != sorted(map(str, put_in)):
            return None
        return _Recipe(begun(pieces[0]), tuple(zip(map(int, pieces[1::2]), pieces[2::2], strict=True)))


def begun(text: str) -> blake2b:
    """The digest that is the key of a form whose text begins so."""
    return blake2b(text.encode(), digest_size=16)
