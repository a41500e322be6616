"""uvicorn's HTTP/1.1, with what a replay needs beyond ASGI.

ASGI has no reason phrase, uvicorn writes header names in lower case, and neither can reset a connection. Here the head
goes out as it was recorded. The application finds its connection in the scope, as the extension `ewstape`; under
another server, which has no such extension, it does without.
"""

import socket
import struct
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Any, override

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

__all__ = ["EXTENSION", "HttpProtocol"]

EXTENSION = "ewstape"

_LINGER = struct.pack("ii", 1, 0)
"""SO_LINGER for no time at all: closing sends RST."""
_NO_TUNNEL = b"This is a recording played back by ewstape; it opens no tunnel. For a proxy: ewstape replay --forward\n"
_REFUSAL = (
    b"HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain; charset=utf-8\r\nAllow: GET, HEAD, OPTIONS, POST\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(_NO_TUNNEL), _NO_TUNNEL)
)
_numbers = count(1)


class HttpProtocol(HttpToolsProtocol):
    """One connection of a client."""

    number = ""
    """Tells connections apart for as long as the process runs; addresses come again."""
    on_close: "Callable[[str], None] | None" = None

    @override
    def connection_made(self, transport: "asyncio.Transport") -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.number = str(next(_numbers))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.on_close is not None:
            self.on_close(self.number)

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self}  # type: ignore[dict-item]  # ASGI wants a mapping; for us alone

    @override
    def on_headers_complete(self) -> None:
        if self.parser.get_method() == b"CONNECT":
            self.transport.write(_REFUSAL)
            self.transport.close()
            return
        super().on_headers_complete()

    @override
    def data_received(self, data: bytes) -> None:
        if not self.transport.is_closing():
            super().data_received(data)

    @override
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = _Cycle  # uvicorn has no setting for the class of its cycles
        super()._start_asgi_task(cycle, app)

    def reset(self) -> None:
        """Breaks the connection off so that the client sees a reset."""
        found = self.transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self.transport.abort()

    def close(self) -> None:
        """Ends the connection once what was sent is out."""
        self.transport.close()


class _Cycle(RequestResponseCycle):
    """One request and its response. Only the head is written otherwise than uvicorn does."""

    _head = b""
    """Kept back until the body is there, so that both leave in one piece."""

    @override
    async def send(self, message: Any) -> None:
        if not self.response_started and message["type"] == "http.response.start":
            self.response_started = True
            self.waiting_for_100_continue = False
            self._head = self._made(message)
            if self.chunked_encoding is not False:
                self._write_head()  # what follows may take its time
            return
        if self._head and self.scope["method"] != "HEAD" and not self.disconnected:
            body = message["body"]
            self.expected_content_length -= len(body)
            self._write_head(body)
            message = {**message, "body": b""}
        elif self._head:
            self._write_head()
        await super().send(message)

    def _write_head(self, body: bytes = b"") -> None:
        self.transport.write(self._head + body)
        self._head = b""

    def _made(self, message: "Mapping[str, Any]") -> bytes:
        status, closing = message["status"], False
        lines = [b"HTTP/1.1 %d %b\r\n" % (status, message.get("reason") or _PHRASES.get(status, b""))]
        for name, value in message["headers"]:
            lowered = name.lower()
            if lowered == b"content-length":
                self.chunked_encoding, self.expected_content_length = False, int(value)
            elif lowered == b"transfer-encoding":
                self.chunked_encoding = True
            elif lowered == b"connection" and value == b"close":
                self.keep_alive, closing = False, True
            lines.append(b"%b: %b\r\n" % (name, value))
        if not (self.keep_alive or closing):
            lines.append(b"Connection: close\r\n")
        lines.append(b"\r\n")
        return b"".join(lines)


_PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}
