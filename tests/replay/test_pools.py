"""The least used group is chosen first, and of those the earliest."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.replay.pools import Pool


def test_the_least_used_group_is_chosen_first_and_of_those_the_earliest() -> None:
    pool, times, chosen = Pool([3, 5, 7]), Counter[int](), []
    for _ in range(7):
        group = pool.choose(times, lambda group: group != 5)
        assert group is not None
        times[group] += 1
        chosen.append(group)
    assert chosen == [3, 7, 3, 7, 3, 7, 3]
    assert pool.choose(times, lambda _: True) == 5
    assert pool.choose(times, lambda _: False) is None
    assert pool.choose(times, lambda _: True) == 5


@given(
    groups=st.sets(st.integers(0, 40)).map(sorted),
    rounds=st.lists(st.tuples(st.sets(st.integers(0, 40)), st.lists(st.integers(0, 40), max_size=3)), max_size=30),
)
def test_it_chooses_as_if_all_were_compared(groups: list[int], rounds: list[tuple[set[int], list[int]]]) -> None:
    """Whatever fits, and although groups are also used by way of other pools."""
    pool, times = Pool(groups), Counter[int]()
    for unfit, used_elsewhere in rounds:
        fitting = [group for group in groups if group not in unfit]
        expected = min(fitting, key=lambda group: (times[group], group), default=None)
        assert pool.choose(times, lambda group, unfit=unfit: group not in unfit) == expected  # type: ignore[misc]
        times.update(used_elsewhere)
        times.update([] if expected is None else [expected])


def test_choosing_the_next_of_many_looks_at_no_others() -> None:
    looked: list[int] = []
    pool, times = Pool(range(100_000)), Counter[int]()
    for expected in range(50):
        assert pool.choose(times, lambda group: looked.append(group) is None) == expected
        times[expected] += 1
    assert looked == list(range(50))


def test_what_comes_too_early_is_looked_at_once_and_stays_for_later() -> None:
    looked: list[int] = []
    pool, times = Pool(range(100_000)), Counter[int]({0: 1, 1: 2})

    def choose(reached: int) -> int | None:
        return pool.choose(times, lambda group: group < reached, lambda group: looked.append(group) or group >= reached)  # type: ignore[func-returns-value]

    assert [choose(2), choose(2)] == [0, 0]
    assert len(looked) < 8
    assert choose(3) == 2


def test_a_look_that_was_interrupted_loses_nothing() -> None:
    pool, times = Pool([1, 2]), Counter[int]()
    with pytest.raises(ZeroDivisionError):
        pool.choose(times, lambda group: 1 // (2 - group) == 0)
    assert pool.choose(times, lambda _: True) == 1
