"""How mitmproxy's programs show a message of Exchange: as a cassette would, the operation, what it means, its XML.

What is shown is YAML, so mitmproxy highlights it as that. It cannot be edited, since a changed field would change
nothing: edit the message in another view. This module is imported only by programs that show flows.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import override

from mitmproxy import contentviews, http

from ewstape.cassette.bodies import render
from ewstape.cassette.text import block
from ewstape.interaction import MESSAGES, UNKNOWN, Operation, Service
from ewstape.operations import Decoded, read_request, read_response, spec_name
from ewstape.report.escape import escape
from ewstape.wire.endpoints import service_of

__all__ = ["EwsContentview"]

_PRIORITY = 2.0
"""Before mitmproxy's own view of XML, which says 1."""
_LOOKED_AT = 4096
"""Bytes in which an envelope and its namespaces begin."""
_NOT_OURS = -1.0


class EwsContentview(contentviews.Contentview):
    """Shows EWS requests and responses decoded."""

    name = "EWS"
    syntax_highlight = "yaml"

    @override
    def render_priority(self, data: bytes, metadata: contentviews.Metadata) -> float:
        """Chosen for SOAP on a path of Exchange, and wherever the namespace of EWS is."""
        begins = data[:_LOOKED_AT].replace(b"\0", b"")  # of UTF-16
        if b"Envelope" not in begins:
            return _NOT_OURS
        flow = metadata.flow
        on_its_path = isinstance(flow, http.HTTPFlow) and service_of(flow.request.path) is not None
        return _PRIORITY if on_its_path or MESSAGES.encode() in begins else _NOT_OURS

    @override
    def prettify(self, data: bytes, metadata: contentviews.Metadata) -> str:
        """The message decoded; never raises."""
        lines = (line.expandtabs(2) for line in _lines(_decoded(data, metadata), data))
        return "\n".join(map(escape, lines)) + "\n"


def _decoded(data: bytes, metadata: contentviews.Metadata) -> Decoded:
    """What a message says; a response is told by its message, and its operation by the request of its flow."""
    message, flow = metadata.http_message, metadata.flow
    content_type = "" if message is None else message.headers.get("content-type", "")
    request = flow.request if isinstance(flow, http.HTTPFlow) else None
    status = _OK
    if isinstance(message, http.Response):
        status = message.status_code
        operation = Operation(UNKNOWN)
        if request is not None:
            body = request.get_content(strict=False) or b""
            operation = _asked(body, request, request.headers.get("content-type", "")).operation
    else:
        asked = _asked(data, request, content_type)
        name = asked.operation.name
        if message is not None or not name.endswith(_RESPONSE):
            return asked
        operation = replace(asked.operation, name=name.removesuffix(_RESPONSE))
    return read_response(operation, data, status=status, content_type=content_type)


_OK = 200
_RESPONSE = "Response"


def _asked(body: bytes, request: http.Request | None, content_type: str) -> Decoded:
    method, path = ("POST", "") if request is None else (request.method, request.path)
    service = service_of(path) or Service.EWS
    return read_request(body, service=service, method=method, path=path, content_type=content_type)


def _lines(message: Decoded, data: bytes) -> Iterator[str]:
    name, documented = str(message.operation), spec_name(message.operation)
    yield f"operation: {name}" + (f"  # {documented} in MS-OXWUMS" if documented != message.operation.name else "")
    if message.fields:
        yield "fields:"
        yield from block(message.fields, "  ")
    if message.notes:
        yield "notes:"
        yield from block(message.notes, "  ")
    for line in render(data).splitlines():
        if not line.startswith(_OF_CASSETTES):
            yield line.removeprefix("  ")


_OF_CASSETTES = ("  layout: ", "  newlines: ")
"""What a cassette says of a body so that it can be restored."""
