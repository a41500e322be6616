"""One run of the comparison: its settings, its folders and ports, and who is rejected in a case, and why."""

import itertools
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from comparison.cases import Case
from comparison.contender import ROOT, Contender, Place
from comparison.contenders import BY_NAME
from comparison.exchanges import RECORDED_ID, Corpus
from comparison.results import Results
from comparison.running import Entry, Unfit, free_ports

_IDS_A_VISIT = 10**8
"""More than one visit can use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the comparison."""

    folder: Path
    """Everything is written below it."""
    peers: Path
    certificate: Path
    rounds: int
    seconds: int
    warm_up: int
    posts: int
    largest: int
    connections: tuple[int, ...]
    upstream: str = ""
    results: Results = field(default_factory=Results)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(RECORDED_ID + _IDS_A_VISIT, _IDS_A_VISIT))
    folders: Iterator[int] = field(default_factory=itertools.count)
    key: str = field(default_factory=lambda: secrets.token_hex(32))
    """For redaction: the user's own is left alone."""

    def place(self, *, https: bool = False) -> Place:
        """A folder and a port for a contender."""
        folder = self.folder / str(next(self.folders))
        folder.mkdir()
        (port,) = free_ports(1)
        return Place(
            folder=folder,
            port=port,
            peers=self.peers,
            certificate=self.certificate,
            upstream=self.upstream,
            https=https,
        )

    def enter(self, contender: Contender, corpus: Corpus, *, https: bool = False) -> Entry:
        """Feeds a contender; it is not started yet."""
        place = self.place(https=https)
        return Entry(
            contender=contender,
            corpus=corpus,
            place=place,
            command=contender.prepare(place, corpus),
            environment=self.environment(contender, place.folder),
        )

    def environment(self, contender: Contender | None, folder: Path) -> dict[str, str]:
        """Of a process: the user's without settings that would change what is measured."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("EWSTAPE_", "PYTHONDONTWRITE")) and not name.lower().endswith("_proxy")
        }
        own = {name: value.format(folder=folder) for name, value in contender.environment.items()} if contender else {}
        homes = {"XDG_CACHE_HOME": str(folder / "cache"), "XDG_DATA_HOME": str(folder / "data")}
        return {**kept, **homes, "EWSTAPE_REDACTION_KEY": self.key, "PYTHONPATH": str(ROOT / "addons"), **own}


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def judged(run: Run, case: Case, corpus: Corpus, contender: str) -> Iterator[None]:
    try:
        yield
    except (Unfit, subprocess.SubprocessError, OSError) as reason:
        say(f"  {contender}, {corpus.name}: {reason}")
        run.results.reject(case.name, corpus.name, contender, str(reason))


def pairs(run: Run, case: Case, names: frozenset[str]) -> Iterator[tuple[Contender, Corpus]]:
    """Contenders and corpora that fit each other; what is not there is rejected."""
    for corpus in case.corpora:
        if len(corpus) > run.largest:
            continue
        for contender in (BY_NAME[name] for name in case.contenders if name in names):
            if missing := contender.missing(run.peers):
                run.results.reject(case.name, corpus.name, contender.name, f"not there: {', '.join(missing)}")
            elif len(corpus) <= contender.at_most:
                yield contender, corpus
