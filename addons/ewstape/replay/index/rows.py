"""What an index needs of each document, in the order of the file: a row is made of its document alone.

So a recording that grew needs no more than the rows of its new documents. Only the places that are redacted are known
together: a document that was read before such a place was found is read again.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from ewstape.interaction import Interaction, Operation, Service
from ewstape.operations import is_write, lookup, wire_name
from ewstape.operations.identifiers import PHONE_CALL_ID, Kind
from ewstape.redaction.pseudonyms import holds_pseudonym
from ewstape.replay.canonical import Canonical, canonical, is_redacted, redacted_slots
from ewstape.replay.index.digests import Digests
from ewstape.replay.kept import Kept
from ewstape.replay.substitute import identifiers

type Call = tuple[Service, str]
"""The service that placed a call, and its PhoneCallId."""

type Progress = Callable[[int, int], None]
"""Told now and then how many of how many interactions were read."""

type Remember = Callable[[int, Canonical | None], None]
"""Told the position of an interaction and what its request asks for."""

_BLOCK = 256
_SAMPLES = 64
"""Documents that are looked at first for redacted places, in a recording of many."""
_ENDED = re.compile(rb"State\s*>\s*Disconnected\s*<")
_NO_SUCH_CALL = (b"ErrorInvalidPhoneCallId", b"InvalidCallId")


class Flag:
    """What is known of an interaction, a bit each; plain numbers, as Python's own flags are slow."""

    BEGINS: Final = 1
    """It places a call."""
    PLACED: Final = 2
    """It did: the answer holds an id."""
    CALL: Final = 4
    """It is about a call."""
    WRITE: Final = 8
    ENDS: Final = 16
    """A client knows after it that the call is over."""
    DENIES: Final = 32
    """Its answer says that there is no such call."""


ISSUED, PSEUDONYM = 1, 2
"""Of a value: only servers issue such ones; it stands in a redacted place and is redacted."""

COLUMNS: Mapping[str, str] = {
    "number": "q",
    "check": "Q",
    "at": "d",
    "flags": "B",
    "operation": "H",
    "logon": "H",
    "call": "Q",
    "shape": "Q",
    "request": "Q",
    "proof": "Q",
    "asked_end": "Q",
    "answered_end": "Q",
    "asked": "Q",
    "asked_flags": "B",
    "answered": "Q",
    "mentioned": "Q",
}
"""The types of the columns. The last four hold any number of values for a row; the ends tell where these end."""

_OF_REQUESTS: Final = ("shape", "request", "proof", "asked", "asked_flags", "asked_end")
"""What depends on the redacted places."""


def begins_call(operation: Operation) -> bool:
    """Whether the operation places a phone call."""
    spec = lookup(operation)
    return spec is not None and spec.begins_call


def call_of(operation: Operation, asked: Canonical) -> Call | None:
    """The call that a request is about; `None` if it is about none, or begins one."""
    spec = lookup(operation)
    if spec is None or not spec.call_id_field or spec.begins_call or PHONE_CALL_ID not in asked.kinds:
        return None
    return operation.service, asked.values[asked.kinds.index(PHONE_CALL_ID)]


class _Named(NamedTuple):
    """What is known of an operation."""

    number: int
    flags: int
    in_call: bool
    """Whether it may be about a call."""


class Rows:
    """The rows of a recording, as columns."""

    def __init__(self, digests: Digests, significant: frozenset[str]) -> None:
        self.columns: dict[str, array[int]] = {name: array(code) for name, code in COLUMNS.items()}
        self.operations: list[str] = []
        self.logons: list[str] = []
        self.redacted = False
        """Whether any request holds a pseudonym."""
        self.digests = digests
        self._significant = significant
        self._named: dict[Operation, _Named] = {}
        self._flags: dict[tuple[Kind, ...], bytes] = {}
        self._mentioned: set[int] = set()
        self._suspect = False
        """Whether there was any request that may hold a pseudonym."""

    def __len__(self) -> int:
        """How many documents were read."""
        return len(self.columns["number"])

    def read(
        self, interactions: Sequence[Interaction], progress: Progress | None = None, remember: Remember | None = None
    ) -> None:
        """Read what is not read yet.

        Args:
            interactions: all of the recording.
            progress: told how far it is.
            remember: told what requests ask for; `None` if that was too early, before all redacted places were known.
        """
        done, total = len(self), len(interactions)
        self._mentioned.update(self.columns["mentioned"])
        stale = 0
        if total - done > _BLOCK:
            for position in range(done, total, (total - done) // _SAMPLES):
                stale = done if self._sees_more(interactions[position]) else stale
        kept = interactions if isinstance(interactions, Kept) else Kept(interactions, limit=0)
        for position, (interaction, document) in enumerate(kept.read(done), done + 1):
            stale = position - 1 if self._sees_more(interaction) else stale
            asked = self._add(interaction, 0 if document is None else self.digests.document(document))
            if remember is not None:
                remember(position - 1, asked)
            if progress is not None and (position % _BLOCK == 0 or position == total):
                progress(position, total)
        if stale:
            if remember is not None:
                for position in range(stale):
                    remember(position, None)
            self._ask_again(islice(interactions, stale), stale)
        self.columns["mentioned"] = array("Q", sorted(self._mentioned))

    def _sees_more(self, interaction: Interaction) -> bool:
        """Whether the request is redacted in a place that was not known to be."""
        body = interaction.request.body
        if not (holds_pseudonym(body.decode("latin-1")) or b"&#" in body or b"\0" in body[:64]):
            return False
        self._suspect = True
        found = redacted_slots(interaction.request, interaction.operation, self._significant)
        if found <= self.digests.slots:
            return False
        self.digests.slots |= found
        return True

    def _add(self, interaction: Interaction, check: int) -> Canonical:
        columns, digests, operation = self.columns, self.digests, interaction.operation
        number, flags, in_call = self._named.get(operation) or self._name(operation)
        asked = self._ask(interaction, columns)
        response = interaction.response
        placed = None
        if response is not None:
            answered: dict[int, None] = {}
            for kind, value in identifiers(response):
                digest = digests.value(kind, value)
                if kind.known_to_client:
                    self._mentioned.add(digest)
                else:
                    answered[digest] = None
                if placed is None and kind is PHONE_CALL_ID:
                    placed = value
            columns["answered"].extend(answered)
        call = 0
        if flags & Flag.BEGINS:
            if placed is not None:
                flags |= Flag.PLACED
                call = digests.call(operation.service, placed)
        elif in_call and (about := call_of(operation, asked)) is not None:
            flags |= Flag.CALL | _said(b"" if response is None else response.body)
            if flags & Flag.WRITE:
                flags |= Flag.ENDS
            call = digests.call(*about)
        columns["number"].append(interaction.number)
        columns["at"].append(interaction.at)  # type: ignore[arg-type]  # the one column of floats
        columns["flags"].append(flags)
        columns["check"].append(check)
        columns["operation"].append(number)
        columns["logon"].append(_number(self.logons, interaction.auth))
        columns["call"].append(call)
        columns["answered_end"].append(len(columns["answered"]))
        return asked

    def _ask(self, interaction: Interaction, columns: Mapping[str, "array[int]"]) -> Canonical:
        """Append what depends on the redacted places."""
        asked = canonical(interaction.request, interaction.operation, self._significant, self.digests.slots)
        if self._suspect and not self.redacted:
            self.redacted = any(map(holds_pseudonym, asked.values))
        digest = self.digests.request(asked)
        columns["shape"].append(digest.shape)
        columns["request"].append(digest.whole)
        columns["proof"].append(digest.proof)
        columns["asked"].extend(digest.values)
        flags = self._flags.get(asked.kinds)
        if flags is None:
            flags = bytes(ISSUED * kind.issued_by_server + PSEUDONYM * is_redacted(kind) for kind in asked.kinds)
            self._flags[asked.kinds] = flags
        if self.digests.slots:
            flags = bytes(
                flag & ~PSEUDONYM if flag & PSEUDONYM and not holds_pseudonym(value) else flag
                for flag, value in zip(flags, asked.values, strict=True)
            )
        columns["asked_flags"].frombytes(flags)
        columns["asked_end"].append(len(columns["asked"]))
        return asked

    def _ask_again(self, interactions: Iterable[Interaction], end: int) -> None:
        """Replace the rows before `end`, which were made before all redacted places were known."""
        made = {name: array(COLUMNS[name]) for name in _OF_REQUESTS}
        for interaction in interactions:
            self._ask(interaction, made)
        old = self.columns
        border = old["asked_end"][end - 1]
        moved = len(made["asked"]) - border
        made["asked_end"].extend([at + moved for at in old["asked_end"][end:]])
        for name, start in zip(_OF_REQUESTS, (end, end, end, border, border), strict=False):
            made[name].extend(old[name][start:])
        old |= made

    def _name(self, operation: Operation) -> _Named:
        spec = lookup(operation)
        flags = Flag.BEGINS if begins_call(operation) else Flag.WRITE if is_write(operation) else 0
        in_call = spec is not None and bool(spec.call_id_field)
        named = self._named[operation] = _Named(_number(self.operations, wire_name(operation)), flags, in_call)
        return named


def _number(names: list[str], name: str) -> int:
    """Where a name stands in a list, at the end if it was not there."""
    if name not in names:
        names.append(name)
    return names.index(name)


def _said(body: bytes) -> int:
    """What an answer says of its call. Looking for plain words first is faster by far."""
    ended = b"Disconnected" in body and _ENDED.search(body) is not None
    denied = any(word in body for word in _NO_SUCH_CALL)
    return (Flag.ENDS if ended else 0) | (Flag.DENIES if denied else 0)
