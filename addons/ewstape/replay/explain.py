"""Compares a live request that has no answer with what was recorded, place by place.

Only a miss gets here, so this may take its time. Whether an identifier can stand for another is not decided here but
asked of the bindings, as when an answer was looked for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import chain, islice, zip_longest

from ewstape.interaction import Operation
from ewstape.operations import wire_name
from ewstape.operations.identifiers import Kind
from ewstape.replay.canonical import Canonical, Node, Variable
from ewstape.replay.index import Group, Index
from ewstape.replay.miss import Difference, Near, kind_of_text

type Objects = Callable[[Kind, str, str], str | None]
"""Why a live identifier cannot stand for a recorded one, in words; `None` if it can."""

_COMPARED = 50
_NEAREST = 3
_MOST_DIFFERENCES = 20
_MOST_ALIGNED = 200
"""Children of one element that are aligned with care."""


def candidates(index: Index, operation: Operation, asked: Canonical) -> Iterable[int]:
    """Recorded requests for the same operation that may come near, by the numbers of their groups: those of the same
    shape with an identifier in common, others of the same shape, any others. Not all, so that a miss stays cheap on a
    large tape.
    """
    digest = index.digest(asked)
    sharing = (index.sharing(digest.shape, at, value) for at, value in enumerate(digest.values))
    groups = chain(
        *(islice(found, _COMPARED // 5) for found in sharing),
        islice(index.alike(digest.shape), _COMPARED // 2),
        index.operations.get(wire_name(operation), ()),
    )
    return dict.fromkeys(islice(groups, _COMPARED))


def near(index: Index, times: Mapping[int, int], group: Group, found: tuple[Difference, ...] = ()) -> Near:
    """A recorded request with what is different about it; `times` tells how often each was answered."""
    used_up = times.get(group.number, 0) >= group.size
    return Near(number=index.numbers[group.first], used_up=used_up, differences=found)


def nearest(
    index: Index, times: Mapping[int, int], compared: Iterable[tuple[Group, tuple[Difference, ...]]]
) -> tuple[Near, ...]:
    """The requests with the fewest differences, and of those the earliest."""
    found = (near(index, times, group, different) for group, different in compared)
    return tuple(sorted(found, key=lambda each: (len(each.differences), each.number))[:_NEAREST])


def differences(recorded: Node, live: Node, objects: Objects) -> tuple[Difference, ...]:
    """Where two requests for the same operation do not fit, in document order; as many as a person reads.

    Args:
        recorded: the form of a recorded request, with its identifiers as `Variable`.
        live: the same of the live one.
        objects: decides about identifiers.
    """
    parts = _aligned(recorded[3], live[3])
    found = (each for one, other, name in parts for each in _compared(one, other, name, objects))
    return tuple(islice(found, _MOST_DIFFERENCES))


def _compared(recorded: Node | None, live: Node | None, here: str, objects: Objects) -> Iterator[Difference]:
    if recorded is None or live is None:
        there = recorded or live
        assert there is not None
        element = f"<{_local(there[0])}>"
        yield Difference(path=here, recorded=element if recorded else None, live=element if live else None)
        return
    ours, theirs = dict(recorded[1]), dict(live[1])
    for name in sorted(ours | theirs):
        yield from _values(f"{here}/@{_local(name)}", ours.get(name), theirs.get(name), "", objects)
    yield from _values(here, recorded[2], live[2], kind_of_text(_local(recorded[0]), recorded[2], live[2]), objects)
    for one, other, name in _aligned(recorded[3], live[3]):
        yield from _compared(one, other, f"{here}/{name}", objects)


def _values(path: str, recorded: str | None, live: str | None, kind: str, objects: Objects) -> Iterator[Difference]:
    if isinstance(recorded, Variable) and isinstance(live, Variable) and recorded.kind is live.kind:
        why = objects(recorded.kind, recorded, live)
        if why is not None:
            yield Difference(path=path, recorded=recorded, live=live, kind=str(live.kind), why=why)
    elif recorded != live:
        known = next((str(value.kind) for value in (live, recorded) if isinstance(value, Variable)), kind)
        yield Difference(path=path, recorded=recorded, live=live, kind=known)


def _aligned(recorded: tuple[Node, ...], live: tuple[Node, ...]) -> Iterator[tuple[Node | None, Node | None, str]]:
    """Children that belong together, with their names; with a number where several have one name."""
    ours, theirs = [node[0] for node in recorded], [node[0] for node in live]
    several = {name for names in (ours, theirs) for name, count in Counter(names).items() if count > 1}
    seen: Counter[str] = Counter()

    def named(one: Node | None, other: Node | None) -> tuple[Node | None, Node | None, str]:
        there = one or other
        assert there is not None
        seen[there[0]] += 1
        return one, other, f"{_local(there[0])}[{seen[there[0]]}]" if there[0] in several else _local(there[0])

    if ours == theirs or max(len(ours), len(theirs)) > _MOST_ALIGNED:
        blocks = [("equal" if ours == theirs else "replace", 0, len(ours), 0, len(theirs))]
    else:
        blocks = list(SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes())
    for _, start, end, live_start, live_end in blocks:
        for one, other in zip_longest(recorded[start:end], live[live_start:live_end]):
            if one is None or other is None or one[0] == other[0]:
                yield named(one, other)
            else:
                yield named(one, None)
                yield named(None, other)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
