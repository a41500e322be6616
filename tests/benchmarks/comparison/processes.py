"""What is measured of whole processes: how soon they answer, and how long they work on a cassette."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from comparison import feeds
from comparison.cases import Case
from comparison.contender import SCRIPTS
from comparison.results import Key
from comparison.run import Run, judged, pairs
from comparison.running import PATIENCE, Entry, Unfit, check_answers, started

_OFTEN = 10_000
"""With a larger corpus there is one round."""


def start(run: Run, case: Case, names: frozenset[str]) -> None:
    """How soon a contender answers after its process was started."""
    fed: list[Entry] = []
    for contender, corpus in pairs(run, case, names):
        with judged(run, case, corpus, contender.name):
            fed.append(run.enter(contender, corpus))
    for turn in range(run.rounds + 1):
        for entry in (one for one in fed if turn == 1 or len(one.corpus) <= _OFTEN):
            named = (case.name, entry.corpus.name, entry.contender.name)
            if named in run.results.unfit:
                continue
            with judged(run, case, entry.corpus, entry.contender.name):
                for what, took in _starts(entry, turn):
                    if turn:  # the first reads programs from the disk, and is not counted
                        run.results.add(Key(*named, what), took)


def _starts(entry: Entry, turn: int) -> Iterator[tuple[str, float]]:
    """How long one start takes; ours also with the cache that an earlier start left."""
    entry = _without_cache(entry, turn)
    if entry.contender.in_process:
        began = time.perf_counter()
        _output(entry, *entry.command, "0")
        yield "s", time.perf_counter() - began
        return
    for what in ("s", "s, cached") if entry.contender.own and turn else ("s",):
        with started(entry) as running:
            yield what, running.took
            if what == "s":
                check_answers(running)


def _without_cache(entry: Entry, turn: int) -> Entry:
    """The same with a cache folder that is not there yet."""
    cache = {"XDG_CACHE_HOME": str(entry.place.folder / f"cache{turn}")}
    return replace(entry, environment={**entry.environment, **cache})


def _output(entry: Entry, *command: str) -> bytes:
    done = subprocess.run(
        command, cwd=entry.place.folder, env=entry.environment, check=True, capture_output=True, timeout=PATIENCE
    )
    return done.stdout


def first(run: Run, case: Case, names: frozenset[str]) -> None:
    """What opening a cassette and the first answer take, without the start of Python."""
    fed: list[Entry] = []
    for contender, corpus in pairs(run, case, names):
        with judged(run, case, corpus, contender.name):
            entry = run.enter(contender, corpus)
            command = (*entry.command, "0")
            if not contender.in_process:
                feeds.dictionary(corpus, entry.place.folder / "exchanges")
                command = (sys.executable, str(SCRIPTS / "first_answer.py"), "cassette.yaml", "exchanges")
            fed.append(replace(entry, command=command))
    for turn in range(run.rounds):
        for entry in fed:
            with judged(run, case, entry.corpus, entry.contender.name):
                found = json.loads(_output(_without_cache(entry, turn), *entry.command))
                if not found["right"]:
                    raise Unfit("wrong answer")
                run.results.add(Key(case.name, entry.corpus.name, entry.contender.name, "s"), found["first"])


def command(run: Run, case: Case, _names: frozenset[str]) -> None:
    """How long our commands work on a whole cassette."""
    reading = "import sys; from ewstape.cassette import Cassette; print(sum(1 for one in Cassette.open(sys.argv[1])))"
    ewstape = (sys.executable, "-m", "ewstape")
    for corpus in case.corpora:
        if len(corpus) > run.largest:
            continue
        place = run.place()
        file, out = place.folder / "cassette.yaml", place.folder / "redacted.yaml"
        feeds.cassette(corpus, file)
        megabytes = file.stat().st_size / 1e6
        commands = {
            "load": (sys.executable, "-c", reading, str(file)),
            "check": (*ewstape, "check", str(file)),
            "redact": (*ewstape, "redact", str(file), "-o", str(out)),
        }
        for _ in range(run.rounds):
            for name, command in commands.items():
                out.unlink(missing_ok=True)
                with judged(run, case, corpus, name):
                    began = time.perf_counter()
                    environment = run.environment(None, place.folder)
                    done = subprocess.run(command, cwd=place.folder, env=environment, capture_output=True, check=False)
                    took = time.perf_counter() - began
                    if done.returncode not in {0, 1} or (done.returncode and name != "check"):
                        raise Unfit(done.stderr.decode(errors="replace")[-200:])
                    run.results.add(Key(case.name, corpus.name, name, "MB/s"), megabytes / took)
                    run.results.add(Key(case.name, corpus.name, name, "ms/MB"), took * 1e3 / megabytes)
