"""Which live value stands for which recorded one.

A recording holds other identifiers than the client that runs today: its own items, numbers, dates. The rules that let
one stand for the other are `Bindings.objection`, in one order: what is on the tape stands for itself; what the tape
has served is expected back; what the server issues cannot be made up; a binding holds; everything else is free, one to
one for each kind. Where a recording is redacted, a pseudonym stands for any one text of the client, however that spells
it, and whatever is not redacted must be equal. Choosing an interaction and explaining a miss both ask here.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ewstape.operations.identifiers import Kind
from ewstape.redaction import kinds
from ewstape.redaction.normalise import normalise, split_prefix
from ewstape.replay.canonical import is_redacted

type Owner = Hashable
"""Whose binding it is; `None` for those that hold until the tape is rewound."""


class Objection(StrEnum):
    """Why a live value cannot stand for a recorded one; the value says it in words."""

    CONSTANT = "the recorded value is no pseudonym, and stands for itself"
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
    is_pseudonym: Callable[[str], bool]
    """Whether a recorded value is or holds a pseudonym."""


@dataclass(slots=True)
class Bindings:
    """The bindings of one tape. Reading and trying change nothing; `bind` does."""

    facts: Facts
    _recorded: dict[tuple[Kind, str], str] = field(default_factory=dict)
    """By live value, where it is another than the recorded one."""
    _live: dict[tuple[Kind, str], tuple[str, Owner]] = field(default_factory=dict)
    """By recorded value, also where both are the same."""
    _owned: dict[Owner, set[tuple[Kind, str]]] = field(default_factory=dict)
    _own: dict[str, str] = field(default_factory=dict)
    """By pseudonym, what the client last sent for it, whatever the kind."""
    _pseudonyms: dict[str, str] = field(default_factory=dict)
    """The other way about, by the spelling that stands for all."""

    def __bool__(self) -> bool:
        """Whether any live value differs from what was recorded."""
        return bool(self._recorded)

    def live(self, kind: Kind, recorded: str) -> str | None:
        """What stands for a recorded value now."""
        found = self._live.get((kind, recorded))
        return None if found is None else found[0]

    def own(self, recorded: str) -> str | None:
        """The client's own value for a pseudonym, in whatever field it was sent."""
        found = self._own.get(recorded)
        if found is None:
            prefix, rest = split_prefix(recorded)
            found = self._own.get(rest)
            return None if found is None else prefix + found
        return found

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
        if found is None and not loosely and self._pseudonyms and kind.known_to_client:
            known = self._pseudonyms.get(_spelling(live))
            return known if known is not None and self.facts.on_tape(kind, known) else None
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
        if is_redacted(kind) and not kind.varies and not self.facts.is_pseudonym(recorded):
            return Objection.CONSTANT
        if not kind.varies and self.facts.on_tape(kind, live):
            return Objection.ON_TAPE
        if not kind.known_to_client and self.facts.served(kind, recorded) and not self._is_kept(kind, recorded):
            return Objection.SERVED
        if kind.issued_by_server and self.facts.issued(kind, recorded):
            return Objection.NOT_ISSUED
        return self._occupied(kind, recorded, live, owner)

    def _occupied(self, kind: Kind, recorded: str, live: str, owner: Owner) -> Objection | None:
        own = self._own.get(recorded) if is_redacted(kind) and not kind.varies else None
        if own is not None and not self._same(kind, recorded, own, live):
            return Objection.TAKEN
        bound = self._recorded.get((kind, live))
        if bound is not None and not self._gives_way(kind, bound, owner):
            return Objection.BOUND
        found = self._live.get((kind, recorded))
        if found is not None and found[0] == recorded and self._is_kept(kind, recorded):
            return None  # sent back as the tape served it, and now as the client has known it from before
        if found is not None and not self._gives_way(kind, recorded, owner):
            return None if self._same(kind, recorded, found[0], live) else Objection.TAKEN
        return None

    def fits(self, kinds: Iterable[Kind], recorded: tuple[str, ...], live: tuple[str, ...], owner: Owner) -> bool:
        """Whether all values of a request can stand for those of a recorded one, one to one."""
        there: dict[tuple[Kind, str], str] = {}
        back: dict[tuple[Kind, str], str] = {}
        return all(
            self.objection(kind, one, other, owner) is None
            and self._same(kind, one, there.setdefault((kind, one), other), other)
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
                self._learn(one, other)
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
        self._own.clear()
        self._pseudonyms.clear()

    def _learn(self, recorded: str, live: str) -> None:
        if self.facts.is_pseudonym(recorded):
            self._own[recorded] = live
            self._pseudonyms[_spelling(live)] = recorded
            prefix, rest = split_prefix(recorded)
            if prefix:
                self._own[rest] = split_prefix(live)[1]

    def _is_kept(self, kind: Kind, recorded: str) -> bool:
        """Whether a client may know the real value from before: ids of items and folders outlive a conversation."""
        return not kind.issued_by_server and self.facts.is_pseudonym(recorded)

    def _same(self, kind: Kind, recorded: str, one: str, other: str) -> bool:
        """Whether two live values are one: spellings of a value have one pseudonym."""
        return one == other or (
            kind.known_to_client and self.facts.is_pseudonym(recorded) and _spelling(one) == _spelling(other)
        )

    def _gives_way(self, kind: Kind, recorded: str, owner: Owner) -> bool:
        return kind.varies or (owner is not None and self._live[kind, recorded][1] == owner)

    def _drop(self, kind: Kind, recorded: str) -> None:
        found = self._live.pop((kind, recorded), None)
        if found is not None:
            self._recorded.pop((kind, found[0]), None)


def _spelling(value: str) -> str:
    """One spelling for all that redaction takes for the same: an address in any case, a name with any blanks."""
    return normalise(value, kinds.Kind.DISPLAY_NAME)
