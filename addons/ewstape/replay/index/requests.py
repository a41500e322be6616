"""Requests, read for what an index needs of them: what they ask for, and whether a place in them is redacted.

A request is looked for in the moulds of those before it, and only a few values are looked at. Which of them are the
number, the time and identifiers is learned from one request that is read in full, with all values that vary changed at
once. If that makes it another request, the values are put into its template (`ewstape.replay.templates`), without which
nothing is learned: what was said there of values holds here, and those that vary are of a narrower class.
"""

from dataclasses import dataclass
from typing import NamedTuple

from ewstape.cassette.quick import read_asked
from ewstape.interaction import Interaction, Operation
from ewstape.redaction.pseudonyms import holds_pseudonym
from ewstape.replay.canonical import Canonical, canonical, canonical_of, redacted_slots
from ewstape.replay.headers import first
from ewstape.replay.index.cuts import cut_asked
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.moulds import Cut, Learned, Moulds
from ewstape.wire.skeleton import Cut as Body
from ewstape.wire.skeleton import is_ascii, taken_apart

_IN_BODY = "vt"
"""The classes of values in bodies; all places of other values come before these."""


class Asked(NamedTuple):
    """What an index needs of a request, and of the interaction that it began."""

    number: int
    at: float
    operation: Operation
    auth: str
    meaning: Canonical
    suspect: bool
    """Whether it may hold a pseudonym."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of requests that were cast in one mould. Places are those among the values that vary."""

    sample: Asked
    number: int | None
    at: int | None
    identifiers: tuple[int | str, ...]
    """The place of each, or what it always is."""
    others: tuple[int, ...]
    """The places in the body where a value may stand that is no identifier."""
    is_one: bool
    """Whether all ask for the same, identifiers aside."""
    in_body: int
    """The first place in the body."""
    body: Body
    spots: tuple[tuple[int, bytes], ...]
    """Which value of the body stands in each place there, and what belongs to it before that."""

    def meaning(self, values: tuple[bytes, ...]) -> Canonical:
        """What these values ask for, if all ask for the same."""
        meaning = self.sample.meaning
        found = [at if isinstance(at, str) else values[at].decode() for at in self.identifiers]
        return Canonical(meaning.key, meaning.kinds, tuple(found))

    def filled(self, values: tuple[bytes, ...]) -> Body:
        """The body with these values."""
        found = list(self.body.values)
        for (spot, before), value in zip(self.spots, values[self.in_body :], strict=True):
            found[spot] = before + value
        return self.body._replace(values=tuple(found))

    def asked(self, values: tuple[bytes, ...], meaning: Canonical, *, suspect: bool) -> Asked:
        """The request with these values."""
        _, at, operation, auth, _, _ = self.sample
        number = self.sample.number if self.number is None else int(values[self.number])
        at = at if self.at is None else float(values[self.at])
        return Asked(number, at, operation, auth, meaning, suspect)


class Requests:
    """Reads the requests of one recording, and finds the places in them that are redacted."""

    def __init__(self, digests: Digests, significant: frozenset[str]) -> None:
        self._digests = digests
        self._significant = significant
        self._moulds: Moulds[_Known] = Moulds(cut_asked, self._learn)

    def read(self, operation: bytes, half: bytes) -> Asked | None:
        """The request in the first half of a document; `None` if our own writer would not have written it so.

        Args:
            operation: what tells which moulds it may have.
            half: of the document.
        """
        found = self._moulds.find(operation, half)
        if found is not None and (asked := self._by_mould(*found)):
            return asked
        interaction = read_asked(half)
        if interaction is None:
            return None
        asked = self.of(interaction)
        if found is None:
            self._moulds.meet(operation, half)
        return asked

    def of(self, interaction: Interaction) -> Asked:
        """The same of an interaction that was read in full."""
        return self._asked(interaction, suspect=self._look_at(interaction))

    def _by_mould(self, known: _Known, values: tuple[bytes, ...]) -> Asked | None:
        """The request with these values; `None` if it must be read in full."""
        suspect = holds_pseudonym(b"<".join(values[known.in_body :]).decode())
        if suspect and any(holds_pseudonym(values[at].decode()) for at in known.others):
            return None  # its place may not be known to be redacted
        if known.is_one:
            return known.asked(values, known.meaning(values), suspect=suspect)
        service, slots = known.sample.operation.service, self._digests.slots
        meaning = canonical_of(known.filled(values), service, self._significant, slots)
        return None if meaning is None else known.asked(values, meaning, suspect=suspect)

    def _look_at(self, interaction: Interaction) -> bool:
        """Add the redacted places of a request to the slots of the digests. Whether it may hold a pseudonym."""
        body, digests = interaction.request.body, self._digests
        if not (holds_pseudonym(body.decode("latin-1")) or b"&#" in body or b"\0" in body[:64]):
            return False
        found = redacted_slots(interaction.request, interaction.operation, self._significant)
        if not found <= digests.slots:
            digests.slots |= found
            self._moulds.clear()  # there are more identifiers now
        return True

    def _asked(self, interaction: Interaction, *, suspect: bool = False) -> Asked:
        operation = interaction.operation
        meaning = canonical(interaction.request, operation, self._significant, self._digests.slots)
        return Asked(interaction.number, interaction.at, operation, interaction.auth, meaning, suspect)

    def _taken_apart(self, half: bytes) -> tuple[Asked, Body] | None:
        """A request and its body; `None` if templates cannot tell of it."""
        interaction = read_asked(half)
        if interaction is None or not is_ascii(first(interaction.request.headers, "Content-Type")):
            return None
        body = taken_apart(interaction.request.body)
        return None if body is None else (self._asked(interaction), body)

    def _learn(self, cut: Cut, varying: tuple[int, ...]) -> Learned[_Known] | None:
        """What requests mean that differ in these values; `None` if that cannot be told."""
        others = {at: cut.other(at) for at in varying}
        sample, changed = self._taken_apart(cut.put_together({})), self._taken_apart(cut.put_together(others))
        if sample is None or changed is None or _outline(*sample) != _outline(*changed):
            return None
        (before, body), (after, changed_body) = sample, changed
        classes = "".join([cut.classes[at] for at in varying])
        in_body = sum(letter not in _IN_BODY for letter in classes)
        pairs = [(cut.values[at].decode(), other.decode()) for at, other in others.items()]
        spots = [at for at, value in enumerate(body.values) if value != changed_body.values[at]]
        before_spots = [_before(body.values[spot]) for spot in spots]
        expected = [before + cut.values[at] for before, at in zip(before_spots, varying[in_body:], strict=False)]
        if [body.values[spot] for spot in spots] != expected:
            return None
        meant = list(zip(before.meaning.values, after.meaning.values, strict=True))
        if any(one != other and (one, other) not in pairs for one, other in meant):
            return None
        identifiers = tuple([one if one == other else pairs.index((one, other)) for one, other in meant])
        times = [at for at, (_, other) in enumerate(pairs) if classes[at] == "s" and float(other) == after.at]
        kinds = before.meaning.kinds
        always = {at for kind, at in zip(kinds, identifiers, strict=True) if kind.form is None}
        known = _Known(
            sample=before,
            number=classes.index("n") if "n" in classes else None,
            at=times[0] if times else None,
            identifiers=identifiers,
            others=tuple([at for at in range(in_body, len(varying)) if at not in always]),
            is_one=before.meaning.key == after.meaning.key and not any(kind.form for kind in kinds),
            in_body=in_body,
            body=body,
            spots=tuple(zip(spots, before_spots, strict=True)),
        )
        return Learned(known, classes)


def _outline(asked: Asked, body: Body) -> tuple[object, ...]:
    """What stays as it is when values of a body change."""
    return asked.operation, asked.auth, asked.meaning.kinds, body.skeleton, body.names


def _before(value: bytes) -> bytes:
    """What stands before a value: the end of a tag, or an equals sign and a quotation mark."""
    return value[: 1 if value.startswith(b">") else 2]
