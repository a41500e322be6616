"""One recording: numbers exchanges by their start, folds logons, redacts, decodes, and writes.

The order is fixed: a logon is judged by its real headers, everything after that sees redacted messages only. Decoded
fields and notes are made from the redacted bodies, so nothing has to be taken out of them.

The proxy reports an exchange twice, when it begins and when it is over; in between any number of others may pass. Times
are the proxy's own (seconds since the epoch), so nothing here reads a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ewstape.cassette.bodies import LARGEST
from ewstape.interaction import Headers, Interaction, Message, Operation, Request, Response, Service
from ewstape.operations import Reader
from ewstape.recording.logons import Logons
from ewstape.redaction import Redactor, redact_headers, redact_url
from ewstape.wire.endpoints import service_of

_STATUSES = range(100, 600)  # RFC 9110 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An HTTP request and what came of it, as the proxy saw it: not yet redacted, not yet decoded."""

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
    redactor: Redactor | None
    """Takes out what must not be written; `None` takes out credentials and cookies only."""
    began: float
    """When the recording began, in seconds since the epoch: `Interaction.at` counts from here."""
    next_number: int = 1
    """The number of the next exchange to begin."""
    logons: Logons = field(default_factory=Logons)
    reader: Reader = field(default_factory=Reader)
    """Knows the templates of what was recorded before."""
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
        operation, request, response = interpret(exchange.request, exchange.response, self.redactor, self.reader)
        error = exchange.error if self.redactor is None else self.redactor.text(exchange.error)
        if logon.failed:
            error = "logon failed"
        if response is not None and response.status not in _STATUSES:  # it could not be replayed, nor loaded again
            error = f"the server answered with {response.status}, which is no status of HTTP"
            response = None
        if response is not None and (large := _too_large(response)):
            error = f"the response has {large}"
            response = None
        if large := _too_large(request):
            request = replace(request, body=b"", notes=(*request.notes, f"withheld: {large}"))
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


def interpret(
    request: Request, response: Response | None, redactor: Redactor | None, reader: Reader | None = None
) -> tuple[Operation, Request, Response | None]:
    """The operation, and both messages redacted and decoded, by a `reader` that knows what came before.

    What cannot be decoded says why in its notes; nothing here raises for what a peer sends.
    """
    reader = reader or Reader()
    request = redactor.request(request) if redactor else _without_credentials(request)
    path = urlsplit(request.url).path
    asked = reader.request(
        request.body,
        service=service_of(path) or Service.EWS,
        method=request.method,
        path=path,
        content_type=_content_type(request.headers),
    )
    request = replace(request, fields=asked.fields, notes=(*request.notes, *asked.notes))
    if response is not None:
        response = redactor.response(response, asked.operation) if redactor else _without_credentials(response)
        answered = reader.response(
            asked.operation,
            response.body,
            status=response.status,
            content_type=_content_type(response.headers),
        )
        response = replace(response, fields=answered.fields, notes=(*response.notes, *answered.notes))
    return asked.operation, request, response


def _too_large(message: Message) -> str:
    """What is to be said of a body that no cassette holds; empty if it fits."""
    size = len(message.body)
    return f"{size} bytes, more than a cassette holds ({LARGEST})" if size > LARGEST else ""


def _without_credentials[M: Request | Response](message: M) -> M:
    """What is never written, redaction or not."""
    headers = redact_headers(message.headers)
    if isinstance(message, Request):
        return replace(message, headers=headers, url=redact_url(message.url))
    return replace(message, headers=headers)


def _content_type(headers: Headers) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")
