"""What the page shows, as frozen values: gathered once, turned into HTML by the templates. No text is escaped here."""

from collections.abc import Mapping
from dataclasses import dataclass

from ewstape.cassette import Header
from ewstape.interaction import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """Something that a check of the cassette found."""

    rule: str
    words: str
    place: str
    """Where, such as `document 3: $.request.body`."""
    position: int | None = None
    """The place in the file, from 0, of the interaction that it is about."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An interaction as a line of the list."""

    number: int
    at: float
    took: float
    operation: Operation
    result: str
    ok: bool
    sent: int
    """Bytes of the request's body."""
    received: int | None
    """Bytes of the response's body; `None` without a response."""
    position: int
    """Its place among the details, from 0."""
    detail: str = ""
    """Of a call: the number that was dialled, or the state that was found."""
    failed_call: bool = False
    """Whether that state has a failure cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long something took, in seconds."""

    median: float
    p95: float
    """95 of a hundred took no longer (nearest rank)."""
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What was made of one operation."""

    operation: Operation
    documented: str
    """Its name in the documents, where that is another; else empty."""
    writes: bool
    count: int
    errors: Mapping[str, int]
    """How often which error came, the most frequent first."""
    latency: Latency
    sent: int
    received: int

    @property
    def failed(self) -> int:
        """How many went wrong."""
        return sum(self.errors.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Somebody who uses the service, as far as the recording tells."""

    agent: str
    """Its User-Agent; empty if it sent none."""
    auth: str
    """The scheme that it logged on with; empty if it did not log on."""
    account: str
    """The mailbox that it names: whom it impersonates, else the X-AnchorMailbox; empty if it names none."""
    count: int
    failed: int
    operations: tuple[str, ...]
    """The most frequent first."""
    first: float
    last: float
    """Seconds from the beginning of the recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a call's lane."""

    state: str
    """As the poll at its beginning saw it; empty until the first poll."""
    begin: float
    end: float
    """Seconds from the beginning of the recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A phone call, drawn."""

    index: int
    """Which of the calls, from 0."""
    name: str
    dial_string: str
    service: str
    began: float
    ended: float
    """Seconds from the beginning of the recording; the last that was seen of it."""
    ending: str
    """How it ended, in words."""
    outcome: str
    """`done`, `failed` or `open`."""
    reason: str
    """The failure's cause and the SIP code, as the server words them; empty if it did not fail."""
    segments: tuple[Segment, ...]
    hung_up: float | None
    """When the client hung up."""
    polls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """How many pseudonyms of a kind stand in the cassette."""

    kind: str
    distinct: int
    occurrences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that the page shows."""

    title: str
    source: str
    """The name of the cassette's file."""
    header: Header
    torn: str | None
    """Why the cassette's last document is left out."""
    servers: tuple[str, ...]
    """The versions that servers stated."""
    entries: tuple[Entry, ...]
    """By number."""
    uses: tuple[Use, ...]
    """The most frequent operation first."""
    clients: tuple[Client, ...]
    """The busiest first."""
    lanes: tuple[Lane, ...]
    members: Mapping[int, int]
    """Which call an interaction belongs to: the index of its lane, by the interaction's number."""
    latency: Latency
    pseudonyms: tuple[KindCount, ...]
    oddities: tuple[Oddity, ...] | None
    """`None` if nobody looked for any."""
    details: tuple[str, ...]
    """Requests and responses in compressed pieces (`ewstape.report.html.details`)."""
    starts: tuple[int, ...]
    """The position of the first interaction of each piece."""

    @property
    def failed(self) -> int:
        """How many interactions went wrong."""
        return sum(not entry.ok for entry in self.entries)

    @property
    def duration(self) -> float:
        """Seconds from the beginning of the recording to the end of the last interaction."""
        return max((entry.at + entry.took for entry in self.entries), default=0.0)
