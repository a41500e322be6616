"""What a request means, whatever its bytes look like.

Clients write the same request in very different bytes: other prefixes, other white space, headers in another order. A
request is therefore taken to its form, a tree of plain tuples that holds what the server decides by and nothing else:
the children of the SOAP body and the SOAP headers that change the answer. The key is a digest of the form, so that the
index of a large tape stays small; the form itself serves to explain a miss.
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import urlsplit

from ewstape.errors import WireError
from ewstape.interaction import Operation, Request
from ewstape.replay.headers import first
from ewstape.wire import safexml, soap
from ewstape.wire.namespaces import SOAP11, SOAP12, TYPES, Element, clark_name

type Node = tuple[str, tuple[tuple[str, str], ...], str, tuple[Node, ...]]
"""An element by meaning: Clark name, attributes in the order of their names, text, child elements."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """A request by meaning. Two are equal if they ask a server for the same."""

    key: bytes
    form: Node = field(compare=False, repr=False)


_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOISE = frozenset({f"{{{_XSI}}}type", f"{{{_XSI}}}schemaLocation", f"{{{_XSI}}}noNamespaceSchemaLocation"})
"""Attributes that tools add and servers do without."""
_ENVELOPE = (f"{{{SOAP11}}}", f"{{{SOAP12}}}")
"""Attributes of the envelope's own (mustUnderstand, encodingStyle) say how to process, not what is asked."""

_HEADERS = frozenset({f"{{{TYPES}}}ExchangeImpersonation"})
"""SOAP headers that change the answer: whose mailbox it is. Version, time zone and culture vary between clients."""

_UNORDERED = frozenset({f"{{{TYPES}}}AdditionalProperties"})
"""Property sets: DavMail, for one, writes the same set in another order on every run."""


def canonical(request: Request, operation: Operation) -> Canonical:
    """Reduce `request` to what it asks for. A body that cannot be decoded stands for itself, byte for byte.

    Of SOAP, the URL tells the service and nothing more, the first element of the body names the operation, and the
    version of SOAP does not count. What is not SOAP is told apart by method, path (without case, as IIS compares it),
    query and body.
    """
    content_type = first(request.headers, "Content-Type")
    parts = _soap(request.body, content_type)
    if parts is None:
        url = urlsplit(request.url)
        target = (("method", request.method), ("path", url.path.lower()), ("query", url.query))
        parts = (("http", target, "", ()), _other(request.body, content_type))
    form = ("request", (("service", operation.service.value),), "", parts)
    # The repr of tuples is made in C and quotes every string, so no text can pass for structure.
    return Canonical(blake2b(repr(form).encode(), digest_size=16).digest(), form)


def _soap(body: bytes, content_type: str) -> tuple[Node, ...] | None:
    """The parts of a SOAP message that count; `None` if it is none."""
    if not body:
        return None
    try:
        envelope = soap.read_envelope(body, content_type=content_type)
    except WireError:
        return None
    headers = sorted(_node(header) for header in envelope.headers if header.tag in _HEADERS)
    payload = () if envelope.payload is None else (envelope.payload, *envelope.extra)
    return ("Header", (), "", tuple(headers)), ("Body", (), "", tuple(map(_node, payload)))


def _other(body: bytes, content_type: str) -> Node:
    """A body that is not SOAP: Autodiscover's plain XML by its tree, anything else byte for byte."""
    try:
        return "xml", (), "", (_node(safexml.parse(body, content_type=content_type)),)
    except WireError:
        return "bytes", (), body.decode("latin-1"), ()


def _node(element: Element) -> Node:
    attributes = element.items()
    if any(name[0] == "{" for name, _ in attributes):
        attributes = [pair for pair in attributes if _counts(pair[0])]
    attributes.sort()
    text = element.text or ""
    children = [_node(child) for child in element]  # elements only: the parser leaves out all else
    if children:
        runs = [text.strip(), *((child.tail or "").strip() for child in element)]
        text = "\0".join(runs) if any(runs) else ""  # beside elements, white space is only layout
        if element.tag in _UNORDERED:
            children.sort()
    return clark_name(element), tuple(attributes), text, tuple(children)


def _counts(attribute: str) -> bool:
    return attribute not in _NOISE and not attribute.startswith(_ENVELOPE)
