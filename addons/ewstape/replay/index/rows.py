"""What an index needs of each document, in the order of the file: a row is made of its document alone.

So a recording that grew needs no more than the rows of its new documents. Only the places that are redacted are known
together: a document that was read before such a place was found is read again.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import batched, islice
from typing import Final, NamedTuple

from ewstape.cassette.quick import halves
from ewstape.interaction import Interaction, Operation, Service
from ewstape.operations import is_write, lookup, wire_name
from ewstape.operations.identifiers import PHONE_CALL_ID, Kind
from ewstape.redaction.pseudonyms import holds_pseudonym
from ewstape.replay.canonical import Canonical, is_redacted
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.requests import Asked, Requests
from ewstape.replay.index.responses import Answered, Responses
from ewstape.replay.kept import Kept

type Call = tuple[Service, str]
"""The service that placed a call, and its PhoneCallId."""

type Progress = Callable[[int, int], None]
"""Told now and then how many of how many interactions were read."""

_BLOCK = 256
_SAMPLES = 64
"""Documents that are looked at first for redacted places, in a recording of many."""


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

_OF_REQUESTS: Final = ("shape", "request", "proof", "asked_end", "asked", "asked_flags")
"""What depends on the redacted places."""

_OF_ROWS: Final = (*_OF_REQUESTS[:4], "number", "at", "flags", "operation", "logon", "call", "answered_end", "check")
"""What is one number for each row."""


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
        self._requests = Requests(digests, significant)
        self._responses = Responses(digests)
        self._named: dict[Operation, _Named] = {}
        self._flags: dict[tuple[Kind, ...], bytes] = {}
        self._mentioned: set[int] = set()
        self._stale = 0
        """How many rows were made before all redacted places were known."""
        self._suspect = False
        """Whether there was any request that may hold a pseudonym."""

    def __len__(self) -> int:
        """How many documents were read."""
        return len(self.columns["number"])

    def read(self, interactions: Sequence[Interaction], progress: Progress | None = None) -> None:
        """Read what is not read yet.

        Args:
            interactions: all of the recording.
            progress: told how far it is.
        """
        done, total = len(self), len(interactions)
        kept = interactions if isinstance(interactions, Kept) else Kept(interactions)
        self._mentioned.update(self.columns["mentioned"])
        slots, columns = self.digests.slots, self.columns
        if total - done > _BLOCK:
            for position in range(done, total, (total - done) // _SAMPLES):
                asked = self._asked(kept.document(position))
                self._suspect |= asked is not None and asked.suspect
        self._stale = 0 if self.digests.slots is slots else done
        for some in batched(self._rows(kept, done), _BLOCK):
            _extend(columns, _OF_ROWS, some)
            done += len(some)
            if progress is not None:
                progress(done, total)
        if self._stale:
            self._ask_again(kept, self._stale)
        columns["mentioned"] = array("Q", sorted(self._mentioned))

    def _rows(self, kept: Kept, first: int) -> Iterator[tuple[float, ...]]:
        """The rows of all documents from one on; what is any number of values is appended to its column."""
        digests, slots, columns = self.digests, self.digests.slots, self.columns
        for position, document in enumerate(kept.documents(first), first):
            asked, answered, check = self._row(kept, position, document)
            if digests.slots is not slots:
                self._stale, slots = position, digests.slots
            yield self._ask(asked, columns) + self._answer(asked, answered) + (check,)

    def _row(self, kept: Kept, position: int, document: bytes | None) -> tuple[Asked, Answered, int]:
        """What is known of a request and its response, and the digest of the document if it is our own writer's."""
        if document is not None and (parts := halves(document)):
            operation = _operation(document)
            asked = self._requests.read(operation, parts[0])
            answered = self._responses.read(operation, parts[1])
            if asked is not None and answered is not None:
                return asked, answered, self.digests.document(document)
        interaction = kept[position]
        return self._requests.of(interaction), self._responses.of(interaction.response), 0

    def _asked(self, document: bytes | None) -> Asked | None:
        """What is known of a request alone; `None` if our own writer would not have written it so."""
        parts = None if document is None else halves(document)
        return self._requests.read(_operation(document), parts[0]) if document and parts else None

    def _answer(self, asked: Asked, answered: Answered) -> tuple[float, ...]:
        """What does not depend on the redacted places."""
        operation, found = asked.operation, self.columns["answered"]
        number, flags, in_call = self._named.get(operation) or self._name(operation)
        found.extend(answered.answered)
        self._mentioned.update(answered.mentioned)
        call = 0
        if flags & Flag.BEGINS:
            if answered.placed is not None:
                flags |= Flag.PLACED
                call = self.digests.call(operation.service, answered.placed)
        elif in_call and (about := call_of(operation, asked.meaning)) is not None:
            flags |= Flag.CALL | Flag.ENDS * answered.ended | Flag.DENIES * answered.denied
            if flags & Flag.WRITE:
                flags |= Flag.ENDS
            call = self.digests.call(*about)
        return asked.number, asked.at, flags, number, _number(self.logons, asked.auth), call, len(found)

    def _ask(self, asked: Asked, columns: Mapping[str, "array[int]"]) -> tuple[float, ...]:
        """What depends on the redacted places."""
        meaning, digests, found = asked.meaning, self.digests, columns["asked"]
        self._suspect |= asked.suspect
        if self._suspect and not self.redacted:
            self.redacted = any(map(holds_pseudonym, meaning.values))
        flags = self._flags.get(meaning.kinds)
        if flags is None:
            flags = bytes(ISSUED * kind.issued_by_server + PSEUDONYM * is_redacted(kind) for kind in meaning.kinds)
            self._flags[meaning.kinds] = flags
        if digests.slots:
            flags = bytes(
                flag & ~PSEUDONYM if flag & PSEUDONYM and not holds_pseudonym(value) else flag
                for flag, value in zip(flags, meaning.values, strict=True)
            )
        found.extend(map(digests.value, meaning.kinds, meaning.values))
        columns["asked_flags"].frombytes(flags)
        return digests.shape(meaning), *digests.whole(meaning), len(found)

    def _ask_again(self, kept: Kept, end: int) -> None:
        """Replace the rows before `end`, which were made before all redacted places were known."""
        made = {name: array(COLUMNS[name]) for name in _OF_REQUESTS}
        documents = enumerate(islice(kept.documents(), end))
        found = (self._asked(document) or self._requests.of(kept[position]) for position, document in documents)
        for some in batched((self._ask(asked, made) for asked in found), _BLOCK):
            _extend(made, _OF_ROWS, some)
        old = self.columns
        border = old["asked_end"][end - 1]
        moved = len(made["asked"]) - border
        made["asked_end"].extend([at + moved for at in old["asked_end"][end:]])
        for name, start in zip(_OF_REQUESTS, (end, end, end, None, border, border), strict=True):
            if start is not None:
                made[name].extend(old[name][start:])
        old |= made

    def _name(self, operation: Operation) -> _Named:
        spec = lookup(operation)
        flags = Flag.BEGINS if begins_call(operation) else Flag.WRITE if is_write(operation) else 0
        in_call = spec is not None and bool(spec.call_id_field)
        named = self._named[operation] = _Named(_number(self.operations, wire_name(operation)), flags, in_call)
        return named


def _extend(columns: Mapping[str, "array[int]"], names: Sequence[str], rows: Iterable[tuple[float, ...]]) -> None:
    """Append rows to their columns, of which these are the first."""
    for name, values in zip(names, zip(*rows, strict=True), strict=False):
        columns[name].extend(values)


def _operation(document: bytes) -> bytes:
    """What a document begins with, up to the line that names the operation."""
    return document[: document.find(b"\n", len("---\n"))]


def _number(names: list[str], name: str) -> int:
    """Where a name stands in a list, at the end if it was not there."""
    if name not in names:
        names.append(name)
    return names.index(name)
