"""The values that everything else passes about: a request, its response, and the operation they belong to.

All are frozen. A `body` is the truth: the bytes that were sent, after Content-Encoding was taken off. `fields` and
`notes` are a view of it, made by `ewstape.operations` for people and tools.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

type Headers = tuple[tuple[str, str], ...]
"""Header lines in the order they were sent. Names as spelt by the sender; values are latin-1, so any bytes survive."""

type Field = str | Mapping[str, Field] | Sequence[Field]
"""A decoded value as plain data: text, a mapping by snake_case element name, or a list."""

type Fields = Mapping[str, Field]

MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
"""The namespace of nearly every EWS operation."""


class Service(StrEnum):
    """Which web service of an Exchange server a request is for; the URL path tells (MS-OXWUMS 1.1)."""

    __hash__ = str.__hash__  # Enum's own is Python code, and an operation is looked up for every message

    EWS = "ews"
    """`/EWS/Exchange.asmx`, and the service description beside it."""
    UM = "um"
    """`/EWS/UM2007Legacy.asmx`: the Unified Messaging service of Exchange 2007."""
    AUTODISCOVER = "autodiscover"
    """`/autodiscover/autodiscover.svc` and `.xml`."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The name of an operation: the first element of the SOAP body and the service it was sent to.

    Both services have a `PlayOnPhone`, so the local name alone is not enough. What is not SOAP (the service
    description) is named by the last part of its URL path and has no namespace; an unreadable body is `UNKNOWN`.
    """

    name: str
    service: Service = Service.EWS
    namespace: str = MESSAGES

    def __str__(self) -> str:
        """`PlayOnPhone`, `um:PlayOnPhone`."""
        return self.name if self.service is Service.EWS else f"{self.service}:{self.name}"


UNKNOWN = "unknown"
"""The operation name of a request whose body could not be decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a request and a response have in common."""

    headers: Headers = ()
    """Without hop-by-hop headers, Content-Length and (where it could be taken off) Content-Encoding."""
    body: bytes = b""
    coding: str = ""
    """The Content-Encoding that `body` was freed from, such as `gzip`; empty if there was none or it could not be."""
    fields: Fields = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What is odd about the message: why it could not be decoded, or where it departs from the schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Message):
    """A request as the client meant it for the server."""

    method: str
    url: str
    """Absolute, with the server's own host."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of a streamed response, as it arrived."""

    at: float
    """Seconds since the response headers."""
    size: int
    """Bytes of `body`, after Content-Encoding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Message):
    """A response as the server sent it."""

    status: int
    reason: str = ""
    """The reason phrase where it is not the one in `REASONS`; Exchange puts text for people there (status 456)."""
    chunks: tuple[Chunk, ...] = ()
    """For a streamed response, when which part of the body came; otherwise empty."""


REASONS: Mapping[int, str] = {status.value: status.phrase for status in HTTPStatus}
"""The usual reason phrases by HTTP status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One request with its response: the unit of a cassette."""

    number: int
    """Order of start, from 1. Documents are written as they complete; this tells in which order they began."""
    operation: Operation
    at: float = 0.0
    """Seconds from the beginning of the recording to the beginning of the request."""
    took: float = 0.0
    """Seconds from the beginning of the request to the end of the response."""
    auth: str = ""
    """The scheme the client logged on with (`Basic`, `NTLM`, ...); its legs are folded into this interaction."""
    request: Request
    response: Response | None = None
    """`None` if the connection failed before a response began."""
    error: str = ""
    """Why the response is missing or cut short: the client or the server went away, a timeout; else empty."""


UNREAD = Request(method="POST", url="")
"""In the place of the request of an interaction of which only what came of it was read. It says nothing."""
