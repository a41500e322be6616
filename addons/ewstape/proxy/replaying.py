"""The addon's replaying half: every request is answered here, from the tape or with a reason, and nothing goes on."""

import logging

from mitmproxy import http

from ewstape.config import Config
from ewstape.proxy.flows import request_of, to_mitmproxy
from ewstape.replay import Responder, Tape

__all__ = ["Replaying"]

logger = logging.getLogger("ewstape")


class Replaying:
    """Answers flows from a tape."""

    def __init__(self, config: Config, tape: Tape) -> None:
        self._tape = tape
        self._responder = Responder(tape, auth=config.auth.value)

    @property
    def misses(self) -> int:
        """Requests so far that the tape had no answer for."""
        return self._tape.misses

    def request(self, flow: http.HTTPFlow) -> None:
        """Answers the request."""
        reply = self._responder.respond(request_of(flow.request), flow.client_conn.id)
        flow.response = to_mitmproxy(reply.response)
        if reply.note:
            logger.log(logging.WARNING if reply.miss else logging.INFO, "%s", reply.note)

    def done(self) -> str:
        """What was replayed, and what was not."""
        used, unused = len(self._tape.used), len(self._tape.unused)
        misses = f", {self.misses} requests had no answer" if self.misses else ""
        return f"replayed {used} of {used + unused} interactions{misses}"
