"""The mitmproxy front of replay: every flow is answered here, from the tape or with a reason, and nothing goes on.

mitmproxy sends an answer that an addon made whole and at once. So a streamed answer arrives in one piece, when its last
chunk would have: late, but complete and at the recorded time of its end. A truncated one announces its full length and
ends with the connection, as on the replay server; a reset is mitmproxy's kill, which closes the connection, and whether
the client sees RST or the end of it is up to the system.
"""

import asyncio
import time
from typing import override

from mitmproxy import http

from ewstape.player import Player
from ewstape.proxy import marking
from ewstape.proxy.flows import request_of, to_mitmproxy
from ewstape.proxy.hooks import Session
from ewstape.replay import Reply

__all__ = ["Replaying", "give"]


class Replaying(Session):
    """Answers flows from a tape."""

    forwards = False

    def __init__(self, player: Player, *, marks: bool = False) -> None:
        """With `marks`, flows get a mark and a comment, for people who look at them."""
        self._player = player
        self._marks = marks

    @override
    def calls(self) -> list[str]:
        """The calls so far."""
        return self._player.log.calls()

    @property
    @override
    def failed(self) -> bool:
        """Whether it went wrong by what the settings count."""
        return self._player.failed

    @override
    def request(self, flow: http.HTTPFlow) -> None:
        """Answers the request."""
        reply = self._player.answer(request_of(flow.request), flow.client_conn.id, time.monotonic())
        if self._marks:
            marking.replayed(flow, reply, self._player.log.said)
        give(flow, reply)

    @override
    def client_disconnected(self, connection: str) -> None:
        """A logon ends with its connection."""
        self._player.closed(connection)

    @override
    def done(self) -> str:
        """What was replayed, and what was not."""
        return "\n".join(self._player.close())


def give(flow: http.HTTPFlow, reply: Reply) -> None:
    """Has mitmproxy do what a reply says."""
    if reply.reset:
        flow.kill()
        return
    response = flow.response = to_mitmproxy(reply.response)
    if flow.request.method == "HEAD":
        response.raw_content = b""  # its length stays
    elif reply.cut is not None:
        response.raw_content = reply.response.body[: reply.cut]
        response.headers["Connection"] = "close"  # or the client would wait for the rest
    wait = reply.delay + (reply.response.chunks[-1].at if reply.response.chunks else 0.0)
    if wait:
        # Held back as if a user had intercepted it, so that other flows go on meanwhile.
        flow.intercept()
        asyncio.get_running_loop().call_later(wait, flow.resume)
