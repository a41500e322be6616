"""The planted secrets as real HTTP: a client, and what a `Sandbox` answers it."""

from collections.abc import Sequence
from http.client import HTTPConnection, HTTPSConnection
from threading import Lock
from urllib.parse import urlsplit

from planted_secrets import Exchange

from ewstape.interaction import Request, Response

_PATIENCE = 20


class Answers:
    """A sandbox's hook: answers the requests with what is planted for them, one after another."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._left = list(exchanges)
        self._lock = Lock()

    def __call__(self, _: Request) -> Response | None:
        with self._lock:
            exchange = self._left.pop(0)
        return Response(status=exchange.answer_status, headers=exchange.answer_headers, body=exchange.answer_body)


def send(exchanges: Sequence[Exchange], base: str) -> int:
    """Sends every request to the server at `base`, which may be a proxy in front of it; how many were answered.

    Each on a connection of its own, so that a logon on one says nothing about the next.
    """
    parts = urlsplit(base)
    answered = 0
    for exchange in exchanges:
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE)
        try:
            connection.request("POST", exchange.path, exchange.body, dict(exchange.headers))
            body = connection.getresponse().read()
            answered += body == exchange.answer_body
        finally:
            connection.close()
    return answered
