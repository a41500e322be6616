"""Makes the HTTP response to whatever a client sends: a logon leg, an answer from the tape, or a refusal.

Nothing here can reach a server, and everything gets a response: what goes wrong inside becomes a SOAP fault, so that a
front never has a request left over that it could be tempted to pass on. A fault says ErrorInternalServerError, which
clients raise at once. (exchangelib takes ErrorInvalidRequest for a wrong version and tries all the others first, and
sleeps on the busy and transient errors.)

The responder decides, a front carries out: it waits, sends piece by piece, or breaks the connection as the reply says.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from ewstape.errors import WireError
from ewstape.interaction import Chunk, Headers, Interaction, Request, Response, Service
from ewstape.operations import spec_name
from ewstape.replay.faults import FaultKind, FaultRule, Faults
from ewstape.replay.headers import accepts, end_to_end, first
from ewstape.replay.logon import Authentication, Doorkeeper
from ewstape.replay.miss import Miss
from ewstape.replay.naming import operation_of, place_of
from ewstape.replay.tape import Tape
from ewstape.wire import build_fault, compress
from ewstape.wire.namespaces import SOAP12, TYPES

type Latency = Literal["none", "recorded"] | float
"""How long answers take: not at all, as long as recorded, or this many times as long."""

REWIND = "/.ewstape/rewind"
"""A POST to this path rewinds the tape."""

_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
_TEXT: Headers = (("Content-Type", "text/plain; charset=utf-8"),)
_MISS = ("X-Ewstape-Miss", "1")
_FAULT = "X-Ewstape-Fault"
_CODE = "ErrorInternalServerError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response, how it is to be sent, and how it was made."""

    response: Response
    """Ready to be sent: `body` has the Content-Encoding that the headers name. Length and hop-by-hop headers are left
    to whoever sends it, and so is keeping the connection open, which NTLM needs. With chunks, the body goes out in
    pieces of their sizes, each at its time, in seconds after the headers."""
    note: str
    """One line for the log, without live values."""
    recorded: Interaction | None = None
    """The interaction that answered, as it was recorded."""
    call: str | None = None
    """The PhoneCallId that the client knows the call by, if this is about a call that the tape began."""
    miss: Miss | None = None
    fault: FaultKind | None = None
    """The fault that was put in on purpose."""
    delay: float = 0.0
    """Seconds to wait before the response."""
    cut: int | None = None
    """How many bytes of the body to send before the connection is closed; its length is announced in full."""

    @property
    def interaction(self) -> int | None:
        """The number of the recorded interaction that answered."""
        return None if self.recorded is None else self.recorded.number

    @property
    def reset(self) -> bool:
        """Whether to reset the connection instead of answering."""
        return self.fault is FaultKind.RESET


_ELSEWHERE = Reply(
    response=Response(
        status=404,
        headers=_TEXT,
        body=b"This is a recording of Exchange Web Services played back by ewstape; nothing else answers here.\n",
    ),
    note="not a path of Exchange",
)


class Responder:
    """Answers requests from a tape, and from nothing else. Like the tape, it serves one event loop."""

    def __init__(
        self, tape: Tape, auth: Authentication = "auto", faults: Faults | None = None, latency: Latency = "none"
    ) -> None:
        self.tape = tape
        self.faults = faults or Faults()
        self._door = Doorkeeper(tape, auth)
        self._pace = {"none": 0.0, "recorded": 1.0}[latency] if isinstance(latency, str) else latency

    def respond(self, request: Request, connection: str, now: float = 0.0) -> Reply:
        """The reply to any request at all. Never raises.

        Args:
            request: as the client sent it, with its authentication headers and without Content-Encoding.
            connection: identifies the client's connection, which is what NTLM logs on.
            now: seconds on a clock that only goes forward.
        """
        try:
            path, service = place_of(request.url)
            aside = self._aside(request, connection, path)
            if aside is not None:
                return aside
            return _ELSEWHERE if service is None else self._answer(request, service, now)
        except Exception as error:  # noqa: BLE001  fail closed: a front without a reply might look for one elsewhere
            kind = type(error).__name__
            return Reply(response=_fault(request, f"ewstape failed to answer: {kind}"), note=f"failed inside: {kind}")

    def closed(self, connection: str) -> None:
        """A connection has ended, and its logon with it."""
        self._door.closed(connection)

    def _aside(self, request: Request, connection: str, path: str) -> Reply | None:
        """The reply to what needs no tape: what nobody asks an Exchange, the rewinding, and legs of a logon."""
        if request.method not in _METHODS:
            headers = (*_TEXT, ("Allow", ", ".join(_METHODS)))
            response = Response(
                status=405, headers=headers, body=b"ewstape replays a recording; it knows no such method.\n"
            )
            return Reply(response=response, note="refused: not a method of Exchange")
        if path == REWIND and request.method == "POST":
            self.tape.rewind()
            self.faults.rewind()
            return Reply(response=Response(status=204), note="rewound")
        if leg := self._door.leg(request, connection):
            return Reply(response=leg.response, note=leg.note)
        return None

    def _answer(self, request: Request, service: Service, now: float) -> Reply:
        """The reply to an operation: from the tape, unless a fault is put in its place."""
        operation = operation_of(request, service)
        if probed := self._door.probe(request, operation):
            return Reply(response=probed.response, note=probed.note)
        rule = self.faults.strike(operation)
        if rule is not None and rule.fault in _INSTEAD:
            return self._instead(request, rule)
        found = self.tape.answer(request, operation, now)
        if isinstance(found, Miss):
            return Reply(response=_refusal(request, str(found)), note=str(found), miss=found)
        recorded, played = found.interaction, found.response
        reply = Reply(
            response=_played(request, recorded, played, self._pace),
            note=f"{spec_name(recorded.operation)}  answered with interaction {recorded.number}",
            recorded=recorded,
            call=found.call,
            delay=_before(recorded) * self._pace if self._pace else 0.0,
        )
        return reply if rule is None else _disturbed(reply, rule)

    def _instead(self, request: Request, rule: FaultRule) -> Reply:
        """The reply that a fault puts in the place of the answer; the tape stays where it is."""
        match rule.fault:
            case FaultKind.BUSY:
                text = "The server cannot service this request right now. Try again later."
                response = _fault(request, text, code="ErrorServerBusy", back_off_ms=rule.back_off_ms)
            case FaultKind.UNAUTHORIZED:
                response = Response(status=401, headers=self._door.offers())
            case _:
                response = Response(status=503, headers=_TEXT, body=b"Service Unavailable\n")
        return _marked(Reply(response=response, note="not answered"), rule)


_INSTEAD = frozenset({FaultKind.BUSY, FaultKind.UNAVAILABLE, FaultKind.UNAUTHORIZED, FaultKind.RESET})


def _disturbed(reply: Reply, rule: FaultRule) -> Reply:
    """The reply with the fault that strikes it on its way."""
    marked = _marked(reply, rule)
    if rule.fault is FaultKind.DELAY:
        return replace(marked, delay=reply.delay + rule.seconds)
    return replace(marked, cut=len(reply.response.body) // 2)


def _marked(reply: Reply, rule: FaultRule) -> Reply:
    response = replace(reply.response, headers=(*reply.response.headers, (_FAULT, rule.fault.value)))
    return replace(reply, response=response, note=f"{reply.note}; fault put in: {rule.fault}", fault=rule.fault)


def _before(recorded: Interaction) -> float:
    """How long the recorded client waited for the headers, in seconds."""
    response = recorded.response
    streamed = response.chunks[-1].at if response is not None and response.chunks else 0.0
    return max(0.0, recorded.took - streamed)


def _played(request: Request, recorded: Interaction, response: Response | None, pace: float) -> Response:
    """The recorded response as this client can take it.

    A streamed body is not encoded again, or the sizes of its chunks would no longer fit.
    """
    if response is None:
        return _fault(request, f"the recorded request got no answer: {recorded.error or 'unknown error'}", status=502)
    headers = end_to_end(response.headers)
    if not (response.chunks or response.coding):
        return response if headers == response.headers else replace(response, headers=headers)
    body = response.body
    if response.chunks:
        chunks = tuple(Chunk(chunk.at * pace, chunk.size) for chunk in response.chunks)
        return replace(response, headers=headers, chunks=chunks, coding="")
    if response.coding and accepts(request.headers, response.coding):
        with suppress(WireError):  # a hand-written tape may name any coding
            body = compress(body, response.coding)
            headers = (*headers, ("Content-Encoding", response.coding))
    return replace(response, headers=headers, body=body, coding="")


def _refusal(request: Request, reason: str) -> Response:
    """How a miss looks to the client: a fault, or plain text for one who did not send SOAP."""
    if request.method != "POST":
        return Response(status=404, headers=(*_TEXT, _MISS), body=f"{reason}\n".encode())
    fault = _fault(request, reason)
    return replace(fault, headers=(*fault.headers, _MISS))


def _fault(
    request: Request, reason: str, *, code: str = _CODE, status: int = 500, back_off_ms: int | None = None
) -> Response:
    soap12 = SOAP12.encode() in request.body or "soap+xml" in first(request.headers, "Content-Type").lower()
    content_type = "application/soap+xml; charset=utf-8" if soap12 else "text/xml; charset=utf-8"
    body = build_fault(code, reason, soap_version="1.2" if soap12 else "1.1")
    if back_off_ms is not None:
        end = b"</s:Detail>" if soap12 else b"</detail>"
        body = body.replace(end, _BACK_OFF.format(back_off_ms).encode() + end)
    return Response(status=status, headers=(("Content-Type", content_type),), body=body)


_BACK_OFF = f'<t:MessageXml xmlns:t="{TYPES}"><t:Value Name="BackOffMilliseconds">{{}}</t:Value></t:MessageXml>'
