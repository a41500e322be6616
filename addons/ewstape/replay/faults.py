"""Faults put in on purpose, to see what a client does about them: which request gets which, and nothing else.

A decision depends on the rules, the seed and the requests so far, so a run can be repeated. Rules are looked at in
their order, and the first that strikes counts. What a fault looks like is made by the responder and the fronts.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from ewstape.interaction import Operation
from ewstape.operations import spec_name


class FaultKind(StrEnum):
    """What happens to a request. The first four come in place of the answer, which is kept for the next request."""

    BUSY = "busy"
    """ErrorServerBusy with BackOffMilliseconds, as Exchange throttles."""
    UNAVAILABLE = "unavailable"
    """503 with plain text, as a front end without a back end answers."""
    UNAUTHORIZED = "unauthorized"
    """401 that offers the logons on tape, as when credentials expire."""
    RESET = "reset"
    """The connection is reset before an answer."""
    TRUNCATED = "truncated"
    """Half of the answer's body, then the end of the connection."""
    DELAY = "delay"
    """The answer, later."""


class FaultRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line of the fault table. Without `every` and `probability` it strikes each time."""

    fault: FaultKind
    operation: str = "*"
    """The name of an operation as on the wire or in the log, or `*` for any."""
    every: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Strikes each n-th request that it is for."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """Strikes with this probability."""
    back_off_ms: Annotated[int, msgspec.Meta(ge=0)] = 1000
    """What `busy` tells the client to wait, in milliseconds."""
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0
    """How long `delay` waits."""

    def __post_init__(self) -> None:
        """Refuses a rule that would have to strike in two ways."""
        if self.every is not None and self.probability is not None:
            raise ValueError("a fault has either `every` or `probability`")


class Faults:
    """Decides for each request in turn which fault it meets, if any."""

    def __init__(self, rules: Iterable[FaultRule] = (), seed: int = 0) -> None:
        self._rules = tuple(rules)
        self._seed = seed
        self._injected: Counter[str] = Counter()
        self.rewind()

    @property
    def injected(self) -> Mapping[str, int]:
        """How often each kind was decided for."""
        return self._injected

    def rewind(self) -> None:
        """Begins again, with the same decisions for the same requests; what was injected stays counted."""
        self._seen = [0] * len(self._rules)
        # A generator for each rule, so that rules for one operation are not disturbed by requests for another.
        self._chances = [random.Random(f"{self._seed} {at}") for at in range(len(self._rules))]  # noqa: S311  no secret

    def strike(self, operation: Operation) -> FaultRule | None:
        """The fault that this request meets."""
        struck = None
        for at, rule in enumerate(self._rules):
            if rule.operation not in {"*", operation.name, str(operation), spec_name(operation)}:
                continue
            self._seen[at] += 1
            if self._strikes(at, rule) and struck is None:
                struck = rule
        if struck is not None:
            self._injected[struck.fault] += 1
        return struck

    def _strikes(self, at: int, rule: FaultRule) -> bool:
        if rule.probability is not None:
            return self._chances[at].random() < rule.probability
        return self._seen[at] % (rule.every or 1) == 0
