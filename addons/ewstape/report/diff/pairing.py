"""Which thread stands for which, and in it which interaction for which.

Of calls those in which all that happened is the same are paired first, then those that dialled the same, then those
whose dial strings look alike, then any: in order, unless calls of either recording overlap, because those begin in
another order each time. In a thread, interactions that say the same come first, then those that
ask the same, then of those of one operation the most alike.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from ewstape.report.calls import Call
from ewstape.report.diff.align import align
from ewstape.report.diff.threads import Entry, Recorded, RecordedThread

__all__ = ["Row", "side_by_side", "when"]

type _Has = Callable[[Entry], AbstractSet[Hashable]]
type _Traits = tuple[_Has, _Has]
type _Calls = Sequence[RecordedThread]
type _Key = Callable[[RecordedThread], Hashable]

_DIGIT = re.compile(r"[0-9]")


class Row(NamedTuple):
    """What stands side by side."""

    left: Entry | None
    right: Entry | None
    moved: bool = False


def side_by_side(
    left: Recorded, right: Recorded, traits: _Traits, *, same_spelling: bool
) -> Iterator[tuple[RecordedThread | None, RecordedThread | None, list[Row]]]:
    """The threads of two recordings that stand for each other, and what stands side by side in each.

    Args:
        left: one recording.
        right: the other.
        traits: what an entry of either is made of, where it takes that to tell which is which.
        same_spelling: the same dial string is written alike in both.
    """
    yield left.others, right.others, _rows(left.others, right.others, traits)

    def dialled(thread: RecordedThread) -> tuple[str, str]:
        call = _call(thread)
        return call.service, call.dial_string if same_spelling else ""

    keys = (
        lambda thread: (*dialled(thread), thread.happened),
        dialled,
        lambda thread: (_call(thread).service, _DIGIT.sub("0", _call(thread).dial_string)),
        lambda thread: _call(thread).service,
    )
    if _one_at_a_time(left.calls) and _one_at_a_time(right.calls):
        partners = dict(align(left.calls, right.calls, keys))
    else:  # of calls to one number the order counts all the same, or a hang-up of the wrong one would not show
        partners = dict(_in_any_order(left.calls, right.calls, keys[1:] if same_spelling else keys))
    for i, thread in enumerate(left.calls):
        other = right.calls[partners[i]] if i in partners else None
        yield thread, other, _rows(thread, other, traits)
    taken = set(partners.values())
    for j, thread in enumerate(right.calls):
        if j not in taken:
            yield None, thread, _rows(None, thread, traits)


def _one_at_a_time(threads: _Calls) -> bool:
    calls = map(_call, threads)
    return all(one.interactions[-1] < following.interactions[0] for one, following in pairwise(calls))


def _in_any_order(left: _Calls, right: _Calls, keys: Sequence[_Key]) -> Iterator[tuple[int, int]]:
    """Which call stands for which: by the strictest of `keys` that makes them equal, and in order among equal ones.
    Equal ones that crossed are left alone for good.
    """
    lefts, rights = set(range(len(left))), set(range(len(right)))
    for key in keys:
        groups, others = _grouped(left, lefts, key), _grouped(right, rights, key)
        for same in sorted(groups.keys() & others.keys(), key=lambda same: groups[same]):
            some, more = groups[same], others[same]
            matches = align([left[i] for i in some], [right[j] for j in more], (_happened, key))
            yield from ((some[a], more[b]) for a, b in matches)
            crossed = len(matches) < min(len(some), len(more))
            lefts.difference_update(some if crossed else (some[a] for a, _ in matches))
            rights.difference_update(more if crossed else (more[b] for _, b in matches))


def _grouped(calls: _Calls, places: Iterable[int], key: _Key) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for place in sorted(places):
        groups.setdefault(key(calls[place]), []).append(place)
    return groups


def _happened(thread: RecordedThread) -> Hashable:
    return thread.happened


def _call(thread: RecordedThread) -> Call:
    if thread.call is None:
        raise TypeError("not the thread of a call")
    return thread.call


def _rows(left: RecordedThread | None, right: RecordedThread | None, traits: _Traits) -> list[Row]:
    """Every interaction of two threads, beside the one that stands for it, in order."""
    lefts, rights = left.entries if left else (), right.entries if right else ()
    matches = align(lefts, rights, (_all, _asked, _operation), traits)
    rows = [Row(lefts[i], rights[j]) for i, j in matches]
    matched_left, matched_right = {i for i, _ in matches}, {j for _, j in matches}
    only_left = [entry for i, entry in enumerate(lefts) if i not in matched_left]
    only_right = [entry for j, entry in enumerate(rights) if j not in matched_right]
    moved = _moved(lefts, rights, {_all(entry): entry for entry in only_right}) if only_left and only_right else {}
    rows += [Row(entry, moved.get(entry.index), moved=entry.index in moved) for entry in only_left]
    elsewhere = {entry.index for entry in moved.values()}
    rows += [Row(None, entry) for entry in only_right if entry.index not in elsewhere]
    return sorted(rows, key=when)


def _moved(lefts: Sequence[Entry], rights: Sequence[Entry], alone: Mapping[Hashable, Entry]) -> dict[int, Entry]:
    """What is at another place: by index on the left, what says the same on the right, of those that stand alone
    there; where each side has but one such.
    """
    left_counts, right_counts = Counter(map(_all, lefts)), Counter(map(_all, rights))
    once = (entry for entry in lefts if left_counts[_all(entry)] == 1 == right_counts[_all(entry)])
    return {entry.index: alone[_all(entry)] for entry in once if _all(entry) in alone}


def _all(entry: Entry) -> Hashable:
    return entry.operation, entry.asked, entry.answered


def _asked(entry: Entry) -> Hashable:
    return entry.operation, entry.asked


def _operation(entry: Entry) -> Hashable:
    return entry.operation


def when(row: Row) -> tuple[int, int]:
    """Sorts rows by the numbers of the left, and of the right where the left has none."""
    first = row.left or row.right
    return (first.number if first else 0), row.left is None
