"""Messages as values and as bytes: requests as the player takes them, and responses as they go out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import httptools

from ewstape.errors import WireError
from ewstape.interaction import REASONS, Headers, Request, Response
from ewstape.wire.content import decompress

__all__ = [
    "FAILED",
    "NO_TUNNEL",
    "NO_WEBSOCKET",
    "Received",
    "chunked_head",
    "framed",
    "is_bodiless",
    "made_request",
    "pieces",
    "refusal",
    "too_large",
]

_HOST = re.compile(rb"[A-Za-z0-9._~-]+(?::[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](?::[0-9]{1,5})?")
"""What may stand in a URL for certain."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request, or in its place the refusal that it gets, and how the reply has to be."""

    asked: Request | Response
    head_only: bool = False
    whole: bool = False
    """For a client that knows no chunks."""
    last: bool = False
    """The connection ends with the reply."""


def made_request(method: str, target: bytes, lines: list[tuple[bytes, bytes]], body: bytes) -> Request:
    """The request as a value, its body without Content-Encoding if that can be taken off.

    Raises:
        httptools.HttpParserError: the target is no URL.
    """
    url, headers, coding = _as_text(target, tuple(lines))
    request = Request(method=method, url=url, headers=headers, body=body)
    if not coding:
        return request
    try:
        return replace(request, body=decompress(body, coding), coding=coding)
    except WireError as error:
        return replace(request, notes=(str(error),))


@lru_cache(maxsize=64)  # a client sends the same again and again, but for the length
def _as_text(target: bytes, lines: tuple[tuple[bytes, bytes], ...]) -> tuple[str, Headers, str]:
    """The URL, the headers and the Content-Encoding that the head of a request tells."""
    host, coding, headers = b"ewstape.invalid", "", []
    for name, value in lines:
        wanted = name.lower()
        if wanted == b"host" and _HOST.fullmatch(value):
            host = value
        elif wanted == b"content-encoding":
            coding = value.decode("latin-1")
        headers.append((name.decode("latin-1"), value.decode("latin-1")))
    if not target.startswith(b"/"):  # as it is sent to a proxy (RFC 9112 3.2.2)
        parsed = httptools.parse_url(target)
        path = parsed.path if parsed.path and parsed.path.startswith(b"/") else b"/"  # `OPTIONS *` is for the server
        target = path + (b"?" + parsed.query if parsed.query else b"")
    return (b"http://%b%b" % (host, target)).decode("latin-1"), tuple(headers), coding


def framed(response: Response, received: Received) -> tuple[bytes, bytes]:
    """Head and body of a response whose body goes out whole."""
    head, body = _head(response.status, response.reason, response.headers), response.body
    closing = b"Connection: close\r\n" if received.last else b""
    if is_bodiless(response.status):
        return b"%b%b\r\n" % (head, closing), b""
    return b"%bContent-Length: %d\r\n%b\r\n" % (head, len(body), closing), b"" if received.head_only else body


def chunked_head(response: Response, received: Received) -> bytes:
    """The head of a response whose body goes out in `pieces`."""
    closing = b"Connection: close\r\n" if received.last else b""
    head = _head(response.status, response.reason, response.headers)
    return b"%bTransfer-Encoding: chunked\r\n%b\r\n" % (head, closing)


def pieces(response: Response) -> Iterator[tuple[float, bytes]]:
    """When each piece of the body goes out. Whatever the sizes leave over goes with the last."""
    start = 0
    for chunk in response.chunks[:-1]:
        if chunk.size:
            yield chunk.at, response.body[start : start + chunk.size]
            start += chunk.size
    if len(response.body) > start:
        yield response.chunks[-1].at, response.body[start:]


@lru_cache(maxsize=1024)
def _head(status: int, reason: str, headers: Headers) -> bytes:
    """Status line and headers as they were recorded: they were checked when the cassette was loaded."""
    lines = [
        f"HTTP/1.1 {status} {reason or REASONS.get(status, '')}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def is_bodiless(status: int) -> bool:
    """Whether a response with this status has neither body nor Content-Length (RFC 9110 8.6)."""
    return status in {204, 304}


def refusal(status: int, text: str, *more: tuple[str, str]) -> Response:
    """The answer to what no recording answers."""
    headers = (("Content-Type", "text/plain; charset=utf-8"), *more)
    return Response(status=status, headers=headers, body=f"{text}\n".encode())


def too_large(limit: int) -> Response:
    """The answer to a body that is larger than `limit` bytes."""
    return refusal(413, f"The request is larger than {limit} bytes.")


NO_WEBSOCKET = refusal(400, "ewstape replays a recording; it knows no WebSocket.")
NO_TUNNEL = refusal(
    405,
    "This is a recording played back by ewstape; it opens no tunnel. For a proxy: ewstape replay --forward",
    ("Allow", "GET, HEAD, OPTIONS, POST"),
)
FAILED = refusal(500, "ewstape failed to answer; its log says why.")
