"""What a request means, whatever its bytes look like.

Clients write the same request in very different bytes: other prefixes, other white space, headers in another order. A
request is therefore taken to its form, a tree of plain tuples that holds what the server decides by and nothing else:
the children of the SOAP body and the SOAP headers that change the answer. Identifiers are taken out of it, since they
are bound and not compared: the key is a digest of the form with blanks in their places, and the values that stood there
are listed beside it, in the order of the form.

A redacted recording holds pseudonyms where a client sends its own text. The places where they stand (`redacted_slots`)
are blanked as well, in every request of that tape and in every live one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self
from urllib.parse import unquote_plus, urlsplit

from ewstape.errors import WireError
from ewstape.interaction import Operation, Request, Service
from ewstape.operations.identifiers import SMTP_ADDRESS, Kind, kind_of, slots_of
from ewstape.operations.table import WIRE_ROOTS
from ewstape.redaction.pseudonyms import holds_pseudonym
from ewstape.replay.headers import first
from ewstape.replay.templates import Meaning, Templates, begun
from ewstape.wire import safexml, soap
from ewstape.wire.namespaces import SOAP11, SOAP12, TYPES, Element, clark_name
from ewstape.wire.skeleton import Cut, is_ascii

type Node = tuple[str, tuple[tuple[str, str], ...], str, tuple[Node, ...]]
"""An element by meaning: Clark name, attributes in the order of their names, text, child elements."""

type Mark = Callable[[Kind, str], str]
"""What stands in the form for an identifier."""

type Slot = tuple[str, str, str]
"""A place in requests: the Clark names of an element's parent and of the element, and an attribute; `""` for text."""

_REDACTED = "redacted_value"


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


def canonical(
    request: Request,
    operation: Operation,
    significant: frozenset[str] = frozenset(),
    slots: frozenset[Slot] = frozenset(),
) -> Canonical:
    """Reduce `request` to what it asks for. A body that cannot be decoded stands for itself, byte for byte.

    Of SOAP, the URL tells the service and nothing more, the first element of the body names the operation, and the
    version of SOAP does not count; neither does whether PlayOnPhone goes by its name in MS-OXWUMS. What is not SOAP is
    told apart by method, path (without case, as IIS compares it), query and body.

    Args:
        request: as it was sent.
        operation: that its body names.
        significant: local names of SOAP headers that count besides impersonation, such as `RequestServerVersion`.
        slots: what is blanked besides identifiers, because the recording is redacted there.
    """
    meaning = None
    if is_ascii(first(request.headers, "Content-Type")):
        meaning = _templates(operation.service, significant, slots).read(request.body)
    if meaning is None:
        blanks = _Blanks()
        meaning = blanks.meaning(form(request, operation, significant, slots, blanks))
    return Canonical(*meaning)


def canonical_of(
    cut: Cut, service: Service, significant: frozenset[str] = frozenset(), slots: frozenset[Slot] = frozenset()
) -> Canonical | None:
    """The same of a body in ASCII that was taken apart; `None` if it is no SOAP, so that more than its body counts."""
    meaning = _templates(service, significant, slots).read_cut(cut)
    return None if meaning is None else Canonical(*meaning)


@lru_cache(16)
def _templates(service: Service, significant: frozenset[str], slots: frozenset[Slot]) -> Templates:
    """What was learned of the requests to a service, on tapes that are read in the same way."""

    def full(body: bytes) -> Meaning | None:
        blanks = _Blanks()
        parts = _soap(body, "", significant, slots, blanks)
        return None if parts is None else blanks.meaning(_request(service, parts))

    def spelt(body: bytes) -> tuple[str, list[str]] | None:
        parts = _soap(body, "", significant, slots, _Blanks())
        if parts is None:
            return None
        return repr(_request(service, parts)), [
            text for part in parts for node in part[3] for text in _as_sent(node, part[0], slots)
        ]

    return Templates(full, spelt)


def _as_sent(node: Node, parent: str, slots: frozenset[Slot]) -> Iterator[str]:
    """What stands in a form as it was sent, and would whatever it were: it moves nothing, and is no identifier."""
    tag, attributes, text, children = node
    if tag in _UNORDERED:
        return
    for name, value in attributes if children else (*attributes, ("", text)):
        if kind_at((parent, tag, name), slots) is None:
            yield value
    for child in children:
        yield from _as_sent(child, tag, slots)


class _Blanks:
    """Marks identifiers by leaving them out, and lists them."""

    def __init__(self) -> None:
        self._kinds: list[Kind] = []
        self._values: list[str] = []

    def __call__(self, kind: Kind, value: str) -> str:
        self._kinds.append(kind)
        self._values.append(value)
        return f"\0{kind.name}"  # no XML text holds a NUL, so nothing can pass for a blank

    def meaning(self, form: Node) -> Meaning:
        """A form that was made with these."""
        # The repr of tuples is made in C and quotes every string, so no text can pass for structure.
        return begun(repr(form)).digest(), tuple(self._kinds), tuple(self._values)


def form(
    request: Request,
    operation: Operation,
    significant: frozenset[str],
    slots: frozenset[Slot] = frozenset(),
    mark: Mark = Variable,
) -> Node:
    """The tree of what counts in `request`, with what `mark` makes of them in the places of identifiers."""
    content_type = first(request.headers, "Content-Type")
    parts = _soap(request.body, content_type, significant, slots, mark)
    if parts is None:
        url = urlsplit(request.url)
        target = (("method", request.method), ("path", url.path.lower()), ("query", _query(url.query, mark)))
        parts = (("http", target, "", ()), _other(request.body, content_type, slots, mark))
    return _request(operation.service, parts)


def _request(service: Service, parts: tuple[Node, ...]) -> Node:
    return "request", (("service", service.value),), "", parts


def redacted_slots(request: Request, operation: Operation, significant: frozenset[str]) -> frozenset[Slot]:
    """The places of a recorded request where a pseudonym stands that is no identifier. Cheap if it holds none."""
    body = request.body
    if b"\0" not in body[:64] and not holds_pseudonym(body.decode("latin-1")):  # UTF-16 has a NUL in every letter
        return frozenset()
    parts = form(request, operation, significant)[3]
    return frozenset(slot for part in parts for node in part[3] for slot in _slots_in(node, part[0]))


def is_redacted(kind: Kind) -> bool:
    """Whether this is the kind of a place that `redacted_slots` found."""
    return kind.name == _REDACTED


def _slots_in(node: Node, parent: str) -> Iterator[Slot]:
    tag, attributes, text, children = node
    if tag in _UNORDERED:
        return
    for name, value in attributes if children else (*attributes, ("", text)):
        if not isinstance(value, Variable) and holds_pseudonym(value):
            yield parent, tag, name
    for child in children:
        yield from _slots_in(child, tag)


def _soap(
    body: bytes, content_type: str, significant: frozenset[str], slots: frozenset[Slot], mark: Mark
) -> tuple[Node, ...] | None:
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
        ("Header", (), "", tuple([_node(header, "Header", slots, mark) for header in headers])),
        ("Body", (), "", tuple([_node(element, "Body", slots, mark) for element in payload])),
    )


def _other(body: bytes, content_type: str, slots: frozenset[Slot], mark: Mark) -> Node:
    """A body that is not SOAP: Autodiscover's plain XML by its tree, anything else byte for byte."""
    try:
        return "xml", (), "", (_node(safexml.parse(body, content_type=content_type), "xml", slots, mark),)
    except WireError:
        return "bytes", (), body.decode("latin-1"), ()


def _query(query: str, mark: Mark) -> str:
    """GetUserPhoto has an address in its query."""
    return "&".join(
        f"{name}={mark(SMTP_ADDRESS, unquote_plus(value))}" if value and name.lower() == "email" else part
        for part in query.split("&")
        for name, _, value in [part.partition("=")]
    )


def _node(element: Element, parent: str, slots: frozenset[Slot], mark: Mark) -> Node:
    tag = clark_name(element)
    tag = WIRE_ROOTS.get(tag, tag)
    attributes = element.items()
    if any(name[0] == "{" for name, _ in attributes):
        attributes = [pair for pair in attributes if _counts(pair[0])]
    attributes.sort()
    varying = bool(slots) or slots_of(tag) is not None
    if varying:
        attributes = [(name, _marked(value, kind_at((parent, tag, name), slots), mark)) for name, value in attributes]
    text = element.text or ""
    if len(element):  # elements only: the parser leaves out all else
        unordered = tag in _UNORDERED
        children = [
            _node(child, tag, frozenset() if unordered else slots, _plain if unordered else mark) for child in element
        ]
        runs = [text.strip(), *((child.tail or "").strip() for child in element)]
        text = "\0".join(runs) if any(runs) else ""  # beside elements, white space is only layout
        if unordered:
            children.sort()
        return tag, tuple(attributes), text, tuple(children)
    if varying and (kind := kind_at((parent, tag, ""), slots)) is not None:
        text = _marked(text.strip(), kind, mark) or text  # white space is never part of an identifier
    return tag, tuple(attributes), text, ()


def kind_at(slot: Slot, slots: frozenset[Slot]) -> Kind | None:
    """The kind of what stands in a place of a request; `None` if it is no variable."""
    kind = kind_of(slot[0], slot[1], slot[2] or None)
    return _redacted_kind(slot[1], slot[2], varies=kind is not None and kind.varies) if slot in slots else kind


@lru_cache(1024)
def _redacted_kind(tag: str, attribute: str, *, varies: bool) -> Kind:  # noqa: ARG001  one for each
    """The kind of what stands in these slots. One text as a name and as a subject has two pseudonyms, so each has a
    kind of its own.
    """
    return Kind(_REDACTED, known_to_client=True, varies=varies)


def _marked(value: str, kind: Kind | None, mark: Mark) -> str:
    return value if kind is None or not kind.admits(value) else mark(kind, value)


def _plain(_: Kind, value: str) -> str:
    return value


def _counts(attribute: str) -> bool:
    return attribute not in _NOISE and not attribute.startswith(_ENVELOPE)
