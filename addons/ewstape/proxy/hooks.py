"""mitmproxy's hooks, handed to a session: short, guarded, and closed to the network when something goes wrong."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from mitmproxy import connection, ctx, http
from mitmproxy.addons.proxyserver import Proxyserver

from ewstape.interaction import Interaction, Request, Response
from ewstape.proxy.flows import request_of, response_of
from ewstape.proxy.quickack import acknowledge

if TYPE_CHECKING:
    from ewstape.errors import EwsTapeError
    from ewstape.replay import Miss

__all__ = ["MISS", "Hooks", "Session", "Watch"]

logger = logging.getLogger("ewstape")

MISS = "ewstape.miss"
"""Under this key of its metadata, a flow that was answered from a tape has its `Miss`, or `None`."""

type Watch = Callable[[Request, Response, float, Miss | None], None]
"""Is told of a request, its response, the time (seconds of a clock that only goes forward) and why it is a miss."""


class Session:
    """What happens to flows: a recording, a replay, or both at once. Here: nothing."""

    forwards: ClassVar[bool] = True
    """Whether anything may go on to a server."""
    failure: "EwsTapeError | None" = None
    """Why a recording had to stop, if it had to, or what is wrong with what it wrote."""

    @property
    def failed(self) -> bool:
        """Whether a replay failed by what the settings count."""
        return False

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """An exchange begins."""

    def request(self, flow: http.HTTPFlow) -> None:
        """The request is complete, and has not gone on."""

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """An answer begins; here it is decided whether it is streamed."""

    def response(self, flow: http.HTTPFlow) -> Interaction | None:  # noqa: ARG002  for sessions that record
        """The answer is complete, and not yet released; what was recorded, if anything was."""
        return None

    def error(self, flow: http.HTTPFlow) -> None:
        """The exchange broke off."""

    def client_disconnected(self, connection: str) -> None:
        """A connection has ended, and its logon with it."""

    def calls(self) -> list[str]:
        """The phone calls so far, a line each."""
        return []

    def done(self) -> str:
        """Ends it; what is to be said about it."""
        return ""


class Hooks:
    """What happens to flows, as the session wants it; without one, nothing."""

    def __init__(self, session: Session | None = None, watch: Watch | None = None) -> None:
        self.session = session
        self._watch = watch

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """An exchange begins."""
        # Most clients send the body with the head. When mitmproxy has gone on from here it has read that, and nobody
        # waits; to go on takes it one round of the loop.
        loop = ctx.master.event_loop
        loop.call_soon(loop.call_soon, _acknowledge, ctx.master.addons.get("proxyserver"), flow)
        if self.session is not None:
            self.session.requestheaders(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """The tape answers here, so that nothing goes on to a server; neither does what goes wrong here."""
        if flow.response or flow.error or not flow.live or self.session is None:
            return
        try:
            self.session.request(flow)
        except Exception as error:  # fail closed: an unanswered request would go on to a server
            logger.exception("ewstape: a request could not be answered")
            flow.response = http.Response.make(
                500, f"ewstape failed to answer: {type(error).__name__}\n", {"Content-Type": "text/plain"}
            )

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Recording decides here whether an answer is streamed."""
        if self.session is not None:
            self.session.responseheaders(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        """Recording writes here, before the answer is released."""
        if self.session is not None:
            self.session.response(flow)
        if self._watch is not None and flow.response is not None:
            answered = response_of(flow.response)
            self._watch(request_of(flow.request), answered, time.monotonic(), flow.metadata.get(MISS))

    def error(self, flow: http.HTTPFlow) -> None:
        """Recording writes what became of an exchange that broke off."""
        if self.session is not None:
            self.session.error(flow)

    def client_disconnected(self, client: connection.Client) -> None:
        """A logon ends with its connection."""
        if self.session is not None:
            self.session.client_disconnected(client.id)


def _acknowledge(proxyserver: Proxyserver, flow: http.HTTPFlow) -> None:
    if flow.request.timestamp_end is None:
        acknowledge(proxyserver, flow.client_conn)
