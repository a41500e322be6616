"""Everything that is known of a recording before it is played, in sorted columns: digests, never values.

Values are read from the documents when they are needed, and a document is compared with its digest whenever it is read
again: one that was changed since shows there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ewstape.errors import CassetteError
from ewstape.interaction import Interaction, Operation, Request
from ewstape.operations.identifiers import PHONE_CALL_ID, Kind
from ewstape.redaction.pseudonyms import holds_pseudonym
from ewstape.replay.canonical import Canonical, Node, Slot, canonical, form, is_redacted
from ewstape.replay.index.digests import Digest, Digests
from ewstape.replay.index.multimap import Column, Multimap, holds
from ewstape.replay.index.rows import PSEUDONYM, Call, Progress, Rows
from ewstape.replay.index.tables import MAILBOX, MAPS, NONE, assemble, place, within
from ewstape.replay.kept import Kept
from ewstape.replay.substitute import identifiers

type Rank = int
"""The place of an interaction in the order of starts."""

_REMEMBERED: Final = 16_384
"""How many groups are kept at hand whose requests had to be read."""


class ChangedError(CassetteError):
    """A document is no longer what the index knows of it."""

    def __init__(self) -> None:
        super().__init__("the cassette was changed while it was played; start again")


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index is made of."""

    columns: Mapping[str, Column]
    operations: Mapping[str, Sequence[int]]
    """By operation, its first requests in the order of the recording."""
    logons: tuple[str, ...]
    slots: frozenset[Slot]
    """Where requests hold pseudonyms that are no identifiers."""
    redacted: bool
    """Whether any request holds a pseudonym."""

    @classmethod
    def of(cls, rows: Rows, slots: frozenset[Slot]) -> "Contents":
        """The contents that follow from all rows."""
        return cls(*assemble(rows), slots, rows.redacted)


class Group(NamedTuple):
    """Recorded requests that are equal, identifiers included."""

    number: int
    asked: Canonical
    first: Rank
    size: int
    """How many interactions there are."""
    starts: Sequence[Rank]
    """Of a request that begins calls, all interactions."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What was recorded of one phone call or of the mailbox."""

    number: int
    call: str | None
    """The recorded PhoneCallId; `None` for the mailbox."""
    unknown: bool
    """Every answer says that there is no such call."""


class Index:
    """The index of a recording, and the way to its documents."""

    def __init__(
        self, interactions: Kept, significant: frozenset[str], contents: Contents, digests: Digests | None = None
    ) -> None:
        columns = contents.columns
        self.contents = contents
        self.interactions = interactions
        self.numbers: Sequence[int] = columns["numbers"]
        self.operations = contents.operations
        self.logons = contents.logons
        self.slots = contents.slots
        self.redacted = contents.redacted
        self.due: Sequence[float] = columns["due"]
        """When each interaction was recorded, in seconds; see `tables`."""
        self.phase: Sequence[int] = columns["phase"]
        self.ends: Sequence[int] = columns["ends"]
        """Whether a client knows after it that the call is over."""
        self.mailbox = Thread(MAILBOX, None, unknown=False)
        self._columns = columns
        self._significant = significant
        self._digests = digests or Digests(slots=contents.slots)
        self._maps = {name: Multimap(columns[f"{name} keys"], columns[f"{name} values"]) for name in MAPS}
        self._groups: dict[int, Group] = {}

    @classmethod
    def of(
        cls, interactions: Kept, significant: frozenset[str] = frozenset(), progress: Progress | None = None
    ) -> "Index":
        """The index of interactions, all of which are read."""
        digests = Digests()
        rows = Rows(digests, significant)
        rows.read(interactions, progress)
        return cls(interactions, significant, Contents.of(rows, digests.slots), digests)

    def __len__(self) -> int:
        """How many interactions there are."""
        return len(self.numbers)

    # --- documents ----------------------------------------------------------------------------------------------------

    def document(self, rank: Rank) -> tuple[Interaction, Canonical]:
        """An interaction and what its request asks for.

        Raises:
            ChangedError: it asks for something else than it did when the index was made.
            CassetteError: it cannot be read.
        """
        columns = self._columns
        group = columns["group"][rank]

        def ask(interaction: Interaction) -> Canonical:
            asked = self.ask(interaction.request, interaction.operation)
            same = interaction.number == self.numbers[rank]
            if not same or self._digests.whole(asked) != (columns["digest"][group], columns["proof"][group]):
                raise ChangedError
            return asked

        return self.interactions.asked(columns["position"][rank], ask)

    def outcome(self, rank: Rank) -> Interaction:
        """An interaction, perhaps without its request. Raises as `document` does.

        What came of it is all that is read of a document that is still the one from which the index was made.
        """
        columns, digest = self._columns, self._digests.document
        check = columns["check"][rank]
        if check and (
            found := self.interactions.outcome(columns["position"][rank], lambda document: digest(document) == check)
        ):
            return found
        return self.document(rank)[0]

    def continues(self, earlier: "Index") -> bool:
        """Whether this is the index of the same recording, perhaps grown, so that all ranks and numbers still hold."""
        mine, theirs = self._columns, earlier._columns  # noqa: SLF001  it is one of these
        return self.slots == earlier.slots and all(
            mine[name][: len(theirs[name])] == theirs[name]
            for name in ("numbers", "group", "thread", "phase", "ends", "digest", "proof", "began", "source")
        )

    # --- requests -----------------------------------------------------------------------------------------------------

    def ask(self, request: Request, operation: Operation) -> Canonical:
        """What a request asks for, with what is blanked on this tape."""
        return canonical(request, operation, self._significant, self.slots)

    def form(self, request: Request, operation: Operation) -> Node:
        """The same to be shown, with the identifiers in it."""
        return form(request, operation, self._significant, self.slots)

    def digest(self, asked: Canonical) -> Digest:
        """The digests of a request."""
        return self._digests.request(asked)

    def find(self, asked: Canonical) -> Group | None:
        """The recorded requests that are equal to this one."""
        whole, proof = self._digests.whole(asked)
        proofs = self._columns["proof"]
        for number in self._maps["requests"].get(whole):
            if proofs[number] == proof:
                return self._group(number, asked)
        return None

    def group(self, number: int) -> Group:
        """Recorded requests by their number. Raises as `document` does."""
        found = self._groups.get(number)
        if found is None:
            if len(self._groups) >= _REMEMBERED:
                self._groups.clear()
            asked = self.document(self._columns["first"][number])[1]
            found = self._groups[number] = self._group(number, asked)
        return found

    def _group(self, number: int, asked: Canonical) -> Group:
        first, size = self._columns["first"][number], self._columns["size"][number]
        return Group(number, asked, first, size, self._maps["starts"].get(number))

    def alike(self, shape: int) -> Sequence[int]:
        """The numbers of the groups that differ from a request in their identifiers at most."""
        return self._maps["shapes"].get(shape)

    def sharing(self, shape: int, at: int, value: int | None) -> Sequence[int]:
        """Those of them that have a value at one place; with `None`, one that only servers issue, and that none did."""
        return self._maps["places"].get(place(shape, at, value))

    def narrowest(self, shape: int, known: Sequence[tuple[int, int | None]]) -> tuple[int, int | None] | None:
        """The place and value that the fewest of them have; `None` if no value is known."""
        count = self._maps["places"].count
        return min(known, key=lambda each: count(place(shape, *each)), default=None)

    def may_fit(self, group: int, kinds: Sequence[Kind], wanted: Sequence[int | None], live: Sequence[int]) -> bool:
        """Whether its values can be those of a request, as far as can be told without reading them.

        Args:
            group: a number.
            kinds: of the request's values.
            wanted: the digests of the recorded values that must be there.
            live: those of the request's own values.
        """
        columns = self._columns
        start, end = columns["value_end"][group - 1] if group else 0, columns["value_end"][group]
        if end - start != len(kinds):
            return False
        for at, (kind, value, own) in enumerate(zip(kinds, wanted, live, strict=True), start):
            found = columns["values"][at]
            if value is not None:
                if found != value:
                    return False
            elif is_redacted(kind) and not kind.varies and found != own and not columns["value_flags"][at] & PSEUDONYM:
                return False
        return True

    # --- identifiers --------------------------------------------------------------------------------------------------

    def value(self, kind: Kind, value: str) -> int:
        """The digest of an identifier."""
        return self._digests.value(kind, value)

    def holds(self, kind: Kind, value: str) -> bool:
        """Whether an identifier occurs on the tape."""
        digest = self._digests.value(kind, value)
        return holds(self._columns["present"], digest) or digest in self._maps["answered"]

    def issues(self, kind: Kind, value: str) -> bool:
        """Whether an identifier occurs in a response; not for those that clients have of their own."""
        return self._digests.value(kind, value) in self._maps["answered"]

    def answered(self, kind: Kind, value: str) -> Sequence[Rank]:
        """The interactions whose responses hold an identifier; none for those that clients have of their own."""
        return self._maps["answered"].get(self._digests.value(kind, value))

    def is_pseudonym(self, value: str) -> bool:
        """Whether a recorded value is or holds a pseudonym."""
        return self.redacted and holds_pseudonym(value)

    # --- calls and the mailbox ----------------------------------------------------------------------------------------

    def answers(self, group: int, thread: Thread) -> tuple[Sequence[Rank], Sequence[Rank]]:
        """What was recorded of a request in a thread: its writes and its reads."""
        key = within(group, thread.number)
        return self._maps["writes"].get(key), self._maps["reads"].get(key)

    def began(self, thread: Thread, phase: int) -> float:
        """When a phase began, in seconds from the beginning of the recording."""
        if phase:
            return self.due[self._maps["phases"].get(thread.number)[phase - 1]]
        return float(self._columns["began"][thread.number])

    def started(self, rank: Rank) -> Thread | None:
        """What follows of the call that an interaction began; `None` if it began none. Raises as `document` does."""
        number = self._columns["thread"][rank]
        if number == NONE:
            return None
        response = self.outcome(rank).response
        found = () if response is None else identifiers(response)
        call = next((value for kind, value in found if kind is PHONE_CALL_ID), None)
        if call is None:
            raise ChangedError
        return Thread(number, call, unknown=False)

    def placed_before(self, call: Call) -> Thread | None:
        """A call that was begun before the recording, or an id that never was one."""
        number = self._maps["placed"].first(self._digests.call(*call))
        return None if number is None else Thread(number, call[1], unknown=bool(self._columns["unknown"][number]))
