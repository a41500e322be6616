"""What a replay says at its end: what was used, what was not, what had no answer, and which faults were put in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ewstape.report.figures import counted

_SHOWN = 20
"""Unused interactions that are listed; of the rest only the count is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a replay went."""

    used: int
    """How many interactions were served at least once."""
    unused: Sequence[int] = ()
    """The numbers of those that no request asked for."""
    misses: int = 0
    """How many requests had no answer."""
    faults: Mapping[str, int] = field(default_factory=dict)
    """How often each kind of fault was put in."""

    def lines(self, operations: Mapping[int, str]) -> list[str]:
        """The report; `operations` gives the names of the unused, as far as they are known."""
        total = self.used + len(self.unused)
        said = [f"replayed {self.used:,} of {counted(total, 'interaction')}"]
        if self.unused:
            listed = ", ".join(f"#{number} {operations.get(number, '')}".rstrip() for number in self.listed)
            more = len(self.unused) - len(self.listed)
            said.append(f"unused: {listed}" + (f" and {more:,} more" if more else ""))
        if self.misses:
            said.append(f"{counted(self.misses, 'request')} had no answer")
        if self.faults:
            said.append("faults put in: " + ", ".join(f"{count} {kind}" for kind, count in sorted(self.faults.items())))
        return said

    def to_json(self) -> dict[str, object]:
        """The same as plain data, all numbers included."""
        return {"used": self.used, "unused": list(self.unused), "misses": self.misses, "faults": dict(self.faults)}

    @property
    def listed(self) -> tuple[int, ...]:
        """The numbers of the unused interactions that the report names."""
        return tuple(islice(self.unused, _SHOWN))

    def failed(self, verdicts: Collection[str]) -> bool:
        """Whether it failed by what counts: `miss`, `unused`."""
        return bool(("miss" in verdicts and self.misses) or ("unused" in verdicts and self.unused))
