"""Two sequences laid side by side: rising, complete where they are equal, and with little left over."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ewstape.report.diff.align import Matches, align


def laid_out(left: str, right: str) -> list[str]:
    """Letters beside each other; equal first, then equal but for their case."""
    return [left[i] + right[j] for i, j in align(left, right, (str, str.lower))]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "a", []),
        ("abc", "abc", ["aa", "bb", "cc"]),
        ("abcd", "bcde", ["bb", "cc", "dd"]),
        ("aab", "ab", ["aa", "bb"]),
        ("xaaya", "xaya", ["xx", "aa", "yy", "aa"]),
        ("aBc", "abc", ["aa", "Bb", "cc"]),
        ("nnnnn", "nnNnn", ["nn", "nn", "nN", "nn", "nn"]),
        ("abcabcabc", "abcabxabc", ["aa", "bb", "cc", "aa", "bb", "aa", "bb", "cc"]),
    ],
)
def test_what_stands_beside_what(left: str, right: str, expected: list[str]) -> None:
    assert laid_out(left, right) == expected


def test_of_those_that_only_the_last_key_makes_equal_the_most_alike_are_paired() -> None:
    def traits(text: str) -> frozenset[str]:
        return frozenset(text.split())

    def any_kind(_: str) -> int:
        return 0

    left, right = ["cat bird", "dog fish"], ["new", "cat bear", "dog whale"]
    assert align(left, right, (str, any_kind), (traits, traits)) == [(0, 1), (1, 2)]
    assert align(left, right, (str, len), (traits, traits)) == [(0, 1)]


_LETTERS = st.text("abAB", max_size=14)


@settings(deadline=None)
@given(_LETTERS, _LETTERS)
def test_matches_rise_and_are_equal_by_the_weakest_key(left: str, right: str) -> None:
    found = align(left, right, (str, str.lower))
    assert all(left[i].lower() == right[j].lower() for i, j in found)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(found))
    assert len(found) <= _longest(left.lower(), right.lower())


def _longest(left: str, right: str) -> int:
    """The length of the longest common subsequence, the plain way."""
    best = [0] * (len(right) + 1)
    for letter in left:
        row = [0]
        for j, other in enumerate(right):
            row.append(max(row[-1], best[j + 1], best[j] + (letter == other)))
        best = row
    return best[-1]


@settings(deadline=None)
@given(_LETTERS)
def test_a_sequence_stands_beside_itself(letters: str) -> None:
    assert align(letters, letters, (str,)) == [(i, i) for i in range(len(letters))]


@settings(deadline=None)
@given(_LETTERS, _LETTERS)
def test_the_other_way_round_as_much_matches(left: str, right: str) -> None:
    assert bool(align(left, right, (str, str.lower))) is bool(align(right, left, (str, str.lower)))


@pytest.mark.parametrize("kinds", [2, 50, 20_000])
def test_long_sequences_that_have_nothing_to_do_with_each_other_are_laid_out(kinds: int) -> None:
    """Without a bound on the search this would take hours."""
    dice = random.Random(kinds)
    left, right = ([dice.randrange(kinds) for _ in range(5_000)] for _ in range(2))
    assert _rises(align(left, right, (lambda number: number, lambda _: 0)))


def test_in_a_long_sequence_with_gaps_all_else_is_matched() -> None:
    dice = random.Random(1)
    left = [dice.randrange(20) for _ in range(5_000)]
    right = [number for number in left if dice.random() > 0.02]
    assert len(align(left, right, (lambda number: number,))) == len(right)


def _rises(found: Matches) -> bool:
    return bool(found) and all(a < c and b < d for (a, b), (c, d) in pairwise(found))
