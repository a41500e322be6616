"""The report in Markdown: first what must be reached and what was, then a table for each case."""

import statistics
from collections.abc import Iterable, Iterator, Mapping

from comparison.cases import CASES, Case
from comparison.contenders import BY_NAME
from comparison.goals import GOALS, Goal
from comparison.results import Key, Results, number


def spread(values: list[float]) -> str:
    """The median, and between which values the rounds were."""
    low, high = number(min(values)), number(max(values))
    middle = number(statistics.median(values))
    return middle if low == high else f"{middle} ({low}-{high})"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown, aligned for reading as it is."""
    lines = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    written = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join((written[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *written[1:]))


def report(results: Results, machine: Mapping[str, str]) -> str:
    """All of it."""
    parts = ["# ewstape beside its peers", *_machine(machine), "## What it must reach", _goals(results, GOALS)]
    for case in CASES:
        parts += _case(results, case)
    return "\n\n".join(parts) + "\n"


def _machine(machine: Mapping[str, str]) -> Iterator[str]:
    yield "Medians of the rounds, in brackets the lowest and the highest. Quote the ratios, medians round by round."
    yield "\n".join(f"- {name}: {value}" for name, value in machine.items())


def _goals(results: Results, goals: Iterable[Goal]) -> str:
    def row(goal: Goal) -> tuple[str, str, str, str, str]:
        got = goal.judge(results)
        value = got.verdict if got.value is None else number(got.value)
        return goal.measure, goal.wanted, value, got.verdict, got.figures

    return table(("measure", "goal", "got", "reached", "figures"), map(row, goals))


def _case(results: Results, case: Case) -> Iterator[str]:
    keys = [key for key in results.values if key.case == case.name]
    unfit = [(pair, why) for pair, why in results.unfit.items() if pair[0] == case.name]
    if not keys and not unfit:
        return
    yield f"## {case.title} (`{case.name}`)"
    for corpus in dict.fromkeys(key.corpus for key in keys):
        here = [key for key in keys if key.corpus == corpus]
        measures = list(dict.fromkeys(key.measure for key in here))
        rows = (
            (_title(name), *(_cell(results, Key(case.name, corpus, name, what)) for what in measures))
            for name in dict.fromkeys(key.contender for key in here)
        )
        yield table((corpus, *measures), rows)
    if unfit:
        yield "\n".join(f"- {_title(name)}, {corpus}: not counted, {why}" for (_, corpus, name), why in unfit)


def _cell(results: Results, key: Key) -> str:
    return spread(results.values[key]) if key in results.values else ""


def _title(name: str) -> str:
    return BY_NAME[name].title if name in BY_NAME else f"`ewstape {name}`"
