"""The ASGI application around a `Player`: a request as a value, its reply carried out.

It runs under any ASGI server. Under ours the head keeps its spelling and a reset is a real one; see `protocol.py`.
Recorded headers were checked when the cassette was loaded, and `send` is given nothing else.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ewstape.errors import WireError
from ewstape.interaction import Headers, Request, Response
from ewstape.player import Player
from ewstape.replay import Reply
from ewstape.server.protocol import EXTENSION, HttpProtocol
from ewstape.wire.content import decompress

type Scope = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Mapping[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]

LIMIT = 512 * 1024 * 1024
"""Bytes of a request's body; a larger one is refused."""

_TEXT: Headers = (("Content-Type", "text/plain; charset=utf-8"),)
_BODILESS = (204, 304)
_HOST = re.compile(rb"[A-Za-z0-9._~-]+(?::[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](?::[0-9]{1,5})?")
"""What may stand in a URL for certain."""


class Application:
    """Answers HTTP requests from a tape."""

    def __init__(self, player: Player, limit: int = LIMIT) -> None:
        self._player = player
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. What is no HTTP request (a WebSocket) is refused by not being accepted."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        protocol: HttpProtocol | None = (scope.get("extensions") or {}).get(EXTENSION)
        refused, body = _unwanted(scope), b""
        if refused is None:
            received = await self._body(scope["headers"], receive)
            if isinstance(received, bytes):
                body = received
            else:
                refused = received
                if refused is None:
                    return
        if refused is not None:
            await _send_head(send, refused, (("Content-Length", str(len(refused.body))), ("Connection", "close")))
            await send({"type": "http.response.body", "body": refused.body})
            return
        connection = protocol.number if protocol is not None else str(scope.get("client"))
        reply = self._player.answer(_request(scope, body), connection, time.monotonic())
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if reply.reset and protocol is not None:
            protocol.reset()
            await receive()  # until it is gone
            return
        whole = scope["method"] == "HEAD" or scope["http_version"] == "1.0"  # which knows no chunks
        await _carry_out(reply, send, whole=whole)

    async def _body(self, headers: list[tuple[bytes, bytes]], receive: Receive) -> bytes | Response | None:
        """The body; a refusal if it is too large, `None` if the client has gone."""
        length = next((value for name, value in headers if name == b"content-length"), b"0")
        if int(length) > self._limit:
            return _too_large(self._limit)
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            whole: bytes = message.get("body", b"")
            return whole if len(whole) <= self._limit else _too_large(self._limit)
        pieces = bytearray()
        while message["type"] == "http.request":
            pieces += message.get("body", b"")
            if len(pieces) > self._limit:
                return _too_large(self._limit)
            if not message.get("more_body"):
                return bytes(pieces)
            message = await receive()
        return None


def _unwanted(scope: Scope) -> Response | None:
    """A refusal of what would leave HTTP for another protocol. A client that offers h2c takes HTTP/1.1 as well."""
    if any(name == b"upgrade" and b"websocket" in value.lower() for name, value in scope["headers"]):
        return Response(status=400, headers=_TEXT, body=b"ewstape replays a recording; it knows no WebSocket.\n")
    return None


def _too_large(limit: int) -> Response:
    return Response(status=413, headers=_TEXT, body=b"The request is larger than %d bytes.\n" % limit)


def _request(scope: Scope, body: bytes) -> Request:
    """The request as a value, its body without Content-Encoding if that can be taken off."""
    host, coding, lines = b"ewstape.invalid", "", []
    for name, value in scope["headers"]:
        if name == b"host" and _HOST.fullmatch(value):
            host = value
        elif name == b"content-encoding":
            coding = value.decode("latin-1")
        lines.append((name.decode("latin-1"), value.decode("latin-1")))
    target: bytes = scope["raw_path"]
    if query := scope["query_string"]:
        target += b"?" + query
    url = b"http://%b%b" % (host, target)
    request = Request(method=scope["method"], url=url.decode("latin-1"), headers=tuple(lines), body=body)
    if not coding:
        return request
    try:
        return replace(request, body=decompress(body, coding), coding=coding)
    except WireError as error:
        return replace(request, notes=(str(error),))


async def _carry_out(reply: Reply, send: Send, *, whole: bool) -> None:
    response = reply.response
    if response.chunks and whole:
        await asyncio.sleep(response.chunks[-1].at)
    elif response.chunks and reply.cut is None and response.status not in _BODILESS:
        await _send_head(send, response, (("Transfer-Encoding", "chunked"),))
        began = time.monotonic()
        for at, piece in _pieces(response):
            if (early := at - (time.monotonic() - began)) > 0:
                await asyncio.sleep(early)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        return
    body = response.body
    length = () if response.status in _BODILESS else (("Content-Length", str(len(body))),)
    await _send_head(send, response, length)
    if reply.cut is None:
        await send({"type": "http.response.body", "body": b"" if response.status in _BODILESS else body})
    else:  # not more, although more was announced: the server closes the connection
        await send({"type": "http.response.body", "body": body[: reply.cut], "more_body": True})


def _pieces(response: Response) -> Iterator[tuple[float, bytes]]:
    """When each piece of the body goes out. Whatever the sizes leave over goes with the last."""
    start = 0
    for chunk in response.chunks[:-1]:
        if chunk.size:
            yield chunk.at, response.body[start : start + chunk.size]
            start += chunk.size
    if len(response.body) > start:
        yield response.chunks[-1].at, response.body[start:]


async def _send_head(send: Send, response: Response, more: Headers = ()) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*response.headers, *more)]
    head = {"type": "http.response.start", "status": response.status, "headers": headers}
    if response.reason:
        head["reason"] = response.reason.encode("latin-1")  # no part of ASGI: our own protocol knows it
    await send(head)
