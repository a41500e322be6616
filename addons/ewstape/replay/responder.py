"""Makes the HTTP response to whatever a client sends: a logon leg, an answer from the tape, or a refusal.

Nothing here can reach a server, and everything gets a response: what goes wrong inside becomes a SOAP fault, so that a
front never has a request left over that it could be tempted to pass on. A fault says ErrorInternalServerError, which
clients raise at once. (exchangelib takes ErrorInvalidRequest for a wrong version and tries all the others first, and
sleeps on the busy and transient errors.)
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from ewstape.errors import WireError
from ewstape.interaction import Headers, Interaction, Operation, Request, Response
from ewstape.operations import read_request
from ewstape.replay.headers import accepts, end_to_end, first
from ewstape.replay.miss import Miss
from ewstape.replay.tape import Tape
from ewstape.wire import build_fault, compress, ntlm_challenge, ntlm_message_type, scheme_of
from ewstape.wire.endpoints import service_of
from ewstape.wire.namespaces import SOAP12

type Authentication = Literal["auto", "none"]
"""`auto`: whoever begins NTLM or Negotiate is challenged, anyone else is let in. `none`: everyone is let in."""

_PROBE = "ConvertId"
"""What exchangelib sends, without credentials, to be told which logon a server wants. As the answer was a challenge, no
tape holds it, and a fault would end the client with "failed to get auth type"."""

_TEXT: Headers = (("Content-Type", "text/plain; charset=utf-8"),)
_MISS = ("X-Ewstape-Miss", "1")
_CODE = "ErrorInternalServerError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response and how it was made."""

    response: Response
    """Ready to be sent: `body` has the Content-Encoding that the headers name. Length and hop-by-hop headers are left
    to whoever sends it, and so is keeping the connection open, which NTLM needs."""
    note: str
    """One line for the log, without live values."""
    interaction: int | None = None
    """The number of the recorded interaction that answered."""
    miss: Miss | None = None


class Responder:
    """Answers requests from a tape, and from nothing else. Like the tape, it serves one event loop."""

    def __init__(self, tape: Tape, auth: Authentication = "auto") -> None:
        self.tape = tape
        self._auth = auth

    def respond(self, request: Request, connection: str) -> Reply:  # noqa: ARG002  part of the fronts' contract
        """The reply to any request at all. Never raises.

        Args:
            request: as the client sent it, with its authentication headers and without Content-Encoding.
            connection: identifies the client's connection, which is what NTLM logs on.
        """
        try:
            return self._logon(request) or self._answer(request)
        except Exception as error:  # noqa: BLE001  fail closed: a front without a reply might look for one elsewhere
            kind = type(error).__name__
            return Reply(response=_fault(request, f"ewstape failed to answer: {kind}"), note=f"failed inside: {kind}")

    def _logon(self, request: Request) -> Reply | None:
        """A leg of a logon. It never touches the tape, which holds operations only.

        curl and the EWS Managed API begin NTLM with an empty body; requests_ntlm and others send the whole operation on
        every leg. A POST without a body can be no operation, so it is accepted: the client then sends the operation.
        """
        authorization = first(request.headers, "Authorization")
        if self._auth == "auto" and ntlm_message_type(authorization) == 1:
            challenge = ("WWW-Authenticate", ntlm_challenge(authorization))
            return Reply(
                response=Response(status=401, headers=(challenge,)),
                note=f"logon: {scheme_of(authorization)} challenge",
            )
        if request.method == "POST" and not request.body:
            return Reply(response=Response(status=200), note="logon: a leg without a body, accepted")
        return None

    def _answer(self, request: Request) -> Reply:
        path = urlsplit(request.url).path
        service = service_of(path)
        if service is None:
            text = "This is a recording of Exchange Web Services played back by ewstape; nothing else answers here.\n"
            return Reply(
                response=Response(status=404, headers=_TEXT, body=text.encode()), note="not a path of Exchange"
            )
        asked = read_request(
            request.body,
            service=service,
            method=request.method,
            path=path,
            content_type=first(request.headers, "Content-Type"),
        )
        if self._is_probe(request, asked.operation):
            return Reply(response=Response(status=401, headers=self._offers()), note="logon: schemes offered")
        found = self.tape.answer(request, asked.operation, asked.fields)
        if isinstance(found, Miss):
            return Reply(response=_refusal(request, str(found)), note=str(found), miss=found)
        recorded = found.interaction
        return Reply(
            response=_played(request, recorded),
            note=f"answered with interaction {recorded.number}",
            interaction=recorded.number,
        )

    def _is_probe(self, request: Request, operation: Operation) -> bool:
        return (
            self._auth == "auto"
            and operation.name == _PROBE
            and not first(request.headers, "Authorization")
            and not self.tape.holds(operation)
        )

    def _offers(self) -> Headers:
        """The logons that worked when the tape was recorded, and the simplest one."""
        schemes = dict.fromkeys((*self.tape.logons, "Basic"))
        return tuple(
            ("WWW-Authenticate", f'{scheme} realm="ewstape"' if scheme == "Basic" else scheme) for scheme in schemes
        )


def _played(request: Request, recorded: Interaction) -> Response:
    """The recorded response as this client can take it.

    A streamed body is not encoded again, or the sizes of its chunks would no longer fit.
    """
    response = recorded.response
    if response is None:
        return _fault(request, f"the recorded request got no answer: {recorded.error or 'unknown error'}", status=502)
    headers = end_to_end(response.headers)
    body = response.body
    if response.coding and not response.chunks and accepts(request.headers, response.coding):
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


def _fault(request: Request, reason: str, status: int = 500) -> Response:
    soap12 = SOAP12.encode() in request.body or "soap+xml" in first(request.headers, "Content-Type").lower()
    content_type = "application/soap+xml; charset=utf-8" if soap12 else "text/xml; charset=utf-8"
    body = build_fault(_CODE, reason, soap_version="1.2" if soap12 else "1.1")
    return Response(status=status, headers=(("Content-Type", content_type),), body=body)
