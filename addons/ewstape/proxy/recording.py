"""The addon's recording half: exchanges from hooks to the recorder, streamed answers tapped as they pass.

An answer is written before mitmproxy releases it: the `response` hook runs before the first byte of a buffered answer
is sent, and before the end of a streamed one. A recorder that cannot write stops the proxy; the answer stays unsent.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import override
from urllib.parse import urlsplit

from mitmproxy import ctx, http

from ewstape.cassette import CassetteWriter
from ewstape.check.written import refuse_leaks
from ewstape.config import Config, LogFormat
from ewstape.errors import CassetteError, EwsTapeError
from ewstape.interaction import Interaction, Service
from ewstape.livelog import LiveLog
from ewstape.operations import read_request, streams
from ewstape.proxy import marking
from ewstape.proxy.flows import exchange_of, request_of
from ewstape.proxy.hooks import Session
from ewstape.recording import Recorder
from ewstape.redaction import Redactor
from ewstape.report.figures import counted
from ewstape.wire.endpoints import service_of

__all__ = ["Recording"]

logger = logging.getLogger("ewstape")

_MANY = 2000
"""Interactions; to look through more of them for what is left takes seconds, in which nobody should wonder."""
_UNTRUSTED = "Certificate verify failed"
"""How mitmproxy's reason begins when the server's certificate cannot be checked."""


@dataclass(slots=True)
class _Open:
    """An exchange that has begun and is not over."""

    number: int
    flow: http.HTTPFlow
    headers_at: float = 0.0
    pieces: list[bytes] = field(default_factory=list)
    """A streamed answer so far, as it came."""
    times: list[float] = field(default_factory=list)
    """When each piece came, in seconds since the headers."""

    def tap(self, data: bytes) -> bytes:
        """Passes a piece of a streamed answer on as it is, and keeps it."""
        if data:
            self.pieces.append(data)
            self.times.append(time.time() - self.headers_at)
        return data


class Recording(Session):
    """Records the EWS exchanges among the flows it is shown; all others pass untouched, unrecorded and unlogged."""

    def __init__(
        self,
        config: Config,
        writer: CassetteWriter,
        redactor: Redactor | None,
        stop: Callable[[], None] | None = None,
        *,
        marks: bool = False,
    ) -> None:
        """Records to what is open in `writer`; one that cannot write calls `stop`, by default mitmproxy's own.

        With `marks`, flows get a mark and a comment, for people who look at them.
        """
        self._config = config
        self._stop = stop
        self.marks = marks
        self._writer = writer
        self._redactor = redactor
        self._recorder = Recorder(
            write=writer.write,
            redactor=redactor,
            began=time.time() - writer.elapsed,
            next_number=writer.next_number,
        )
        self._open: dict[str, _Open] = {}
        self.log = LiveLog(config.log_format)
        """What was said so far about calls, and where more is said."""

    def concerns(self, flow: http.HTTPFlow) -> bool:
        """Whether this is traffic to record; all other passes untouched."""
        service = service_of(urlsplit(flow.request.path).path)
        return service is not None and (service is not Service.AUTODISCOVER or self._config.autodiscover)

    @override
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """An exchange begins: its number is its place in the order of starts."""
        if not self.concerns(flow):
            return
        if self.failure:
            flow.kill()
            return
        self._open[flow.id] = _Open(number=self._recorder.begin(), flow=flow)

    @override
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Answers that come in pieces over minutes pass to the client as they arrive."""
        exchange = self._open.get(flow.id)
        if exchange is None or flow.response is None or "content-length" in flow.response.headers:
            return  # with a length, the client would have the whole answer before we could write it
        request = request_of(flow.request)
        asked = read_request(
            request.body, service=Service.EWS, method=request.method, path=urlsplit(request.url).path, content_type=""
        )
        if streams(asked.operation):
            exchange.headers_at = time.time()
            flow.response.stream = exchange.tap

    @override
    def response(self, flow: http.HTTPFlow) -> Interaction | None:
        """The answer is complete, and not yet released to the client; what was recorded, if anything was."""
        return self._finish(flow)

    @override
    def error(self, flow: http.HTTPFlow) -> None:
        """The exchange ended early: the client or the server went away, or no server could be reached."""
        self._finish(flow, flow.error.msg if flow.error else "ended early")

    @override
    def calls(self) -> list[str]:
        """The calls so far."""
        return self.log.calls()

    @override
    def client_disconnected(self, connection: str) -> None:
        """A connection's logon ends with it."""
        self._recorder.logons.forget(connection)
        self.log.closed(connection)

    @override
    def done(self) -> str:
        """Closes the recording and says what was recorded, or why it was nothing."""
        said, legs = self.close(), self._recorder.logons.legs
        if not self._recorder.count and legs and not self.failure:
            return self._told(
                f"recorded nothing: the server asked for a logon {counted(legs, 'time')} and no client went on; "
                "is the client set up with credentials, and with a scheme that the server offers?"
            )
        return said

    def close(self) -> str:
        """Writes what is still under way as what it is, closes the cassette, and says what was recorded."""
        for exchange in sorted(self._open.values(), key=lambda exchange: exchange.number):
            self._finish(exchange.flow, "the recording was stopped")
        self.log.end()
        try:
            self._writer.close(clean=self.failure is None)
            if self._redactor and (originals := self._redactor.pseudonyms.originals):
                if self._recorder.count >= _MANY:
                    words = f"looking through {self._writer.path} for anything private that is left"
                    logger.info("%s", self._told(words, event="check"))
                refuse_leaks(self._writer.path, originals)
        except EwsTapeError as failure:  # the file may have been moved away meanwhile, too
            self.failure = self.failure or failure
            return self._told(f"ewstape: {failure}")
        return self._told(f"recorded {counted(self._recorder.count, 'interaction')} to {self._writer.path}")

    def _told(self, words: str, *, event: str = "end") -> str:
        """What the recording says at its end, in the format of the log."""
        if self._config.log_format is LogFormat.TEXT:
            return words
        return json.dumps({"event": event, "text": words, "recorded": self._recorder.count})

    def _finish(self, flow: http.HTTPFlow, error: str = "") -> Interaction | None:
        exchange = self._open.pop(flow.id, None)
        if exchange is None:
            return None
        try:
            interaction = self._recorder.end(
                exchange_of(flow, exchange.number, error, pieces=exchange.pieces, times=exchange.times)
            )
        except CassetteError as failure:
            self._fail(flow, failure)
            return None
        except Exception as unexpected:  # no traffic passes unrecorded, whatever the reason
            logger.exception("ewstape: an exchange could not be recorded")
            self._fail(flow, CassetteError(f"recording failed inside: {type(unexpected).__name__}; please report this"))
            return None
        if interaction is None:
            self.log.challenged(exchange.flow.client_conn.id)
            return None
        self.log.recorded(interaction, exchange.flow.client_conn.id)
        if error.startswith(_UNTRUSTED):
            self.log.untrusted()
        if self.marks:
            marking.recorded(flow, interaction, self.log.said)
        return interaction

    def _fail(self, flow: http.HTTPFlow, failure: CassetteError) -> None:
        """An answer that cannot be written is not released, and the proxy stops: no traffic passes unrecorded."""
        if flow.killable:
            flow.kill()
        if self.failure is None:
            self.failure = failure
            logger.error("ewstape: %s", failure)
            (self._stop or ctx.master.shutdown)()
