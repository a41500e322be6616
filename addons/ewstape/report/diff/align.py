"""Two sequences laid side by side: what stands for what, in order.

Ends that are equal are taken off first; then elements that occur once on both sides are anchors, as in a patience
diff, and the gaps between them are laid out in turn. A gap without anchors is laid out with the fewest edits if its
sides have enough in common, else its equal elements are paired by how often they came before. What is left goes on to
the next, weaker notion of equality. So ten thousand elements cost little more than sorting them, whatever they are.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

__all__ = ["Matches", "align"]

type Matches = list[tuple[int, int]]
"""Indices into both sequences, rising on both sides."""

type _Gap = tuple[int, int, int, int]
"""From and to (exclusive) on the left, from and to on the right."""

_MOST_EDITS = 600
_MOST_COMPARED = 400
"""Cells of a gap in which the likeness of every two elements is worked out."""


def align[T](
    left: Sequence[T],
    right: Sequence[T],
    keys: Sequence[Callable[[T], Hashable]],
    traits: tuple[Callable[[T], AbstractSet[Hashable]], Callable[[T], AbstractSet[Hashable]]] | None = None,
) -> Matches:
    """Which element of `left` stands for which of `right`.

    Args:
        left: one sequence.
        right: the other.
        keys: notions of equality, the strictest first; elements are paired by the first that makes them equal.
        traits: what an element is made of, on the left and on the right: of those that only the last key makes equal,
            the most alike are paired, where there are few enough to try.
    """
    found: Matches = []
    gaps: list[_Gap] = [(0, len(left), 0, len(right))]
    weak_left, weak_right = list(map(keys[-1], left)), list(map(keys[-1], right))
    for place, key in enumerate(keys):
        last = place == len(keys) - 1
        by_key = _Keys(list(map(key, left)), list(map(key, right)), weak_left, weak_right)
        still_open: list[_Gap] = []
        for gap in gaps:
            if last and traits is not None and _is_worth_it(gap):
                lefts = {a: (weak_left[a], traits[0](left[a])) for a in range(gap[0], gap[1])}
                rights = {b: (weak_right[b], traits[1](right[b])) for b in range(gap[2], gap[3])}
                matches = _most_alike(lefts, rights, gap)
            else:
                matches = _common(by_key, gap)
            found += matches
            still_open += _between(gap, matches)
        gaps = still_open
    return sorted(found)


def _is_worth_it(gap: _Gap) -> bool:
    return 1 < (gap[1] - gap[0]) * (gap[3] - gap[2]) <= _MOST_COMPARED


def _between(gap: _Gap, matches: Matches) -> Iterable[_Gap]:
    """What is left open of a gap: the pieces between matches that have elements on both sides."""
    i, i_end, j, j_end = gap
    for left, right in (*matches, (i_end, j_end)):
        if i < left and j < right:
            yield i, left, j, right
        i, j = left + 1, right + 1


class _Keys(NamedTuple):
    """Both sequences by a key; and by the weakest, which tells what may at all stand for what."""

    left: Sequence[Hashable]
    right: Sequence[Hashable]
    weak_left: Sequence[Hashable]
    weak_right: Sequence[Hashable]


def _common(keys: _Keys, whole: _Gap) -> Matches:
    """A common subsequence of the gap that leaves little else."""
    left, right = keys.left, keys.right
    found: Matches = []
    waiting = [whole]
    while waiting:
        i, i_end, j, j_end = waiting.pop()
        while i < i_end and j < j_end and left[i] == right[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and left[i_end - 1] == right[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            found.append((i_end, j_end))
        if i == i_end or j == j_end:
            continue
        gap = (i, i_end, j, j_end)
        anchors = _rising(_once(keys, gap))
        if anchors:
            found += anchors
            waiting += _between(gap, anchors)
        else:
            found += _cheapest(keys, gap)
    return sorted(found)


def _cheapest(keys: _Keys, gap: _Gap) -> Matches:
    """The matches that leave the least to say: each element without a partner costs one, and so do two that take each
    other's place. Diagonal by diagonal after E. Ukkonen, "Algorithms for approximate string matching" (1985); sides
    that have too little in common for it get matches that may not be the best.
    """
    i, i_end, j, j_end = gap
    width, height = i_end - i, j_end - j
    trail: list[dict[int, int]] = []  # by the cost and then by diagonal, how far on the left one gets at most
    reach: dict[int, int] = {}
    for cost in range(_MOST_EDITS + 1):
        now: dict[int, int] = {}
        for diagonal in range(-min(cost, height), min(cost, width) + 1):
            x = max((came[1] for came in _ways(keys, gap, reach, diagonal)), default=-1) if cost else 0
            if x < 0:
                continue
            while x < width and x - diagonal < height and keys.left[i + x] == keys.right[j + x - diagonal]:
                x += 1
            now[diagonal] = x
        trail.append(now)
        reach = now
        if reach.get(width - height) == width:
            return _retraced(keys, gap, trail)
    return _rising(_by_occurrence(keys, gap))


def _ways(keys: _Keys, gap: _Gap, reach: Mapping[int, int], diagonal: int) -> Iterable[tuple[int, int]]:
    """How a diagonal can be entered at the cost of one: from which diagonal, and how far on the left one is then."""
    i, i_end, j, j_end = gap
    if (x := reach.get(diagonal - 1, -1)) >= 0 and i + x < i_end:
        yield diagonal - 1, x + 1
    if (x := reach.get(diagonal + 1, -1)) >= 0 and j + x - diagonal - 1 < j_end:
        yield diagonal + 1, x
    x = reach.get(diagonal, -1)
    y = x - diagonal
    if x >= 0 and i + x < i_end and j + y < j_end and keys.weak_left[i + x] == keys.weak_right[j + y]:
        yield diagonal, x + 1


def _retraced(keys: _Keys, gap: _Gap, trail: Sequence[Mapping[int, int]]) -> Matches:
    """The matches on the way to the end."""
    i, i_end, j, j_end = gap
    x, diagonal = i_end - i, (i_end - i) - (j_end - j)
    found: Matches = []
    for cost in range(len(trail) - 1, -1, -1):
        ways = list(_ways(keys, gap, trail[cost - 1], diagonal)) if cost else [(0, 0)]
        origin, start = max(ways, key=lambda way: way[1])
        found += [(i + at, j + at - diagonal) for at in range(start, x)]
        x, diagonal = (trail[cost - 1][origin], origin) if cost else (0, 0)
    return found


def _once(keys: _Keys, gap: _Gap) -> Iterable[tuple[int, int]]:
    """The elements that occur exactly once on each side of the gap."""
    left, right = keys.left, keys.right
    i, i_end, j, j_end = gap
    lefts, rights = Counter(left[i:i_end]), Counter(right[j:j_end])
    there = {right[b]: b for b in range(j, j_end)}
    return [(a, there[left[a]]) for a in range(i, i_end) if lefts[left[a]] == 1 and rights[left[a]] == 1]


def _by_occurrence(keys: _Keys, gap: _Gap) -> Iterable[tuple[int, int]]:
    """Each element with the one that is equal and has as many equals before it."""
    left, right = keys.left, keys.right
    i, i_end, j, j_end = gap
    there: dict[tuple[Hashable, int], int] = {}
    seen: Counter[Hashable] = Counter()
    for b in range(j, j_end):
        there[right[b], seen[right[b]]] = b
        seen[right[b]] += 1
    found = []
    seen.clear()
    for a in range(i, i_end):
        b = there.get((left[a], seen[left[a]]), -1)
        seen[left[a]] += 1
        if b >= 0:
            found.append((a, b))
    return found


def _rising(pairs: Iterable[tuple[int, int]]) -> Matches:
    """The longest selection of pairs, given by their first index, whose second index rises too."""
    tails: list[int] = []
    ends: list[int] = []
    pairs = list(pairs)
    before: list[int] = []
    for place, (_, right) in enumerate(pairs):
        length = bisect_left(tails, right)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [right]
        ends[length : length + 1] = [place]
    found: Matches = []
    place = ends[-1] if ends else -1
    while place >= 0:
        found.append(pairs[place])
        place = before[place]
    return found[::-1]


def _most_alike(
    left: Mapping[int, tuple[Hashable, AbstractSet[Hashable]]],
    right: Mapping[int, tuple[Hashable, AbstractSet[Hashable]]],
    gap: _Gap,
) -> Matches:
    """The matches with the most in common. Given are key and traits of each element of the gap."""

    def likeness(a: int, b: int) -> int:
        (key, has), (other_key, other_has) = left[a], right[b]
        return 1 + len(has & other_has) if key == other_key else 0

    return _heaviest(gap, likeness)


def _heaviest(gap: _Gap, weight: Callable[[int, int], int]) -> Matches:
    """The rising matches of greatest weight in all; of equally good ones the earliest. 0 is no match."""
    i, i_end, j, j_end = gap
    width = j_end - j
    best = [[0] * (width + 1)]  # from the end: best[k][n] is the best of the last k on the left and from n on the right
    weights = []
    for a in range(i_end - 1, i - 1, -1):
        row, below, weighed = [0] * (width + 1), best[-1], [weight(a, b) for b in range(j, j_end)]
        for n in range(width - 1, -1, -1):
            taken = weighed[n] + below[n + 1] if weighed[n] else 0
            row[n] = max(taken, below[n], row[n + 1])
        best.append(row)
        weights.append(weighed)
    found: Matches = []
    n = 0
    for a in range(i, i_end):
        k = i_end - a
        row, below, weighed = best[k], best[k - 1], weights[k - 1]
        while n < width:
            if weighed[n] and row[n] == weighed[n] + below[n + 1]:
                found.append((a, j + n))
                n += 1
                break
            if row[n] == below[n]:
                break  # nothing is lost without this left element
            n += 1
    return found
