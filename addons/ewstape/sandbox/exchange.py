"""The simulated server without the network: a request in, an answer out.

The URL path tells the service, the first element of the SOAP body the operation, and a table its handler. What a
handler refuses becomes an error response or a fault, as the service has it.
"""

from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from urllib.parse import urlsplit

from ewstape.errors import WireError
from ewstape.interaction import MESSAGES, Request, Response, Service
from ewstape.sandbox.calls import Calls
from ewstape.sandbox.description import describe
from ewstape.sandbox.identifiers import SERVER, Identifiers
from ewstape.sandbox.legacy import EXCEPTION_TYPES, LegacyService
from ewstape.sandbox.mailbox import Mailbox
from ewstape.sandbox.markup import (
    Refusal,
    SchemaViolation,
    envelope,
    legacy_envelope,
    legacy_fault,
    refused,
)
from ewstape.sandbox.notifications import Notifications
from ewstape.sandbox.timezones import get_server_time_zones
from ewstape.wire import build_fault, read_envelope
from ewstape.wire.endpoints import service_of
from ewstape.wire.namespaces import Element, local_name, namespace

type Answer = Response | Iterator[bytes]
"""A response, or the pieces of a streamed one (status 200), to be sent as they come."""

CONTENT_TYPE = "text/xml; charset=utf-8"  # letter for letter: one client compares it as text


class Exchange:
    """One server with one mailbox, its calls and its subscriptions. Safe to ask from several threads."""

    def __init__(self, seed: int, pause: Callable[[], object]) -> None:
        """Args: `seed`, from which all ids follow; `pause`, called between two envelopes of a notification stream."""
        identifiers = Identifiers(seed)
        mailbox = Mailbox(identifiers)
        calls = Calls(identifiers, mailbox.is_item)
        self._notifications = Notifications(identifiers, mailbox)
        self._pause = pause
        self._lock = Lock()
        self._headers = (
            ("Content-Type", CONTENT_TYPE),
            ("Set-Cookie", f"exchangecookie={identifiers.digest('cookie').hex()[:32]}; path=/; HttpOnly"),
            ("X-FEServer", SERVER.partition(".")[0].upper()),
        )
        self._ews: Mapping[str, Callable[[Element], str]] = {
            **calls.operations,
            **mailbox.operations,
            **self._notifications.operations,
            "GetServerTimeZones": get_server_time_zones,
        }
        self._um = LegacyService(calls, mailbox.is_entry, mailbox.inbox.id).operations

    def answer(self, request: Request) -> Answer:
        """Carry out a request."""
        url = urlsplit(request.url)
        service = service_of(url.path)
        if service is None or service is Service.AUTODISCOVER:
            return Response(status=404)
        if request.method == "GET":
            return describe(url)
        try:
            payload = read_envelope(request.body, content_type=_content_type(request)).payload
        except WireError as error:
            return self._fault("ErrorSchemaValidation", f"The request failed schema validation: {error}")
        if payload is None or namespace(payload) != MESSAGES:
            return self._fault("ErrorInvalidRequest", "The request is invalid.")
        return self._um_answer(payload) if service is Service.UM else self._ews_answer(payload)

    def _ews_answer(self, payload: Element) -> Answer:
        name = local_name(payload)
        if name == "GetStreamingEvents":
            return self._notifications.stream(payload, self._pause)
        handle = self._ews.get(name)
        if handle is None:
            return self._fault("ErrorInvalidRequest", "The request is invalid.")
        try:
            with self._lock:
                body = envelope(handle(payload))
        except Refusal as refusal:
            body = envelope(refused(name.removesuffix("2"), refusal))
        except (SchemaViolation, ValueError) as violation:  # the latter from a number that is none
            return self._fault("ErrorSchemaValidation", f"The request failed schema validation: {violation}")
        return Response(status=200, headers=self._headers, body=body)

    def _um_answer(self, payload: Element) -> Answer:
        handle = self._um.get(local_name(payload))
        if handle is None:
            return self._fault("ErrorInvalidRequest", "The request is invalid.")
        try:
            with self._lock:
                body = legacy_envelope(handle(payload))
        except Refusal as refusal:
            body = legacy_fault(EXCEPTION_TYPES[refusal.code], refusal.text)
            return Response(status=500, headers=self._headers, body=body)
        except SchemaViolation as violation:
            return self._fault("ErrorInvalidRequest", str(violation))
        return Response(status=200, headers=self._headers, body=body)

    def _fault(self, code: str, message: str) -> Response:
        return Response(status=500, headers=self._headers, body=build_fault(code, message))


def _content_type(request: Request) -> str:
    return next((value for name, value in request.headers if name.lower() == "content-type"), "")
