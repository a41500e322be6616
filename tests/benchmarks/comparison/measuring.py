"""How each kind of case is measured: contenders in turn, round by round (A B A B), after a warm-up that does not count.

In a case of load all contenders run at once; the idle ones cost nothing. Who is missing, answers wrongly or fails under
load is rejected with the reason, and the others go on.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial

from comparison import processes
from comparison.cases import Case, Kind
from comparison.exchanges import PhoneCall
from comparison.load import CLIENTS, SCRIPT, Load, Visit, latency, script, visit
from comparison.results import Key
from comparison.run import Run, judged, pairs, say
from comparison.running import Entry, Silent, check_answers, started


def measure(run: Run, case: Case, names: frozenset[str]) -> None:
    """Measures a case with the contenders of these names."""
    say(f"{case.name}: {case.title}")
    _KINDS[case.kind](run, case, names)


def _start_all(run: Run, case: Case, names: frozenset[str], stack: ExitStack) -> list[Entry]:
    """All contenders of a case that answer rightly."""
    found = []
    for contender, corpus in pairs(run, case, names):
        with judged(run, case, corpus, contender.name):
            entry = stack.enter_context(started(run.enter(contender, corpus, https=case.https)))
            check_answers(entry)
            found.append(entry)
    return found


def _load(run: Run, case: Case, names: frozenset[str]) -> None:
    with ExitStack() as stack:
        contenders = _start_all(run, case, names, stack)
        wanted = [count for count in case.connections if count in run.connections]
        for _ in _in_turn(run, case, contenders, partial(_warmed_up, run, case, max(wanted))):
            pass  # nothing is counted
        for connections in (count for count in wanted for _ in range(run.rounds)):
            able = [one for one in contenders if connections == 1 or not one.contender.in_process]
            for one, found in _in_turn(run, case, able, partial(_visited, run, case, connections, run.seconds)):
                _add(run, case, one, f"requests/s, c={connections}", found.rate)
                if found.cost:
                    _add(run, case, one, f"CPU us/request, c={connections}", found.cost)
        for one, memory in _in_turn(run, case, contenders, lambda one: one.memory() if one.pid else 0.0):
            if memory:
                _add(run, case, one, "MiB", memory)


def _in_turn[Found](
    run: Run, case: Case, contenders: list[Entry], action: Callable[[Entry], Found]
) -> Iterator[tuple[Entry, Found]]:
    """What the action finds of each that has not been rejected."""
    for one in contenders:
        if (case.name, one.corpus.name, one.contender.name) not in run.results.unfit:
            with judged(run, case, one.corpus, one.contender.name):
                yield one, action(one)


def _warmed_up(run: Run, case: Case, connections: int, one: Entry) -> None:
    with suppress(Silent):  # a Java program may need longer for its first answers
        _visited(run, case, connections, run.warm_up, one)


def _visited(run: Run, case: Case, connections: int, seconds: int, one: Entry) -> Visit:
    lua = one.place.folder / SCRIPT
    if not one.contender.in_process and (not lua.exists() or isinstance(one.corpus, PhoneCall)):
        lua.write_text(script(one, fresh=case.fresh, missing=case.missing), "utf-8")  # a call begins its tape again
    ids_from = next(run.ids) if case.fresh else None
    return visit(one, Load(connections=connections, seconds=seconds, ids_from=ids_from, missing=case.missing))


def _add(run: Run, case: Case, one: Entry, what: str, value: float) -> None:
    run.results.add(Key(case.name, one.corpus.name, one.contender.name, what), value)


def _client(run: Run, case: Case, names: frozenset[str]) -> None:
    with ExitStack() as stack:
        contenders = _start_all(run, case, names, stack)
        for turn in range(run.rounds + 1):
            for client in CLIENTS:
                for one, found in _in_turn(run, case, contenders, partial(latency, client, run.posts)):
                    if turn:
                        _add(run, case, one, f"ms, {client}", found)


_KINDS: dict[Kind, Callable[[Run, Case, frozenset[str]], None]] = {
    Kind.LOAD: _load,
    Kind.START: processes.start,
    Kind.CLIENT: _client,
    Kind.COMMAND: processes.command,
    Kind.FIRST: processes.first,
}
