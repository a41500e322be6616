"""A cassette's interactions -> what the page shows, in one pass: figures, and each one's packed detail."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ewstape.cassette import Header
from ewstape.interaction import Fields, Interaction, Operation
from ewstape.operations import is_write, lookup, spec_name
from ewstape.report.calls import calls, state_of
from ewstape.report.decoded import decoded
from ewstape.report.html.details import Pieces
from ewstape.report.html.lanes import lanes
from ewstape.report.html.pseudonyms import PseudonymCount
from ewstape.report.html.values import Client, Entry, Latency, Oddity, Report, Use
from ewstape.report.result import result_of
from ewstape.report.row import detail_of

DEFAULT_LIMIT = 256 * 1024
"""Bytes of a body that a page holds unless the caller says otherwise."""


def gather(  # noqa: PLR0913  one keyword per fact
    header: Header,
    interactions: Iterable[Interaction],
    *,
    source: str,
    title: str = "",
    torn: str | None = None,
    oddities: Iterable[Oddity] | None = None,
    limit: int | None = DEFAULT_LIMIT,
    advance: Callable[[], object] | None = None,
) -> Report:
    """What the page shows of a cassette.

    Args:
        header: of the cassette.
        interactions: in any order; each is asked for once.
        source: the name of the cassette's file.
        title: of the page; empty for the name of the file.
        torn: why the cassette's last document is left out.
        oddities: what a check found; `None` if there was none.
        limit: bytes of a body that the page holds; `None` for all.
        advance: called after each interaction.
    """
    seen = _Seen(Pieces(limit))
    found = calls(seen.watch(interactions, advance or (lambda: None)))
    details, starts = seen.pieces.close()
    entries = tuple(sorted(seen.entries, key=lambda entry: entry.number))
    return Report(
        title=title or source,
        source=source,
        header=header,
        torn=torn,
        servers=tuple(server for server, _ in seen.servers.most_common()),
        entries=entries,
        uses=tuple(sorted((use.use() for use in seen.uses.values()), key=lambda use: -use.count)),
        clients=tuple(sorted((one.client(who) for who, one in seen.clients.items()), key=lambda one: -one.count)),
        lanes=lanes(found, {entry.number: entry for entry in entries}, seen.hang_ups),
        members={number: index for index, call in enumerate(found) for number in call.interactions},
        latency=_latency(array("d", (entry.took for entry in entries))),
        pseudonyms=seen.pseudonyms.counts(),
        oddities=None if oddities is None else tuple(oddities),
        details=details,
        starts=starts,
    )


def _latency(took: "array[float]") -> Latency:
    ordered = sorted(took) or [0.0]
    return Latency(median=ordered[_rank(ordered, 50)], p95=ordered[_rank(ordered, 95)], most=ordered[-1])


def _rank(ordered: list[float], percent: int) -> int:
    """The index of a percentile by nearest rank: one that was measured, not one between two."""
    return max(-(-len(ordered) * percent // 100), 1) - 1


@dataclass(slots=True)
class _Use:
    operation: Operation
    took: "array[float]" = field(default_factory=lambda: array("d"))
    errors: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    received: int = 0

    def use(self) -> Use:
        documented = spec_name(self.operation)
        return Use(
            operation=self.operation,
            documented="" if documented == self.operation.name else documented,
            writes=is_write(self.operation),
            count=len(self.took),
            errors=dict(self.errors.most_common()),
            latency=_latency(self.took),
            sent=self.sent,
            received=self.received,
        )


@dataclass(frozen=True, slots=True)
class _Who:
    agent: str
    auth: str
    account: str


@dataclass(slots=True)
class _Client:
    first: float
    last: float
    failed: int = 0
    operations: Counter[str] = field(default_factory=Counter)

    def client(self, who: _Who) -> Client:
        return Client(
            agent=who.agent,
            auth=who.auth,
            account=who.account,
            count=self.operations.total(),
            failed=self.failed,
            operations=tuple(name for name, _ in self.operations.most_common()),
            first=self.first,
            last=self.last,
        )


@dataclass(slots=True)
class _Seen:
    """What has been seen so far."""

    pieces: Pieces
    entries: list[Entry] = field(default_factory=list)
    uses: dict[Operation, _Use] = field(default_factory=dict)
    clients: dict[_Who, _Client] = field(default_factory=dict)
    servers: Counter[str] = field(default_factory=Counter)
    hang_ups: set[int] = field(default_factory=set)
    pseudonyms: PseudonymCount = field(default_factory=PseudonymCount)

    def watch(self, interactions: Iterable[Interaction], advance: Callable[[], object]) -> Iterator[Interaction]:
        """The interactions decoded, each looked at on its way."""
        for interaction in map(decoded, interactions):
            self._add(interaction)
            yield interaction
            advance()

    def _add(self, interaction: Interaction) -> None:
        operation, request, response = interaction.operation, interaction.request, interaction.response
        result = result_of(interaction)
        state = state_of(interaction)
        entry = Entry(
            interaction.number,
            interaction.at,
            interaction.took,
            operation,
            result.text,
            result.ok,
            len(request.body),
            None if response is None else len(response.body),
            len(self.entries),
            detail_of(interaction),
            bool(state and state.cause),
        )
        self.entries.append(entry)
        self.pieces.add(interaction)
        self.pseudonyms.add(interaction)
        use = self.uses.setdefault(operation, _Use(operation))
        use.took.append(interaction.took)
        use.sent += entry.sent
        use.received += entry.received or 0
        client = self.clients.setdefault(_who(interaction), _Client(interaction.at, interaction.at))
        client.first, client.last = min(client.first, interaction.at), max(client.last, interaction.at)
        client.operations[str(operation)] += 1
        if not result.ok:
            use.errors[result.text] += 1
            client.failed += 1
        elif (spec := lookup(operation)) is not None and spec.call_id_field and spec.writes and not spec.begins_call:
            self.hang_ups.add(interaction.number)
        if response is not None and (server := _server(response.fields)):
            self.servers[server] += 1


def _who(interaction: Interaction) -> _Who:
    headers = {name.lower(): value for name, value in interaction.request.headers}
    impersonated = _mapping(_mapping(interaction.request.fields, "soap_header"), "exchange_impersonation")
    account = next((value for value in impersonated.values() if isinstance(value, str)), "")
    return _Who(headers.get("user-agent", ""), interaction.auth, account or headers.get("x-anchormailbox", ""))


_VERSION = ("major_version", "minor_version", "major_build_number", "minor_build_number")


def _server(answered: Fields) -> str:
    """Such as `15.1.2507.6`; empty if the response states none."""
    stated = _mapping(_mapping(answered, "soap_header"), "server_version_info")
    return ".".join(number for key in _VERSION if isinstance(number := stated.get(key), str))


def _mapping(fields: Fields, key: str) -> Fields:
    found = fields.get(key)
    return found if isinstance(found, Mapping) else {}
