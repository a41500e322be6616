"""What was found, and the arithmetic of it: medians, spreads, and ratios round by round."""

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Key(NamedTuple):
    """What a figure is of."""

    case: str
    corpus: str
    contender: str
    measure: str
    """Such as `requests/s, 1 connection`; one unit for each."""


@dataclass(slots=True)
class Results:
    """Figures, a value for each round, and who could not be measured, and why."""

    values: dict[Key, list[float]] = field(default_factory=dict)
    unfit: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """By case, corpus and contender."""

    def add(self, key: Key, value: float) -> None:
        """One more round."""
        self.values.setdefault(key, []).append(value)

    def reject(self, case: str, corpus: str, contender: str, reason: str) -> None:
        """Nothing that this contender did in this case counts."""
        self.unfit[case, corpus, contender] = reason
        for key in [key for key in self.values if key[:3] == (case, corpus, contender)]:
            del self.values[key]

    def median(self, key: Key) -> float | None:
        """The median of the rounds, if there are any."""
        found = self.values.get(key)
        return statistics.median(found) if found else None

    def ratio(self, one: Key, other: Key) -> float | None:
        """The median of the ratios of each round, where the two took turns; else of the medians."""
        ours, theirs = self.values.get(one), self.values.get(other)
        if not ours or not theirs:
            return None
        if len(ours) == len(theirs):
            return statistics.median(a / b for a, b in zip(ours, theirs, strict=True) if b)
        return statistics.median(ours) / statistics.median(theirs)

    def best(self, keys: Iterable[Key], *, lowest: bool = False) -> Key | None:
        """The key with the highest median, or the lowest; `None` if nothing was measured."""
        measured = [(median, key) for key in keys if (median := self.median(key)) is not None]
        if not measured:
            return None
        return (min if lowest else max)(measured)[1]

    def plain(self) -> Iterator[dict[str, object]]:
        """As objects for JSON."""
        for key, found in self.values.items():
            yield {**key._asdict(), "median": statistics.median(found), "rounds": found}
        for (case, corpus, contender), reason in self.unfit.items():
            yield {"case": case, "corpus": corpus, "contender": contender, "unfit": reason}


def number(value: float) -> str:
    """A figure with about three digits."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
