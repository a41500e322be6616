"""What ewstape must reach, as ratios within one run."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from comparison.cases import HUNDRED_THOUSAND, ONE, TEN, TEN_THOUSAND, THOUSAND
from comparison.exchanges import Items
from comparison.results import Key, Results, number

_RATE, _COST = "requests/s, c=1", "CPU us/request, c=1"
_RIVALS = ("talkback", "mountebank", "proxay", "mockserver", "wiremock")
_STARTING = ("server-replay", "wiremock", "wiremock-xml", *_RIVALS[:4], "vcrpy")


class Verdict(StrEnum):
    """Whether a goal is reached."""

    MET = "yes"
    MISSED = "**no**"
    OPEN = "not measured"


@dataclass(frozen=True, slots=True)
class Got:
    """What was found for a goal."""

    verdict: Verdict
    value: float | None = None
    figures: str = ""


type Find = Callable[[Results], tuple[float | None, str]]
"""The value to judge, and the figures that it is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A measure with a limit."""

    measure: str
    limit: float
    find: Find
    at_most: bool = False
    strict: bool = False
    """The limit itself is not good enough."""

    @property
    def wanted(self) -> str:
        sign = {(False, False): ">=", (False, True): ">", (True, False): "<=", (True, True): "<"}
        return f"{sign[self.at_most, self.strict]} {self.limit:g}"

    def judge(self, results: Results) -> Got:
        """Whether it is reached by what was measured."""
        value, figures = self.find(results)
        if value is None:
            return Got(Verdict.OPEN, None, figures)
        good = value <= self.limit if self.at_most else value >= self.limit
        if self.strict:
            good = good and value != self.limit
        return Got(Verdict.MET if good else Verdict.MISSED, value, figures)


def _against(ours: Key, theirs: tuple[Key, ...], results: Results, *, lowest: bool = False) -> tuple[float | None, str]:
    """Our figure divided by the best of theirs."""
    best = results.best(theirs, lowest=lowest)
    if best is None or results.median(ours) is None:
        missing = ", ".join(key.contender for key in (ours, *theirs) if results.median(key) is None)
        return None, f"without {missing}"
    left_out = [key.contender for key in theirs if results.median(key) is None]
    words = f"{_figure(results, ours)} / {_figure(results, best)}"
    costs = (key._replace(measure=_COST) for key in (best, ours))
    if ours.measure == _RATE and (cheaper := results.ratio(*costs)) is not None:
        words += f"; by CPU {number(cheaper)}"
    return results.ratio(ours, best), words + (f"; without {', '.join(left_out)}" if left_out else "")


def _figure(results: Results, key: Key) -> str:
    median = results.median(key)
    assert median is not None
    return f"{key.contender} {number(median)}"


def _alone(key: Key, other: Key, results: Results) -> tuple[float | None, str]:
    """Our figure itself; the other stands beside it."""
    shown = [_figure(results, one) for one in (key, other) if results.median(one) is not None]
    return results.median(key), ", ".join(shown)


def _rates(case: str, corpus: Items, ours: str, *theirs: str) -> Find:
    keys = tuple(Key(case, corpus.name, name, _RATE) for name in theirs)
    return partial(_against, Key(case, corpus.name, ours, _RATE), keys)


def _starts(corpus: Items, *theirs: str) -> Find:
    keys = tuple(Key("start", corpus.name, name, "s") for name in theirs)
    return partial(_against, Key("start", corpus.name, "ewstape", "s"), keys, lowest=True)


def _latency(client: str) -> Find:
    ours = Key("clients", THOUSAND.name, "ewstape-forward", f"ms, {client}")
    return partial(_alone, ours, ours._replace(contender="mitmdump-forward"))


GOALS = (
    *(
        Goal(
            measure=f"replay server / uvicorn dictionary, never repeated, {corpus.name} interactions",
            limit=0.5,
            find=_rates("fresh", corpus, "ewstape", "uvicorn"),
        )
        for corpus in (TEN, THOUSAND, HUNDRED_THOUSAND)
    ),
    Goal(
        measure="replay server / WireMock equal XML, one interaction",
        limit=1,
        find=_rates("one", ONE, "ewstape", "wiremock-xml"),
    ),
    Goal(
        measure="replay server / WireMock equal XML, 1,000",
        limit=100,
        find=_rates("thousand", THOUSAND, "ewstape", "wiremock-xml"),
    ),
    Goal(
        measure="replay server / best string-matching peer, 1,000",
        limit=3,
        find=_rates("thousand", THOUSAND, "ewstape", *_RIVALS),
    ),
    Goal(
        measure="replay by our own command / mitmdump trivial addon",
        limit=1.5,
        find=_rates("thousand", THOUSAND, "ewstape-https", "mitmdump"),
    ),
    Goal(
        measure="replay by `mitmdump -s` / mitmdump trivial addon",
        limit=0.85,
        find=_rates("thousand", THOUSAND, "ewstape-addon", "mitmdump"),
    ),
    Goal(
        measure="record by `mitmdump -s` / passing through",
        limit=0.85,
        find=_rates("record", THOUSAND, "addon-records", "pass-through"),
    ),
    Goal(
        measure="record by our own command / passing through",
        limit=1,
        strict=True,
        find=_rates("record", THOUSAND, "ewstape-record", "pass-through"),
    ),
    *(
        Goal(
            measure=f"start: replay server / mitmdump, {corpus.name} interactions",
            limit=0.5,
            at_most=True,
            strict=True,
            find=_starts(corpus, "mitmdump"),
        )
        for corpus in (TEN, THOUSAND, TEN_THOUSAND)
    ),
    *(
        Goal(
            measure=f"start: replay server / fastest peer, {corpus.name} interactions",
            limit=1,
            at_most=True,
            strict=True,
            find=_starts(corpus, *_STARTING),
        )
        for corpus in (THOUSAND, TEN_THOUSAND)
    ),
    *(
        Goal(
            measure=f"{client} POST through `--forward`, median ms",
            limit=5,
            at_most=True,
            strict=True,
            find=_latency(client),
        )
        for client in ("requests", "urllib3")
    ),
    Goal(
        measure="open 10,000 without a cache and answer / vcrpy",
        limit=0.1,
        at_most=True,
        find=partial(
            _against,
            Key("first", TEN_THOUSAND.name, "ewstape", "s"),
            (Key("first", TEN_THOUSAND.name, "vcrpy", "s"),),
        ),
    ),
    Goal(
        measure="replay server at 100,000 / at 10, never repeated",
        limit=0.95,
        find=partial(
            _against,
            Key("fresh", HUNDRED_THOUSAND.name, "ewstape", _RATE),
            (Key("fresh", TEN.name, "ewstape", _RATE),),
        ),
    ),
)
