"""One recording: numbers exchanges by their start, folds logons, decodes, takes credentials out, and writes.

The proxy reports an exchange twice, when it begins and when it is over; in between any number of others may pass. Times
are the proxy's own (seconds since the epoch), so nothing here reads a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ewstape.interaction import Headers, Interaction, Operation, Request, Response, Service
from ewstape.operations import read_request, read_response
from ewstape.recording.logons import Logons
from ewstape.redaction import redact_headers, redact_url
from ewstape.wire.endpoints import service_of

_STATUSES = range(100, 600)  # RFC 9110 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An HTTP request and what came of it, as the proxy saw it: with credentials, not yet decoded."""

    number: int
    connection: str
    """Identifies the client's connection."""
    started: float
    ended: float
    request: Request
    response: Response | None
    error: str = ""


@dataclass(slots=True)
class Recorder:
    """Turns exchanges into interactions and hands each to `write` before the client gets its answer."""

    write: Callable[[Interaction], None]
    began: float
    """When the recording began, in seconds since the epoch: `Interaction.at` counts from here."""
    next_number: int = 1
    """The number of the next exchange to begin."""
    logons: Logons = field(default_factory=Logons)
    count: int = 0
    """Interactions written so far."""

    def begin(self) -> int:
        """The number of an exchange that begins now. Those of logon legs are not given again, so there are gaps."""
        number = self.next_number
        self.next_number += 1
        return number

    def end(self, exchange: Exchange) -> Interaction | None:
        """Writes the exchange and returns it as an interaction, or `None` if it was only a leg of a logon.

        Raises:
            CassetteError: it could not be written; the client must not get the answer then.
        """
        logon = self.logons.judge(exchange.connection, exchange.request, exchange.response)
        if logon is None:
            return None
        operation, request, response = interpret(exchange.request, exchange.response)
        error = "logon failed" if logon.failed else exchange.error
        if response is not None and response.status not in _STATUSES:  # it could not be replayed, nor loaded again
            error = f"the server answered with {response.status}, which is no status of HTTP"
            response = None
        interaction = Interaction(
            number=exchange.number,
            operation=operation,
            at=max(0.0, exchange.started - self.began),
            took=max(0.0, exchange.ended - exchange.started),
            auth=logon.scheme,
            error=error,
            request=request,
            response=response,
        )
        self.write(interaction)
        self.count += 1
        return interaction


def interpret(request: Request, response: Response | None) -> tuple[Operation, Request, Response | None]:
    """The operation, and both messages decoded and without credentials.

    What cannot be decoded stays as it is and says why in its notes; nothing here raises for what a peer sends.
    """
    path = urlsplit(request.url).path
    asked = read_request(
        request.body,
        service=service_of(path) or Service.EWS,
        method=request.method,
        path=path,
        content_type=_content_type(request.headers),
    )
    request = replace(
        request,
        url=redact_url(request.url),
        headers=redact_headers(request.headers),
        fields=asked.fields,
        notes=(*request.notes, *asked.notes),
    )
    if response is not None:
        answered = read_response(
            asked.operation,
            response.body,
            status=response.status,
            content_type=_content_type(response.headers),
        )
        response = replace(
            response,
            headers=redact_headers(response.headers),
            fields=answered.fields,
            notes=(*response.notes, *answered.notes),
        )
    return asked.operation, request, response


def _content_type(headers: Headers) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")
