"""One document of a cassette -> Header or Interaction, with everything typed and checked.

A cassette may be hand-written or hostile, so what reaches HTTP is checked here, once: statuses, tokens, header values,
URLs. Header lines that only fit the recorded transfer (Content-Length and hop-by-hop ones) are loaded as they stand;
whoever serves the answer makes its own. Only the operation and a request are required.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from ewstape.cassette import bodies, quick
from ewstape.cassette.nodes import ANYWHERE, NOTHING, Node, Place, load
from ewstape.cassette.patterns import CHUNK, CODING, HEADER_VALUE, HTTP, TOKEN
from ewstape.cassette.strictyaml import Problem, shorten
from ewstape.errors import CassetteError
from ewstape.interaction import MESSAGES, Chunk, Field, Headers, Interaction, Operation, Request, Response, Service

VERSION = 1

HEADER_KEYS = ("ewstape", "recorded", "recorder", "upstream", "redaction")
INTERACTION_KEYS = (
    "operation",
    "service",
    "namespace",
    "number",
    "at",
    "took",
    "auth",
    "error",
    "request",
    "response",
)
BODY_KEYS = ("content_encoding", "charset", "newlines", "layout", "body", "body_base64")
REQUEST_KEYS = ("fields", "notes", "http", "headers", *BODY_KEYS)
RESPONSE_KEYS = ("fields", "notes", "status", "reason", "headers", "chunks", *BODY_KEYS)
"""The keys of each mapping, in the order in which they are written."""

DEFAULT_HTTP = {
    Service.EWS: "POST https://ewstape.invalid/EWS/Exchange.asmx",
    Service.UM: "POST https://ewstape.invalid/EWS/UM2007Legacy.asmx",
    Service.AUTODISCOVER: "POST https://ewstape.invalid/autodiscover/autodiscover.svc",
}
DEFAULT_HEADERS: Headers = (("Content-Type", "text/xml; charset=utf-8"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first document of a cassette: where the interactions come from and what was taken out of them."""

    version: int = VERSION
    recorded: str = ""
    """When the recording began, as RFC 3339 in UTC; empty in a hand-written cassette."""
    recorder: str = ""
    """Name and version of the program that wrote it."""
    upstream: str = ""
    """The server that answered, as an absolute URL without a path."""
    redaction: tuple[str, ...] = ()
    """Names of the redaction rules in force."""


def load_header(text: str, place: Place = ANYWHERE) -> Header:
    """The header that `text` holds.

    Raises:
        CassetteError: it is no header, or one of another version.
    """
    return load(_header, text, place)


def load_interaction(document: str | bytes, *, position: int = 1, place: Place = ANYWHERE) -> Interaction:
    """The interaction that `document` holds. `position` is its number if it states none.

    Raises:
        CassetteError: it is no interaction, one that must not be served, or not UTF-8.
    """
    text, encoded = (document, None) if isinstance(document, str) else (_decoded(document, place), document)
    return quick.read(text, encoded) or load(lambda node: _interaction(node, position), text, place)


def _decoded(document: bytes, place: Place) -> str:
    try:
        return document.decode()
    except UnicodeDecodeError as error:
        line = place.line + document.count(b"\n", 0, error.start)
        raise CassetteError(f"{place.source}: document {place.document}: line {line}: not UTF-8 text") from None


def _header(node: Node) -> Header:
    value = node.value
    if not isinstance(value, dict) or "ewstape" not in value:
        raise Problem("expected the header document, which has the key 'ewstape'", ())
    if value["ewstape"] != str(VERSION):
        raise Problem(
            f"cassette version {shorten(value['ewstape'])} is not known; this ewstape reads version {VERSION}",
            ("ewstape",),
        )
    known = node.mapping(HEADER_KEYS)
    return Header(
        recorded=known.get("recorded", NOTHING).text(),
        recorder=known.get("recorder", NOTHING).text(),
        upstream=known.get("upstream", NOTHING).text(),
        redaction=known["redaction"].texts() if "redaction" in known else (),
    )


def _interaction(node: Node, position: int) -> Interaction:
    known = node.mapping(INTERACTION_KEYS)
    for required in ("operation", "request"):
        if required not in known:
            raise Problem(f"expected the key {required!r}", ())
    operation = Operation(
        known["operation"].pattern(r"(?s).+", "the operation's name"),
        Service(known["service"].one_of(tuple(Service)) if "service" in known else "ews"),
        known["namespace"].text() if "namespace" in known else MESSAGES,
    )
    return Interaction(
        number=known["number"].integer(1, 10**15, "a number from 1") if "number" in known else position,
        operation=operation,
        at=known["at"].seconds() if "at" in known else 0.0,
        took=known["took"].seconds() if "took" in known else 0.0,
        auth=known.get("auth", NOTHING).text(),
        error=known.get("error", NOTHING).text(),
        request=_request(known["request"], operation.service),
        response=_response(known["response"]) if "response" in known else None,
    )


def _request(node: Node, service: Service) -> Request:
    known = node.mapping(REQUEST_KEYS)
    http = known.get("http") or Node(DEFAULT_HTTP[service])
    expected = "a method and an absolute http(s) URL"
    match = re.fullmatch(HTTP, http.text(expected)) or http.wrong(expected)
    return Request(
        method=match[1],
        url=match[2],
        headers=_headers(known.get("headers")),
        body=_body(known),
        coding=_coding(known),
        fields=_fields(known),
        notes=known["notes"].texts() if "notes" in known else (),
    )


def _response(node: Node) -> Response:
    known = node.mapping(RESPONSE_KEYS)
    if "status" not in known:
        raise Problem("expected the key 'status'", node.path)
    return Response(
        status=known["status"].integer(100, 599, "a status from 100 to 599"),
        reason=known.get("reason", NOTHING).pattern(HEADER_VALUE, "a reason phrase without control characters"),
        chunks=tuple([_chunk(item) for item in known["chunks"].items()]) if "chunks" in known else (),
        headers=_headers(known.get("headers")),
        body=_body(known),
        coding=_coding(known),
        fields=_fields(known),
        notes=known["notes"].texts() if "notes" in known else (),
    )


def _headers(node: Node | None) -> Headers:
    if node is None:
        return DEFAULT_HEADERS
    lines = []
    for name, values in node.mapping().items():
        if not re.fullmatch(TOKEN, name):
            raise Problem("expected a header name of letters, digits and hyphens", values.path)
        for value in values.items() if isinstance(values.value, list) else [values]:
            text = value.pattern(HEADER_VALUE, "a header value: latin-1 text without control characters")
            lines.append((name, text))
    return tuple(lines)


def _chunk(node: Node) -> Chunk:
    expected = "a chunk such as '0.250 312': seconds and bytes"
    match = re.fullmatch(CHUNK, node.text(expected)) or node.wrong(expected)
    return Chunk(float(match[1]), int(match[2]))


def _coding(known: dict[str, Node]) -> str:
    if "content_encoding" not in known:
        return ""
    return known["content_encoding"].pattern(CODING, "a content coding such as gzip")


def _fields(known: dict[str, Node]) -> dict[str, Field]:
    return {key: node.value for key, node in known["fields"].mapping().items()} if "fields" in known else {}


def _body(known: dict[str, Node]) -> bytes:
    if "body_base64" in known:
        node = known["body_base64"]
        if other := next((key for key in BODY_KEYS[1:-1] if key in known), ""):
            raise Problem(f"expected no {other!r} beside 'body_base64'", node.path)
        try:
            return base64.b64decode("".join(node.text().split()), validate=True)
        except (binascii.Error, ValueError):
            node.wrong("base64")
    charset = known["charset"].one_of(tuple(bodies.CHARSETS)) if "charset" in known else "utf-8"
    newlines = known["newlines"].one_of((bodies.CRLF,)) if "newlines" in known else ""
    layout = known["layout"].one_of(tuple(bodies.LAYOUTS)) if "layout" in known else ""
    if "body" not in known:
        return b""
    try:
        return bodies.restore(known["body"].text(), charset=charset, newlines=newlines, layout=layout)
    except UnicodeEncodeError:
        known["body"].wrong(f"text that {charset} can encode")
