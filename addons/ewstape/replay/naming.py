"""Which operation a request is for, without decoding it."""

from functools import lru_cache
from urllib.parse import urlsplit

from ewstape.interaction import Operation, Request, Service
from ewstape.operations import read_request
from ewstape.replay.headers import first
from ewstape.replay.templates import REMEMBERED
from ewstape.wire.endpoints import service_of
from ewstape.wire.skeleton import LONGEST, example, is_ascii, taken_apart


@lru_cache(256)
def place_of(url: str) -> tuple[str, Service | None]:
    """The path of a URL, and the service that is there."""
    path = urlsplit(url).path
    return path, service_of(path)


def operation_of(request: Request, service: Service) -> Operation:
    """The operation that a request to a service names, as `operations.read_request` has it."""
    body, content_type = request.body, first(request.headers, "Content-Type")
    if 0 < len(body) <= LONGEST and is_ascii(content_type) and (operation := _told(body, service)) is not None:
        return operation
    path, _ = place_of(request.url)
    return read_request(
        request.body, service=service, method=request.method, path=path, content_type=content_type
    ).operation


@lru_cache(REMEMBERED)
def _told(body: bytes, service: Service) -> Operation | None:
    """The operation that a body alone tells; `None` if it takes more."""
    cut = taken_apart(body)
    return None if cut is None else _named(cut.skeleton, cut.names, service)


@lru_cache(256)
def _named(skeleton: bytes, names: tuple[bytes, ...], service: Service) -> Operation:
    """The operation of every body with this skeleton: no value tells it, but for the namespaces."""
    body = example(skeleton, names)
    return read_request(body, service=service, method="POST", path="", content_type="").operation
