"""Which live value stands for which recorded one.

A recording holds other identifiers than the client that runs today: its own items, numbers, dates. The rules that let
one stand for the other are `Bindings.objection`, in one order: what is on the tape stands for itself; what the tape
has served is expected back; what the server issues cannot be made up; a binding holds; everything else is free, one to
one for each kind. Choosing an interaction and explaining a miss both ask here.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ewstape.operations.identifiers import Kind

type Owner = Hashable
"""Whose binding it is; `None` for those that hold until the tape is rewound."""


class Objection(StrEnum):
    """Why a live value cannot stand for a recorded one; the value says it in words."""

    ON_TAPE = "the live value is on the tape, and stands for itself"
    BOUND = "the live value stands for another recorded one"
    TAKEN = "another live value stands for the recorded one"
    SERVED = "the tape served the recorded value, and expects it back"
    NOT_ISSUED = "only a server issues such a value, and this one was never issued"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the values on the tape."""

    on_tape: Callable[[Kind, str], bool]
    served: Callable[[Kind, str], bool]
    """Whether an answer that was given held the value."""
    issued: Callable[[Kind, str], bool]
    """Whether a recorded response hands out the value."""


@dataclass(slots=True)
class Bindings:
    """The bindings of one tape. Reading and trying change nothing; `bind` does."""

    facts: Facts
    _recorded: dict[tuple[Kind, str], str] = field(default_factory=dict)
    """By live value, where it is another than the recorded one."""
    _live: dict[tuple[Kind, str], tuple[str, Owner]] = field(default_factory=dict)
    """By recorded value, also where both are the same."""
    _owned: dict[Owner, set[tuple[Kind, str]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether any live value differs from what was recorded."""
        return bool(self._recorded)

    def live(self, kind: Kind, recorded: str) -> str | None:
        """What stands for a recorded value now."""
        found = self._live.get((kind, recorded))
        return None if found is None else found[0]

    def recorded(self, kind: Kind, live: str, *, loosely: bool = False) -> str | None:
        """The one recorded value that a live one can stand for; `None` if that is free.

        With `loosely`, what may give way does: values that vary, and bindings that have an owner.
        """
        if loosely and kind.varies:
            return None
        if self.facts.on_tape(kind, live):
            return live
        found = self._recorded.get((kind, live))
        if loosely and found is not None and self._live[kind, found][1] is not None:
            return None
        return found

    def objection(self, kind: Kind, recorded: str, live: str, owner: Owner = None) -> Objection | None:
        """Why `live` cannot stand for `recorded`; `None` if it can.

        Args:
            kind: of both.
            recorded: the value on the tape.
            live: the client's value.
            owner: of the bindings to come; its own earlier ones give way to them.
        """
        bound = self._recorded.get((kind, live))
        if recorded in {live, bound}:
            return None
        if not kind.varies and self.facts.on_tape(kind, live):
            return Objection.ON_TAPE
        if not kind.known_to_client and self.facts.served(kind, recorded):
            return Objection.SERVED
        if kind.issued_by_server and self.facts.issued(kind, recorded):
            return Objection.NOT_ISSUED
        return self._occupied(kind, recorded, bound, owner)

    def _occupied(self, kind: Kind, recorded: str, bound: str | None, owner: Owner) -> Objection | None:
        if bound is not None and not self._gives_way(kind, bound, owner):
            return Objection.BOUND
        if (kind, recorded) in self._live and not self._gives_way(kind, recorded, owner):
            return Objection.TAKEN
        return None

    def fits(self, kinds: Iterable[Kind], recorded: tuple[str, ...], live: tuple[str, ...], owner: Owner) -> bool:
        """Whether all values of a request can stand for those of a recorded one, one to one."""
        there: dict[tuple[Kind, str], str] = {}
        back: dict[tuple[Kind, str], str] = {}
        return all(
            self.objection(kind, one, other, owner) is None
            and there.setdefault((kind, one), other) == other
            and back.setdefault((kind, other), one) == one
            for kind, one, other in zip(kinds, recorded, live, strict=True)
        )

    def bind(self, kinds: Iterable[Kind], recorded: tuple[str, ...], live: tuple[str, ...], owner: Owner) -> None:
        """Let the values of a request that matched stand for the recorded ones. A binding that is there stays."""
        for kind, one, other in zip(kinds, recorded, live, strict=True):
            found = self._live.get((kind, one))
            if found is not None and found[0] == other:
                continue
            self._drop(kind, one)
            if one != other:
                if (before := self._recorded.get((kind, other))) is not None:
                    self._drop(kind, before)
                self._recorded[kind, other] = one
            self._live[kind, one] = (other, owner)
            if owner is not None:
                self._owned.setdefault(owner, set()).add((kind, one))

    def release(self, owner: Owner) -> None:
        """End the bindings of `owner`."""
        for kind, recorded in self._owned.pop(owner, ()):
            if self._live.get((kind, recorded), ("", None))[1] == owner:
                self._drop(kind, recorded)

    def clear(self) -> None:
        """End all bindings."""
        self._recorded.clear()
        self._live.clear()
        self._owned.clear()

    def _gives_way(self, kind: Kind, recorded: str, owner: Owner) -> bool:
        return kind.varies or (owner is not None and self._live[kind, recorded][1] == owner)

    def _drop(self, kind: Kind, recorded: str) -> None:
        found = self._live.pop((kind, recorded), None)
        if found is not None:
            self._recorded.pop((kind, found[0]), None)
