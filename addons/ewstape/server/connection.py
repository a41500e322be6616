"""One client's connection: HTTP/1.1 in, from a player's replies out.

An ordinary reply leaves as soon as the request is there, with no task and no callback in between: that is most of what
makes the server fast. What takes its time, a delay or a stream, is a task; meanwhile further requests wait in order
(RFC 9112 9.3.2), and nothing more is read once one waits, nor while the client does not take what it was sent.
"""

import asyncio
import logging
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, override

from ewstape.interaction import Response
from ewstape.server.messages import FAILED, Received, chunked_head, framed, is_bodiless, pieces
from ewstape.server.requests import LIMIT, Requests

if TYPE_CHECKING:
    from ewstape.player import Player
    from ewstape.replay import Reply

__all__ = ["Connection", "Open"]

_KEEP_ALIVE = 600.0
"""Seconds that a silent connection is kept: clients poll with pauses, and NTLM logs on the connection."""
_LINGER = 2.0
"""Seconds that a client has to take a refusal before the connection is gone, whatever it is still sending."""
_NO_LINGER = struct.pack("ii", 1, 0)
"""SO_LINGER for no time at all: closing sends RST."""
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux has it. Where Nagle's algorithm is on, a client that sends a request's body apart from its head holds the body
back until the head is acknowledged, which Linux would put off for 40 ms."""
_COPIED = 65536
"""A larger body is not copied to be sent in one piece with its head."""

logger = logging.getLogger("ewstape")
_numbers = count(1)


@dataclass(slots=True)
class Open:
    """What is open and under way in one port."""

    connections: "set[Connection]" = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """The replies that take their time."""


class Connection(asyncio.Protocol):
    """A connection."""

    def __init__(self, player: "Player", opened: Open, limit: int = LIMIT) -> None:
        self.number = str(next(_numbers))
        """Tells connections apart for as long as the process runs; addresses come again."""
        self._player = player
        self._opened = opened
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._requests = Requests(limit)
        self._waiting: deque[Received] = deque()
        self._task: asyncio.Task[None] | None = None
        """Carries out a reply that takes its time."""
        self._heard = self._loop.time()
        self._ends = self._lingers = False
        """Nothing more is answered than what waits; the client may still be sending what nobody reads."""
        self._full = self._held = False
        """The client does not take what it was sent; nothing is read meanwhile."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._opened.connections.add(self)
        self._timer = self._loop.call_later(_KEEP_ALIVE, self._close_if_silent)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._ends = True
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
        self._opened.connections.discard(self)
        self._player.closed(self.number)

    @override
    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        if self._ends:
            return
        self._waiting.extend(self._requests.feed(data))
        self._ends = self._requests.ended
        self._advance()

    @override
    def pause_writing(self) -> None:
        self._full = True

    @override
    def resume_writing(self) -> None:
        self._full = False
        self._advance()

    def shutdown(self) -> None:
        """Ends the connection after the answers that are under way."""
        self._ends = True
        self._advance()

    def abort(self) -> None:
        """Ends it at once."""
        self._transport.abort()

    def _close_if_silent(self) -> None:
        silent = 0.0 if self._task is not None else self._loop.time() - self._heard
        if silent >= _KEEP_ALIVE:
            self._transport.close()
        else:
            self._timer = self._loop.call_later(_KEEP_ALIVE - silent, self._close_if_silent)

    def _invite(self) -> None:
        """Has the client send the body that it holds back."""
        if self._requests.expects:
            self._requests.expects = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        found = self._transport.get_extra_info("socket")
        if _QUICKACK is not None and found is not None:
            with suppress(OSError):  # the client has gone: then nobody waits
                found.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    def _advance(self) -> None:
        """Answers what waits, as far as that can be done now."""
        while self._waiting and self._task is None and not self._full:
            self._answer(self._waiting.popleft())
        if bool(self._waiting) != self._held and not self._ends:
            self._held = not self._held
            (self._transport.pause_reading if self._held else self._transport.resume_reading)()
        if not self._waiting and self._task is None:
            if self._ends:
                self._end()
            elif self._requests.held_back:
                self._invite()

    def _end(self) -> None:
        if not self._lingers:
            self._transport.close()
        elif self._timer.when() > self._loop.time() + _LINGER:
            # To close it while something is unread would reset it, and the client might never see the refusal.
            self._transport.write_eof()
            self._timer.cancel()
            self._timer = self._loop.call_later(_LINGER, self._transport.close)

    def _answer(self, received: Received) -> None:
        if isinstance(received.asked, Response):
            self._lingers = True
            self._send(received.asked, received)
            return
        try:
            reply = self._player.answer(received.asked, self.number, time.monotonic())
        except Exception:
            logger.exception("ewstape: a request could not be answered")
            self._send(FAILED, received)
            return
        if reply.delay or reply.reset or reply.cut is not None or reply.response.chunks:
            self._task = self._loop.create_task(self._carry_out(reply, received))
            self._opened.tasks.add(self._task)
            self._task.add_done_callback(self._carried_out)
        else:
            self._send(reply.response, received)

    def _send(self, response: Response, received: Received, cut: int | None = None) -> None:
        head, body = framed(response, received)
        body = body[:cut]
        if len(body) < _COPIED:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)

    async def _carry_out(self, reply: "Reply", received: Received) -> None:
        response = reply.response
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if reply.reset:
            self._reset()
        elif response.chunks and not received.whole and reply.cut is None and not is_bodiless(response.status):
            self._transport.write(chunked_head(response, received))
            began = self._loop.time()
            for at, piece in pieces(response):
                if (early := at - (self._loop.time() - began)) > 0:
                    await asyncio.sleep(early)
                self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self._transport.write(b"0\r\n\r\n")
        else:
            if response.chunks and received.whole:
                await asyncio.sleep(response.chunks[-1].at)
            self._send(response, received, reply.cut)
            self._ends |= reply.cut is not None  # not more, although more was announced

    def _carried_out(self, task: asyncio.Task[None]) -> None:
        self._opened.tasks.discard(task)
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("ewstape: a reply could not be sent", exc_info=error)
            self.abort()
        self._heard = self._loop.time()
        self._advance()

    def _reset(self) -> None:
        """Breaks the connection off so that the client sees a reset."""
        found = self._transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.abort()
