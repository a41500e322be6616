"""What a request means, whatever its bytes look like.

Clients write the same request in very different bytes: other prefixes, other white space, headers in another order. A
request is therefore taken to its form, a tree of plain tuples that holds what the server decides by and nothing else:
the children of the SOAP body and the SOAP headers that change the answer. Identifiers are taken out of it, since they
are bound and not compared: the key is a digest of the form with blanks in their places, and the values that stood there
are listed beside it, in the order of the form.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Self
from urllib.parse import unquote_plus, urlsplit

from ewstape.errors import WireError
from ewstape.interaction import Operation, Request
from ewstape.operations.identifiers import SMTP_ADDRESS, Kind, kind_of, slots_of
from ewstape.replay.headers import first
from ewstape.wire import safexml, soap
from ewstape.wire.namespaces import SOAP11, SOAP12, TYPES, Element, clark_name

type Node = tuple[str, tuple[tuple[str, str], ...], str, tuple[Node, ...]]
"""An element by meaning: Clark name, attributes in the order of their names, text, child elements."""

type Mark = Callable[[Kind, str], str]
"""What stands in the form for an identifier."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """A request by meaning. Two are equal if they ask a server for the same."""

    key: bytes
    """What is asked, identifiers aside. Requests with the same key have identifiers of the same kinds."""
    kinds: tuple[Kind, ...] = field(compare=False)
    values: tuple[str, ...]
    """The identifiers, one for each of `kinds`."""


class Variable(str):
    """An identifier in a form that shows them."""

    __slots__ = ("kind",)
    kind: Kind

    def __new__(cls, kind: Kind, value: str) -> Self:
        """Remember what `value` names."""
        made = super().__new__(cls, value)
        made.kind = kind
        return made


_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOISE = frozenset({f"{{{_XSI}}}type", f"{{{_XSI}}}schemaLocation", f"{{{_XSI}}}noNamespaceSchemaLocation"})
"""Attributes that tools add and servers do without."""
_ENVELOPE = (f"{{{SOAP11}}}", f"{{{SOAP12}}}")
"""Attributes of the envelope's own (mustUnderstand, encodingStyle) say how to process, not what is asked."""

_HEADERS = frozenset({f"{{{TYPES}}}ExchangeImpersonation"})
"""SOAP headers that change the answer: whose mailbox it is. Version, time zone and culture vary between clients."""

_UNORDERED = frozenset({f"{{{TYPES}}}AdditionalProperties"})
"""Property sets: DavMail, for one, writes the same set in another order on every run."""


def canonical(request: Request, operation: Operation, significant: frozenset[str] = frozenset()) -> Canonical:
    """Reduce `request` to what it asks for. A body that cannot be decoded stands for itself, byte for byte.

    Of SOAP, the URL tells the service and nothing more, the first element of the body names the operation, and the
    version of SOAP does not count. What is not SOAP is told apart by method, path (without case, as IIS compares it),
    query and body.

    Args:
        request: as it was sent.
        operation: that its body names.
        significant: local names of SOAP headers that count besides impersonation, such as `RequestServerVersion`.
    """
    kinds: list[Kind] = []
    values: list[str] = []

    def blank(kind: Kind, value: str) -> str:
        kinds.append(kind)
        values.append(value)
        return f"\0{kind.name}"  # no XML text holds a NUL, so nothing can pass for a blank

    blanked = form(request, operation, significant, blank)
    # The repr of tuples is made in C and quotes every string, so no text can pass for structure.
    return Canonical(blake2b(repr(blanked).encode(), digest_size=16).digest(), tuple(kinds), tuple(values))


def form(request: Request, operation: Operation, significant: frozenset[str], mark: Mark = Variable) -> Node:
    """The tree of what counts in `request`, with what `mark` makes of them in the places of identifiers."""
    content_type = first(request.headers, "Content-Type")
    parts = _soap(request.body, content_type, significant, mark)
    if parts is None:
        url = urlsplit(request.url)
        target = (("method", request.method), ("path", url.path.lower()), ("query", _query(url.query, mark)))
        parts = (("http", target, "", ()), _other(request.body, content_type, mark))
    return "request", (("service", operation.service.value),), "", parts


def _soap(body: bytes, content_type: str, significant: frozenset[str], mark: Mark) -> tuple[Node, ...] | None:
    """The parts of a SOAP message that count; `None` if it is none."""
    if not body:
        return None
    try:
        envelope = soap.read_envelope(body, content_type=content_type)
    except WireError:
        return None
    headers = [
        header
        for header in envelope.headers
        if header.tag in _HEADERS or (significant and clark_name(header).rpartition("}")[2] in significant)
    ]
    headers.sort(key=clark_name)
    payload = () if envelope.payload is None else (envelope.payload, *envelope.extra)
    return (
        ("Header", (), "", tuple([_node(header, "Header", mark) for header in headers])),
        ("Body", (), "", tuple([_node(element, "Body", mark) for element in payload])),
    )


def _other(body: bytes, content_type: str, mark: Mark) -> Node:
    """A body that is not SOAP: Autodiscover's plain XML by its tree, anything else byte for byte."""
    try:
        return "xml", (), "", (_node(safexml.parse(body, content_type=content_type), "", mark),)
    except WireError:
        return "bytes", (), body.decode("latin-1"), ()


def _query(query: str, mark: Mark) -> str:
    """GetUserPhoto has an address in its query."""
    return "&".join(
        f"{name}={mark(SMTP_ADDRESS, unquote_plus(value))}" if value and name.lower() == "email" else part
        for part in query.split("&")
        for name, _, value in [part.partition("=")]
    )


def _node(element: Element, parent: str, mark: Mark) -> Node:
    tag = clark_name(element)
    attributes = element.items()
    if any(name[0] == "{" for name, _ in attributes):
        attributes = [pair for pair in attributes if _counts(pair[0])]
    attributes.sort()
    identifying = slots_of(tag)
    if identifying is not None:
        attributes = [(name, _marked(value, kind_of(parent, tag, name), mark)) for name, value in attributes]
    text = element.text or ""
    if len(element):  # elements only: the parser leaves out all else
        unordered = tag in _UNORDERED
        children = [_node(child, tag, _plain if unordered else mark) for child in element]
        runs = [text.strip(), *((child.tail or "").strip() for child in element)]
        text = "\0".join(runs) if any(runs) else ""  # beside elements, white space is only layout
        if unordered:
            children.sort()
        return tag, tuple(attributes), text, tuple(children)
    if identifying is not None and (kind := kind_of(parent, tag)) is not None:
        text = _marked(text.strip(), kind, mark) or text  # white space is never part of an identifier
    return tag, tuple(attributes), text, ()


def _marked(value: str, kind: Kind | None, mark: Mark) -> str:
    return value if kind is None or not kind.admits(value) else mark(kind, value)


def _plain(_: Kind, value: str) -> str:
    return value


def _counts(attribute: str) -> bool:
    return attribute not in _NOISE and not attribute.startswith(_ENVELOPE)
