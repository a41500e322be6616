"""Sorted arrays in place of dictionaries of lists: a few bytes an entry, and read from a file as they are."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

type Column = memoryview
"""Numbers of one type, in an array of this process or in the bytes of a file."""

_BUCKET = 1 << 16
"""How many entries are sorted at a time: sorting a list needs ten times the memory of the arrays."""


@dataclass(frozen=True, slots=True)
class Multimap:
    """Numbers by 64-bit keys: the keys in order, and beside each a number; those of one key in the order given."""

    keys: Column
    values: Column

    def get(self, key: int) -> Sequence[int]:
        """The numbers of a key."""
        keys = self.keys
        start = bisect_left(keys, key)
        end = start + 1  # mostly there is one, or none
        if start == len(keys) or keys[start] != key:
            return ()
        if end < len(keys) and keys[end] == key:
            end = bisect_right(keys, key, end)
        return self.values[start:end]

    def count(self, key: int) -> int:
        """How many numbers a key has."""
        start = bisect_left(self.keys, key)
        return bisect_right(self.keys, key, start) - start

    def first(self, key: int) -> int | None:
        """The first number of a key; `None` if it has none."""
        at = bisect_left(self.keys, key)
        return self.values[at] if at < len(self.keys) and self.keys[at] == key else None

    def __contains__(self, key: int) -> bool:
        """Whether the key has a number."""
        return holds(self.keys, key)


def holds(column: Column, key: int) -> bool:
    """Whether a sorted column holds a number."""
    at = bisect_left(column, key)
    return at < len(column) and column[at] == key


def sort(keys: "array[int]", values: "array[int]") -> tuple["array[int]", "array[int]"]:
    """Both arrays in the order of the keys; of equal keys, in the order given."""
    sorted_keys, sorted_values = array(keys.typecode), array(values.typecode)
    for some_keys, some_values in _buckets(keys, values):
        listed = some_keys.tolist()
        order = sorted(range(len(listed)), key=listed.__getitem__)
        sorted_keys.extend([listed[at] for at in order])
        sorted_values.extend([some_values[at] for at in order])
    return sorted_keys, sorted_values


def _buckets(keys: "array[int]", values: "array[int]") -> Iterable[tuple["array[int]", "array[int]"]]:
    """The same entries in groups by the first bits of the keys, in the order of these."""
    bits = (len(keys) // _BUCKET).bit_length()
    if not bits:
        return ((keys, values),)
    shift = max(max(keys).bit_length() - bits, 0)
    found = [(array(keys.typecode), array(values.typecode)) for _ in range(1 << bits)]
    for key, value in zip(keys, values, strict=True):
        some_keys, some_values = found[key >> shift]
        some_keys.append(key)
        some_values.append(value)
    return found
