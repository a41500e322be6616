"""Two recordings compared: threads paired, their interactions paired, and each pair told field by field.

Pairs whose digests and identifiers agree, nearly all of them in practice, are never read again.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ewstape.interaction import Interaction
from ewstape.operations import lookup
from ewstape.report.calls import Call
from ewstape.report.diff.difference import Change, Difference, Pair, Thread, Throughout
from ewstape.report.diff.fields import Fields
from ewstape.report.diff.identities import Identities
from ewstape.report.diff.node import traits
from ewstape.report.diff.options import Options
from ewstape.report.diff.pairing import Row, side_by_side, when
from ewstape.report.diff.threads import Advance, Entry, RecordedThread, read
from ewstape.report.diff.tree import Reading, Slot, redacted_slots
from ewstape.report.line import duration

__all__ = ["compare"]

_ONCE = re.compile(r"(?:request|response)\.(?:soap_header|headers|auth)\b.*")
"""What is a fact about the client or the server rather than about one interaction."""
_VERSION = "response.soap_header.server_version_info"
_MANY = 10
"""How many interactions must share any other change for it to be told once."""
_HUNG_UP = re.compile(r"(hung up by the client) after .*")


def compare(
    left: Sequence[Interaction],
    right: Sequence[Interaction],
    options: Options | None = None,
    *,
    advance: Advance = lambda _: None,
) -> Difference:
    """All that differs between two recordings.

    Args:
        left: the older or expected one; read more than once, so better a `Cassette` than a list if it is big.
        right: the other.
        options: what counts.
        advance: told of progress, in interactions: those of both sides in all, or twice that if they are redacted
            differently.

    Raises:
        CassetteError: an interaction cannot be read.
    """
    options = options or Options()
    slots = frozenset(_slots(left, right, advance) if options.redacted_differently else ())
    reading = Reading(redacted=options.redacted_differently, slots=slots)
    lefts = read(left, reading, advance=advance, every_poll=options.polls)
    rights = read(right, reading, advance=advance, every_poll=options.polls)
    has = _traits(left, reading), _traits(right, reading)
    threads = list(side_by_side(lefts, rights, has, same_spelling=not options.redacted_differently))
    # Identifiers meet in the order of time, whatever thread they are in.
    rows = sorted((row for _, _, found in threads for row in found), key=when)
    told = _Told(left, right, reading, options)
    pairs = [told.pair(row) for row in rows]
    throughout = _throughout(pairs)
    once = {one.change for one in throughout}
    by_row = {id(row): _without(pair, once) for row, pair in zip(rows, pairs, strict=True)}
    made = [_thread(a, b, [by_row[id(row)] for row in found], options) for a, b, found in threads]
    return Difference(
        left_count=lefts.count,
        right_count=rights.count,
        left_repeats=lefts.repeats,
        right_repeats=rights.repeats,
        equal=sum(not pair.differs for pair in by_row.values()),
        throughout=throughout,
        threads=tuple(thread for thread in made if thread.pairs or thread.changes),
        redacted_differently=options.redacted_differently,
    )


def _traits(side: Sequence[Interaction], reading: Reading) -> Callable[[Entry], frozenset[int]]:
    def has(entry: Entry) -> frozenset[int]:
        interaction = side[entry.index]
        return frozenset((*traits(reading.request(interaction)), *traits(reading.response(interaction))))

    return has


def _slots(left: Sequence[Interaction], right: Sequence[Interaction], advance: Advance) -> Iterator[Slot]:
    for side in (left, right):
        for interaction in side:
            yield from redacted_slots(interaction)
            advance(1)


class _Told:
    """Pairs of interactions, field by field."""

    def __init__(
        self, left: Sequence[Interaction], right: Sequence[Interaction], reading: Reading, options: Options
    ) -> None:
        self._left, self._right = left, right
        self._reading = reading
        self._options = options
        self._identities = Identities()

    def pair(self, row: Row) -> Pair:
        """What there is to say of a pair."""
        left, right, moved = row
        either = left or right
        if either is None:
            raise TypeError("a row is never empty")
        return Pair(
            operation=either.operation,
            left=left.number if left else None,
            right=right.number if right else None,
            left_result=left.result if left else "",
            right_result=right.result if right else "",
            changes=tuple(self._changes(left, right)) if left and right else (),
            moved=moved,
        )

    def _changes(self, left: Entry, right: Entry) -> Iterator[Change]:
        where = f"#{left.number} / #{right.number}"
        if not self._same(left, right, where):
            one, other = self._left[left.index], self._right[right.index]
            fields = Fields(self._identities, where, lookup(left.operation) is not None)
            reading = self._reading
            found = (
                *fields.changes(reading.request(one), reading.request(other)),
                *fields.changes(reading.response(one), reading.response(other)),
            )
            yield from (change for change in found if self._options.counts(change.path))
        timing = self._options.timing
        if timing is not None and timing.exceeded(left.took, right.took) and self._options.counts("took"):
            yield Change("took", duration(left.took), duration(right.took))

    def _same(self, left: Entry, right: Entry, where: str) -> bool:
        if left.whole != right.whole:
            return False
        agree = self._identities.agree
        both = zip(left.identifiers, right.identifiers, strict=True)
        return False not in [agree(domain, one, other, where) for (domain, one), (_, other) in both]  # all are learnt


def _throughout(pairs: Iterable[Pair]) -> tuple[Throughout, ...]:
    """The changes that are facts about a whole recording."""
    found: dict[Change, list[tuple[int, int]]] = {}
    for pair in pairs:
        for change in pair.changes:
            if pair.left is not None and pair.right is not None and not change.note:
                found.setdefault(change, []).append((pair.left, pair.right))
    return tuple(
        Throughout(change, tuple(numbers)) for change, numbers in found.items() if len(numbers) >= _enough(change)
    )


def _enough(change: Change) -> int:
    """How many interactions must share a change for it to be told once."""
    if change.path == _VERSION and change.before and change.after:  # a fault may have none, which is no new server
        return 1
    return 2 if _ONCE.fullmatch(change.path) else _MANY


def _without(pair: Pair, once: Container[Change]) -> Pair:
    if not pair.changes:
        return pair
    return replace(pair, changes=tuple(change for change in pair.changes if change.note or change not in once))


def _thread(
    left: RecordedThread | None, right: RecordedThread | None, pairs: Iterable[Pair], options: Options
) -> Thread:
    left_call, right_call = left.call if left else None, right.call if right else None
    changes = _outcome(left_call, right_call) if left_call and right_call else ()
    return Thread(
        is_call=bool(left_call or right_call),
        left_call=left_call,
        right_call=right_call,
        pairs=tuple(pair for pair in pairs if pair.differs),
        changes=tuple(change for change in changes if options.counts(change.path)),
    )


def _outcome(left: Call, right: Call) -> Iterator[Change]:
    for path, before, after in (
        ("call.states", _states(left), _states(right)),
        ("call.ended", _HUNG_UP.sub(r"\1", left.ended), _HUNG_UP.sub(r"\1", right.ended)),
    ):
        if before != after:
            yield Change(path, before, after)


def _states(call: Call) -> str:
    """The states that polls found, without SIP's words, which redaction may replace."""
    names = [" ".join(filter(None, (state.state, state.cause))) for state in call.states]
    return ", ".join(name for name, _ in groupby(names)) or "none seen"
