"""Sorted columns answer as a dictionary of lists does."""

from array import array
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.replay.index import multimap
from ewstape.replay.index.multimap import Multimap, holds, sort

_keys = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=60)


@pytest.mark.parametrize("bucket", [3, 1 << 16])
@given(keys=_keys, wanted=st.integers(0, 2**64 - 1))
def test_it_answers_as_a_dictionary_of_lists(bucket: int, keys: list[int], wanted: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multimap, "_BUCKET", bucket)
        sorted_keys, sorted_values = sort(array("Q", keys), array("I", range(len(keys))))
    made = Multimap(memoryview(sorted_keys), memoryview(sorted_values))
    lists: dict[int, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        lists[key].append(number)
    for key in (*keys, wanted):
        expected = lists.get(key, [])
        assert list(made.get(key)) == expected
        assert made.count(key) == len(expected)
        assert made.first(key) == (expected[0] if expected else None)
        assert (key in made) == holds(made.keys, key) == bool(expected)
