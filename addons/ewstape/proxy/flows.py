"""mitmproxy's flows as the project's own values, and back.

Hop-by-hop headers and Content-Length are left out: they describe one connection, not the message, and are made anew
whenever it is sent. Content-Encoding comes off if it can; otherwise the bytes stay as they came and a note says why.
"""

import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote

from mitmproxy import http

from ewstape.errors import WireError
from ewstape.interaction import REASONS, Chunk, Headers, Message, Request, Response
from ewstape.recording import Exchange
from ewstape.wire.content import decompress

__all__ = ["decoded_sizes", "exchange_of", "request_of", "response_of", "to_mitmproxy"]

_PER_CONNECTION = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def request_of(request: http.Request) -> Request:
    """The request, credentials included."""
    return _without_coding(
        Request(
            method=request.method,
            url=_printable(request.url),
            headers=_headers(request.headers.fields),
            body=request.raw_content or b"",
        )
    )


def response_of(response: http.Response, body: bytes | None = None) -> Response:
    """The response; `body` is what was collected of a streamed one, as it came."""
    return _without_coding(
        Response(
            status=response.status_code,
            reason="" if response.reason == REASONS.get(response.status_code) else response.reason,
            headers=_headers(response.headers.fields),
            body=body if body is not None else response.raw_content or b"",
        )
    )


def exchange_of(
    flow: http.HTTPFlow, number: int, error: str = "", *, pieces: Sequence[bytes] = (), times: Sequence[float] = ()
) -> Exchange:
    """The flow as the recorder takes it.

    Args:
        flow: one that is over.
        number: its place in the order of starts.
        error: why it ended early; empty if it did not.
        pieces: what was collected of a streamed response.
        times: when each piece came, in seconds since the headers.
    """
    response = None
    if flow.response is not None:
        response = response_of(flow.response, b"".join(pieces) if pieces else None)
        if pieces:
            sizes = decoded_sizes(pieces, response.coding)
            response = replace(response, chunks=tuple(map(Chunk, times, sizes)))
    ended = (flow.response and flow.response.timestamp_end) or (flow.error and flow.error.timestamp) or time.time()
    return Exchange(
        number=number,
        connection=flow.client_conn.id,
        started=flow.request.timestamp_start,
        ended=ended,
        request=request_of(flow.request),
        response=response,
        error=error,
    )


def decoded_sizes(pieces: Sequence[bytes], coding: str) -> list[int]:
    """How many bytes of the decoded body each piece of a streamed one brought.

    A coding that cannot be taken off bit by bit counts whole with its last piece.
    """
    if not coding:
        return [len(piece) for piece in pieces]
    if coding.lower() in {"gzip", "deflate"}:
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # tells gzip from zlib by itself
        try:
            return [len(inflate.decompress(piece)) for piece in pieces]
        except zlib.error:
            pass  # raw deflate
    whole = len(decompress(b"".join(pieces), coding)) if pieces else 0
    return [0] * (len(pieces) - 1) + [whole] if pieces else []


def to_mitmproxy(response: Response) -> http.Response:
    """What mitmproxy sends to the client: the body as it is, with its Content-Length."""
    now = time.time()
    # Made in one go, since mitmproxy checks every field whenever one is set.
    return http.Response(
        http_version=b"HTTP/1.1",
        status_code=response.status,
        reason=(response.reason or REASONS.get(response.status, "")).encode("latin-1"),
        headers=http.Headers((*_fields(response.headers), (b"Content-Length", b"%d" % len(response.body)))),
        content=response.body,  # as it is: its Content-Encoding is on
        trailers=None,
        timestamp_start=now,
        timestamp_end=now,
    )


@lru_cache(maxsize=1024)
def _fields(headers: Headers) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)


def _printable(url: str) -> str:
    """Bytes of a URL that are no printable ASCII, percent-encoded: mitmproxy passes what clients send."""
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    return quote(url.encode("utf-8", "surrogateescape"), safe="".join(map(chr, range(0x21, 0x7F))))


def _headers(fields: Iterable[tuple[bytes, bytes]]) -> Headers:
    return tuple([line for field in fields if (line := _line(*field)) is not None])


@lru_cache(maxsize=1024)  # most lines come with every message
def _line(name: bytes, value: bytes) -> tuple[str, str] | None:
    line = name.decode("latin-1"), value.decode("latin-1")
    return None if line[0].lower() in _PER_CONNECTION else line


def _without_coding[M: Message](message: M) -> M:
    coding = next((value for name, value in message.headers if name.lower() == "content-encoding"), "")
    if not coding:
        return message
    try:
        body = decompress(message.body, coding)
    except WireError as error:
        return replace(message, notes=(*message.notes, str(error)))
    headers = tuple(line for line in message.headers if line[0].lower() != "content-encoding")
    return replace(message, headers=headers, body=body, coding=coding)
