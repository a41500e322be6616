"""Rows, sorted for answering: equal requests into groups, calls into threads and phases, values by where they occur.

From here on an interaction is known by its rank, its place in the order of starts: documents are written as they end.
Every list of ranks or groups is in that order, so what comes next is found by bisection and nothing has to be listed.
"""

from array import array
from collections.abc import Mapping

from ewstape.replay.index.digests import mixed
from ewstape.replay.index.multimap import Column, sort
from ewstape.replay.index.rows import ISSUED, Flag, Rows

MAILBOX = 0
"""The thread of everything that is about no call."""

NONE = 0xFFFF_FFFF
"""In place of a thread: none was begun."""

FIRST = 50
"""How many requests are listed for each operation."""

RANKS: Mapping[str, str] = {
    "position": "I",  # in the sequence of interactions
    "numbers": "q",
    "due": "d",
    "group": "I",
    "thread": "I",
    "phase": "I",
    "ends": "B",
    "check": "Q",
}
"""A number for each rank. `check` is the digest of its document, or 0 if that must always be read as a whole. `phase`
is how many writes its thread had up to it. `due` is when it was recorded, or when the first of the later answers to
the same request was, in the same phase: so it never falls from one to the next.
"""

GROUPS: Mapping[str, str] = {"digest": "Q", "proof": "Q", "first": "I", "size": "I", "value_end": "I"}
"""A number for each group of equal requests."""

VALUES: Mapping[str, str] = {"values": "Q", "value_flags": "B"}
"""The identifiers of all groups, one after another."""

THREADS: Mapping[str, str] = {"began": "d", "source": "I", "unknown": "B"}
"""A number for each thread; `source` is the rank of the interaction that tells its PhoneCallId."""

SETS: Mapping[str, str] = {"present": "Q"}
"""Sorted digests: identifiers that occur anywhere but as those in `answered`."""

MAPS: Mapping[str, str] = {
    "requests": "I",  # digest -> group
    "shapes": "I",  # digest -> groups
    "places": "I",  # `place` -> groups
    "answered": "I",  # identifiers that clients have from answers -> ranks
    "starts": "I",  # group -> ranks
    "reads": "I",  # `within` -> ranks
    "writes": "I",  # `within` -> ranks
    "phases": "I",  # thread -> ranks of its writes
    "placed": "I",  # call that was begun before the recording -> thread
}
"""The multimaps: the type of their numbers. Their keys are a column of their own."""

COLUMNS: Mapping[str, str] = {
    **RANKS,
    **GROUPS,
    **VALUES,
    **THREADS,
    **SETS,
    **{f"{name} keys": "Q" for name in MAPS},
    **{f"{name} values": code for name, code in MAPS.items()},
}
"""All columns of an index."""


def place(shape: int, at: int, value: int | None) -> int:
    """The key of the groups with a value at one place; `None` for any that a server issues and that is not issued."""
    return mixed(shape, at, -1 if value is None else value)


def within(group: int, thread: int) -> int:
    """The key of the interactions of a group in a thread."""
    return group << 32 | thread


def assemble(rows: Rows) -> tuple[dict[str, Column], dict[str, list[int]], tuple[str, ...]]:
    """The columns of an index; by operation its first requests; the logons in the order of their first use."""
    made: dict[str, array[int]] = {name: array(code) for name, code in COLUMNS.items()}
    read = rows.columns
    order = sorted(range(len(rows)), key=read["number"].__getitem__)
    made["position"].extend(order)
    for name, of_rows in (("numbers", "number"), ("due", "at"), ("check", "check")):
        made[name].extend(map(read[of_rows].__getitem__, order))
    shapes = _group(rows, order, made)
    operations = _operations(rows, order, made["group"])
    logons = dict.fromkeys(rows.logons[number] for number in dict.fromkeys(read["logon"][at] for at in order))
    _thread(rows, order, made)
    _due(made)
    _answers(rows, order, made)
    _values(shapes, made)
    present = set(read["mentioned"])
    present.update(made["values"])
    made["present"].extend(sorted(present))
    for name in MAPS:
        keys, values = sort(made[f"{name} keys"], made[f"{name} values"])
        made[f"{name} keys"], made[f"{name} values"] = keys, values
    return {name: memoryview(column) for name, column in made.items()}, operations, tuple(filter(None, logons))


def _group(rows: Rows, order: list[int], made: Mapping[str, "array[int]"]) -> "array[int]":
    """Number the different requests in the order in which they first came; the shape of each."""
    read, shapes = rows.columns, array("Q")
    ends, asked, asked_flags = read["asked_end"], read["asked"], read["asked_flags"]
    requests, proofs, shape = read["request"], read["proof"], read["shape"]
    first, size, group, value_end = made["first"], made["size"], made["group"], made["value_end"]
    found, found_flags = made["values"], made["value_flags"]
    numbered: dict[tuple[int, int], int] = {}
    for rank, at in enumerate(order):
        request = requests[at], proofs[at]
        number = numbered.get(request)
        if number is None:
            number = numbered[request] = len(numbered)
            shapes.append(shape[at])
            first.append(rank)
            size.append(0)
            values = slice(ends[at - 1] if at else 0, ends[at])
            found.extend(asked[values])
            found_flags.extend(asked_flags[values])
            value_end.append(len(found))
        size[number] += 1
        group.append(number)
    for digest, proof in numbered:
        made["digest"].append(digest)
        made["proof"].append(proof)
    made["requests keys"].extend(made["digest"])
    made["requests values"].extend(range(len(numbered)))
    made["shapes keys"].extend(shapes)
    made["shapes values"].extend(range(len(numbered)))
    return shapes


def _operations(rows: Rows, order: list[int], group: "array[int]") -> dict[str, list[int]]:
    found: dict[str, dict[int, None]] = {}
    names, column = rows.operations, rows.columns["operation"]
    listed = [found.setdefault(name, {}) for name in names]
    for rank, at in enumerate(order):
        groups = listed[column[at]]
        if len(groups) < FIRST:
            groups[group[rank]] = None
    return {name: list(groups) for name, groups in found.items()}


def _thread(rows: Rows, order: list[int], made: Mapping[str, "array[int]"]) -> None:
    """Sort interactions into calls and the mailbox, and each into phases, which its writes begin."""
    flags_of, calls, ats = rows.columns["flags"], rows.columns["call"], rows.columns["at"]
    began, source, unknown, group = made["began"], made["source"], made["unknown"], made["group"]
    threads: dict[int, int] = {}
    phases = [0]

    def begin(at: float, rank: int, *, placed: bool) -> int:
        began.append(at)  # type: ignore[arg-type]  # floats
        source.append(rank)
        unknown.append(not placed)
        phases.append(0)
        return len(phases) - 1

    began.append(0.0)  # type: ignore[arg-type]
    source.append(NONE)
    unknown.append(0)
    thread_of, phase_of, ends = made["thread"], made["phase"], made["ends"]
    reads, read = made["reads keys"], made["reads values"]
    writes, written = made["writes keys"], made["writes values"]
    for rank, at in enumerate(order):
        flags, number, thread = flags_of[at], group[rank], MAILBOX
        if flags & Flag.BEGINS:
            thread = NONE
            if flags & Flag.PLACED:
                thread = threads[calls[at]] = begin(ats[at], rank, placed=True)
            made["starts keys"].append(number)
            made["starts values"].append(rank)
            thread_of.append(thread)
            phase_of.append(0)
            ends.append(0)
            continue
        if flags & Flag.CALL:
            known = threads.get(calls[at])
            if known is None:
                known = threads[calls[at]] = begin(ats[at], rank, placed=False)
                made["placed keys"].append(calls[at])
                made["placed values"].append(known)
            thread = known
            if not flags & Flag.DENIES:
                unknown[thread] = 0
        if flags & Flag.WRITE:
            phases[thread] += 1
            writes.append(number << 32 | thread)
            written.append(rank)
            made["phases keys"].append(thread)
            made["phases values"].append(rank)
        else:
            reads.append(number << 32 | thread)
            read.append(rank)
        thread_of.append(thread)
        phase_of.append(phases[thread])
        ends.append(flags & _ENDED == _ENDED)


_ENDED = Flag.CALL | Flag.ENDS


def _due(made: Mapping[str, "array[int]"]) -> None:
    """Times may be written by hand, in any order: an answer is due no later than those after it."""
    due = made["due"]
    if sorted(due) == due.tolist():
        return
    latest: dict[tuple[int, int, int], float] = {}
    runs = zip(made["group"], made["thread"], made["phase"], strict=True)
    for rank, run in reversed(list(enumerate(runs))):
        latest[run] = due[rank] = min(due[rank], latest.get(run, due[rank]))  # type: ignore[call-overload]  # floats


def _answers(rows: Rows, order: list[int], made: Mapping[str, "array[int]"]) -> None:
    """Which identifiers occur in which answers."""
    ends, answered = rows.columns["answered_end"], rows.columns["answered"]
    keys, ranks = made["answered keys"], made["answered values"]
    for rank, at in enumerate(order):
        start, end = ends[at - 1] if at else 0, ends[at]
        if start < end:
            keys.extend(answered[start:end])
            ranks.extend([rank] * (end - start))


def _values(shapes: "array[int]", made: Mapping[str, "array[int]"]) -> None:
    """The groups by the values at each place."""
    issued = set(made["answered keys"])
    values, flags, start = made["values"], made["value_flags"], 0
    keys, groups = made["places keys"], made["places values"]
    for group, (shape, end) in enumerate(zip(shapes, made["value_end"], strict=True)):
        for at in range(start, end):
            value = values[at]
            keys.append(mixed(shape, at - start, value))
            groups.append(group)
            if flags[at] & ISSUED and value not in issued:
                keys.append(place(shape, at - start, None))
                groups.append(group)
        start = end
