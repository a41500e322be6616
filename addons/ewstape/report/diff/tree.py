"""A message as a tree of what it means: elements by local name, with the places of identifiers and times marked.

What only the wire cares about is gone: prefixes, namespaces, layout, comments, the order of attributes and property
sets, HTTP headers that vary by themselves. The form of a tree is plain tuples with blanks where identifiers and times
stand, so two messages that say the same have equal forms.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from ewstape.errors import WireError
from ewstape.interaction import Headers, Interaction, Message
from ewstape.operations import streams
from ewstape.operations.identifiers import DATE_TIME, kind_of, slots_of
from ewstape.redaction.rule import Treatment
from ewstape.redaction.rules import RULES
from ewstape.redaction.undecodable import WITHHELD
from ewstape.report.diff.node import PAYLOAD, REDACTED, TIME, URL, Form, Node, Value, is_redacted, node
from ewstape.wire import Envelope, read_envelope, read_envelopes, safexml
from ewstape.wire.namespaces import Element, clark_name, local_name

__all__ = ["Matter", "Reading", "Slot", "redacted_slots", "request_matter", "response_matter"]

type Slot = tuple[str, str, str]
"""Where a value stands: the local names of the parent and the element, and the attribute; empty for the text."""

_REQUEST_HEADERS = ("content-type", "soapaction", "user-agent", "prefer")
_RESPONSE_HEADERS = ("content-type", "retry-after")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NOISE = frozenset({f"{_XSI}type", f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
_UNORDERED = frozenset({"AdditionalProperties"})
_QUALIFIED = frozenset({"faultcode", "Subcode"})  # a name with a prefix that each server chooses
_PREFIX = re.compile(r"[\w.-]+:(?=\w)")
_GUID = re.compile(r"[{(]?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[)}]?")
_VERSION_PARTS = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
_HIDDEN = frozenset(
    name.rpartition("/")[2]
    for rule in RULES
    if rule.treatment in {Treatment.DROP, Treatment.MASK}
    for name in (*rule.xml.split(), *rule.soap_headers.split())
)
"""Elements that redaction empties: of these nothing can be said when only one side is redacted."""


type _Listed = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """What counts of a message, not parsed yet: cheap to make, so that equal messages need to be parsed but once."""

    name: str
    """`request` or `response`."""
    parts: tuple[tuple[str, _Listed], ...]
    """What is around the body: names, with their values by name."""
    headers: _Listed = ()
    body: bytes = b""
    streams: bool = False
    """The body is envelope after envelope."""
    withheld: bool = False
    """Redaction put nothing but a note in the place of the body."""


def request_matter(interaction: Interaction) -> Matter:
    """That of the request, with the way it was sent."""
    request = interaction.request
    path, query = _target(request.url)
    headers = _headers(request.headers, _REQUEST_HEADERS)
    http = (("method", request.method), ("path", path.lower()), ("query", query))
    parts = (("http", http), ("auth", (("", interaction.auth),)), ("headers", headers))
    return Matter("request", parts, headers, request.body, withheld=_is_withheld(request))


def response_matter(interaction: Interaction) -> Matter:
    """That of the response, with the error that took its place or cut it short."""
    response = interaction.response
    error = (("error", (("", interaction.error),)),) if interaction.error else ()
    if response is None:
        return Matter("response", (*error, ("none", ())))
    headers = _headers(response.headers, _RESPONSE_HEADERS)
    http = (("status", str(response.status)), ("reason", response.reason))
    parts = (*error, ("http", http), ("headers", headers))
    streamed = streams(interaction.operation)
    return Matter("response", parts, headers, response.body, streamed, _is_withheld(response))


def _is_withheld(message: Message) -> bool:
    return any(note.startswith(WITHHELD) for note in message.notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How messages are read."""

    redacted: bool = False
    """The two recordings are redacted differently, so that a pseudonym on one side stands for a value on the other."""
    slots: frozenset[Slot] = frozenset()
    """Where pseudonyms stand in either of them."""

    def request(self, interaction: Interaction) -> Node:
        """The request, with the way it was sent."""
        return self.tree(request_matter(interaction))

    def response(self, interaction: Interaction) -> Node:
        """The response, with the error that took its place or cut it short."""
        return self.tree(response_matter(interaction))

    def tree(self, matter: Matter) -> Node:
        """The tree of what counts of a message; equal for equal ones."""
        parts = [self._listed(name, values) for name, values in matter.parts]
        return node(matter.name, (), [*parts, *self._body(matter)])

    def _body(self, matter: Matter) -> Iterator[Node]:
        body = matter.body
        if not body or (self.redacted and matter.withheld):
            return
        content_type = next((value for name, value in matter.headers if name == "content-type"), "")
        envelopes: list[Envelope] = []
        if matter.streams:
            envelopes = read_envelopes(body, content_type=content_type).envelopes
        else:
            with suppress(WireError):  # a body that is no SOAP is compared all the same
                envelopes = [read_envelope(body, content_type=content_type)]
        if not envelopes:
            yield self._other(body, content_type)
        for envelope in envelopes:
            headers = [self._header(header) for header in envelope.headers]
            headers = [header for header in headers if not (self.redacted and header.name in _HIDDEN)]
            yield node("soap_header", (), sorted(headers, key=_name))
            payload = () if envelope.payload is None else (envelope.payload, *envelope.extra)
            yield node(PAYLOAD, (), [self._element(element, PAYLOAD) for element in payload])

    def _other(self, body: bytes, content_type: str) -> Node:
        """A body that is not SOAP: by its tree if it is XML, else byte for byte."""
        try:
            return node(PAYLOAD, (), [self._element(safexml.parse(body, content_type=content_type), PAYLOAD)])
        except WireError:
            return node("body", (Value("", body.decode("latin-1"), "", ""),), [])

    def _header(self, element: Element) -> Node:
        if local_name(element) != "ServerVersionInfo":
            return self._element(element, "soap_header")
        build = ".".join(filter(None, map(element.get, _VERSION_PARTS)))
        text = " ".join(filter(None, (build, element.get("Version"))))
        return node("ServerVersionInfo", (Value("", text, "", ""),), [])

    def _element(self, element: Element, parent: str) -> Node:
        name = _local(clark_name(element))
        values = [
            self._value(parent, name, _local(attribute), value)
            for attribute, value in sorted(element.items())
            if attribute not in _NOISE
        ]
        children = [self._element(child, name) for child in element]
        text = element.text or ""
        if children:  # beside elements, white space is only layout
            runs = [run.strip() for run in (text, *[child.tail for child in element]) if run]
            text = " ".join([run for run in runs if run])
            if self.redacted:
                children = [child for child in children if child.name not in _HIDDEN]
            if name in _UNORDERED:
                children.sort(key=_form)
        if text:
            values.append(self._value(parent, name, "", text))
        return node(name, tuple(values), children)

    def _listed(self, name: str, values: _Listed) -> Node:
        return node(name, tuple(self._value("", name, key, value) for key, value in values if value), [])

    def _value(self, parent: str, element: str, attribute: str, text: str) -> Value:
        stripped = text.strip()
        if len(stripped) >= _SHORTEST_DATE and stripped[4:5] == "-" and DATE_TIME.admits(stripped):
            return Value(attribute, text, TIME, "")
        kind = kind_of(parent, element, attribute or None) if slots_of(element) is not None else None
        if kind is not None and kind.admits(stripped) and (kind.varies or not kind.known_to_client):
            return Value(attribute, text, str(kind), stripped)
        if self.redacted and (kind is not None or (parent, element, attribute) in self.slots):
            return Value(attribute, text, f"{REDACTED} {kind or f'{parent}/{element}/{attribute}'}", stripped)
        if len(text) in _GUID_LENGTHS and _GUID.fullmatch(text):
            return Value(attribute, text, "guid", text.strip("{}()").lower())
        if text.startswith("http") and (url := URL.match(text)):
            return Value(attribute, text, "host", url[1].lower())
        if parent in _QUALIFIED or element in _QUALIFIED:
            text = _PREFIX.sub("", text.strip(), count=1)
        return Value(attribute, text, "", "")


_GUID_LENGTHS = range(36, 39)
_SHORTEST_DATE = len("2026-11-23")


@lru_cache(2048)
def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _target(url: str) -> tuple[str, str]:
    """Path and query of any URL; hosts are another in every recording."""
    path, _, query = url.partition("://")[2].partition("#")[0].partition("?")
    return unquote("/" + path.partition("/")[2]), unquote(query)


def _headers(headers: Headers, wanted: tuple[str, ...]) -> _Listed:
    found = {name.lower(): value for name, value in reversed(headers)}
    return tuple([(name, found[name]) for name in wanted if name in found])


def _form(one: Node) -> Form:
    return one.form


def _name(one: Node) -> str:
    return one.name


def redacted_slots(interaction: Interaction) -> Iterator[Slot]:
    """The places of an interaction where a pseudonym stands."""
    plain = Reading()
    for root in (plain.request(interaction), plain.response(interaction)):
        for part in root.children:
            yield from _slots(part, "")


def _slots(part: Node, parent: str) -> Iterator[Slot]:
    for value in part.values:
        if is_redacted(value.text):
            yield parent, part.name, value.name
    for child in part.children:
        yield from _slots(child, part.name)
