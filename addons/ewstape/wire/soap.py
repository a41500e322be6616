"""SOAP envelopes: bytes to the header entries, the payload and the fault of a message.

Both SOAP versions are read, with any prefixes. The payload is the first element of the body: its name is the operation.
What a real sender has been seen to get wrong (no Body, several elements in it) is read as far as it makes sense.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from ewstape.errors import WireError
from ewstape.interaction import Field, Fields
from ewstape.wire.faults import Fault, SoapVersion, read_fault
from ewstape.wire.namespaces import SOAP11, SOAP12, Element, clark_name, local_name, snake_case, text_of
from ewstape.wire.safexml import parse, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A SOAP message."""

    soap_version: SoapVersion
    headers: tuple[Element, ...] = ()
    """The entries of soap:Header; `context_fields` decodes them."""
    payload: Element | None = None
    """The first element of soap:Body: the operation, or the Fault. `None` if the body is empty."""
    fault: Fault | None = None
    """The payload decoded, where it is a fault."""
    extra: tuple[Element, ...] = ()
    """Elements after the payload. EWS sends none."""
    notes: tuple[str, ...] = ()
    """Where the message departs from SOAP, in words."""


class EnvelopeStream(NamedTuple):
    """What `read_envelopes` found."""

    envelopes: list[Envelope]
    """In the order they were sent."""
    notes: tuple[str, ...]
    """Which documents could not be read and why, such as a last one that is cut short; empty if all is well."""


class _Names(NamedTuple):
    version: SoapVersion
    header: str
    body: str
    fault: str


_VERSIONS: Final[Mapping[SoapVersion, str]] = {"1.1": SOAP11, "1.2": SOAP12}
_BY_ROOT: Final[Mapping[str, _Names]] = {
    f"{{{uri}}}Envelope": _Names(version, f"{{{uri}}}Header", f"{{{uri}}}Body", f"{{{uri}}}Fault")
    for version, uri in _VERSIONS.items()
}


def read_envelope(body: bytes, *, content_type: str = "") -> Envelope:
    """The SOAP message in a request's or response's body. `content_type` helps with its encoding, see `safexml.parse`.

    Raises:
        WireError: the body is empty, not well-formed XML or beyond the parser's limits, or not a SOAP envelope.
    """
    root = parse(body, content_type=content_type)
    names = _BY_ROOT.get(clark_name(root))
    if names is None:
        found = printable(clark_name(root))
        raise WireError(f"not SOAP: the root element is '{found}', not an Envelope of SOAP 1.1 or 1.2")
    headers: tuple[Element, ...] = ()
    content: list[Element] | None = None
    strays: list[Element] = []
    for child in root:
        if child.tag == names.body and content is None:
            content = list(child)
        elif child.tag == names.header:
            headers += tuple(child)
        else:
            strays.append(child)
    notes = () if content and not strays else tuple(_departures(strays, body_missing=content is None))
    if content is None:
        content = strays  # an example in MS-OXWUMS has no soap:Body
    payload = content[0] if content else None
    return Envelope(
        soap_version=names.version,
        headers=headers,
        payload=payload,
        fault=read_fault(payload) if payload is not None and payload.tag == names.fault else None,
        extra=tuple(content[1:]),
        notes=notes,
    )


def _departures(strays: list[Element], *, body_missing: bool) -> Iterable[str]:
    if body_missing:
        yield "the Envelope has no soap:Body"
    if strays:
        names = ", ".join(printable(local_name(stray), 40) for stray in strays[:5])
        yield f"elements directly in the Envelope: {names}"


# A document ends with the end tag of its Envelope. Comments, CDATA and processing instructions may hold the same text.
_DOCUMENT_END = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|(</(?:[^\s<>/]{1,99}:)?Envelope\s*>)", re.DOTALL
)


def read_envelopes(body: bytes, *, content_type: str = "") -> EnvelopeStream:
    """The messages in the response to GetStreamingEvents: several documents, one after another, in one body.

    Never raises: what cannot be read is left out and noted. A last document that is cut short is one of those.
    """
    envelopes: list[Envelope] = []
    notes: list[str] = []
    for number, document in enumerate(_documents(body), start=1):
        try:
            envelopes.append(read_envelope(document, content_type=content_type))
        except WireError as error:
            notes.append(f"document {number} of the stream: {error}")
    return EnvelopeStream(envelopes, tuple(notes))


def _documents(body: bytes) -> Iterable[bytes]:
    start = 0
    for match in _DOCUMENT_END.finditer(body):
        if match[1]:
            yield body[start : match.end()].lstrip()
            start = match.end()
    if rest := body[start:].strip():
        yield rest


def context_fields(headers: Iterable[Element]) -> Fields:
    """The SOAP headers that EWS defines, decoded: who is impersonated, which schema version, culture and time zone are
    asked for, and which server answered. Headers that say nothing, and all others, are left out.
    """
    fields: dict[str, Field] = {}
    for entry in headers:
        name = local_name(entry)
        if (decode := _CONTEXT.get(name)) and (value := decode(entry)):
            fields[snake_case(name)] = value
    return fields


def _attributes(entry: Element) -> Field:
    return {snake_case(name): value for name, value in entry.items() if not name.startswith("{")}


def _connecting_sid(entry: Element) -> Field:
    return {snake_case(local_name(choice)): text_of(choice) for sid in entry for choice in sid}


def _time_zone(entry: Element) -> Field:
    return next((zone for definition in entry if (zone := definition.get("Id"))), "")


_CONTEXT: Final[Mapping[str, Callable[[Element], Field]]] = {
    "RequestServerVersion": lambda entry: entry.get("Version", ""),
    "ExchangeImpersonation": _connecting_sid,
    "MailboxCulture": text_of,
    "TimeZoneContext": _time_zone,
    "ServerVersionInfo": _attributes,
}
