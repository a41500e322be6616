"""What clients asked in a test and what they were told: kept as it came, decoded when somebody looks.

The live side of a replay: the numbers that were dialled and the ids that were handed out, not those on tape.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from ewstape.errors import WireError
from ewstape.interaction import Interaction, Request, Response
from ewstape.operations import read_request
from ewstape.replay import Miss
from ewstape.replay.headers import first
from ewstape.wire.content import decompress
from ewstape.wire.endpoints import service_of

__all__ = ["Journal"]

_KEPT = 10_000
"""Exchanges and misses that are kept, the latest: more than a test has, and a bound for a long `ewstape run`."""
_UNAUTHORIZED = 401


class Journal:
    """Exchanges as they happen. Written in the loop's thread, read there, too."""

    def __init__(self) -> None:
        self._exchanges: deque[tuple[float, Request, Response]] = deque(maxlen=_KEPT)
        self.misses: deque[Miss] = deque(maxlen=_KEPT)
        """The requests that had no answer."""

    def note(self, request: Request, response: Response, now: float, miss: Miss | None = None) -> None:
        """A request was answered at `now`, in seconds of any clock that only goes forward."""
        self._exchanges.append((now, request, response))
        if miss is not None:
            self.misses.append(miss)

    def interactions(self) -> tuple[Interaction, ...]:
        """The exchanges in the order of their answers; what is a step of a logon or not Exchange's is left out."""
        return tuple(self._decoded())

    def _decoded(self) -> Iterator[Interaction]:
        began = self._exchanges[0][0] if self._exchanges else 0.0
        number = 0
        for at, request, response in self._exchanges:
            path = urlsplit(request.url).path
            service = service_of(path)
            if service is None or response.status == _UNAUTHORIZED:
                continue
            number += 1
            asked = read_request(
                request.body,
                service=service,
                method=request.method,
                path=path,
                content_type=first(request.headers, "Content-Type"),
            )
            yield Interaction(
                number=number,
                operation=asked.operation,
                at=at - began,
                request=replace(request, fields=asked.fields),
                response=_plain(response),
            )


def _plain(response: Response) -> Response:
    """The response without the Content-Encoding that it was sent with."""
    coding = first(response.headers, "Content-Encoding")
    if coding and not response.coding:
        with suppress(WireError):  # of what a fault has cut short, there is no content
            return replace(response, body=decompress(response.body, coding), coding=coding)
    return response
