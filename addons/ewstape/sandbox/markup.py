"""XML as an Exchange server writes it: one line, a declaration, and the server's version in every header.

Elements are put together from text. `tag` takes markup as its children and `leaf` takes text, which it escapes, so
what a client sent can be given back without care.
"""

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from ewstape.wire.namespaces import ERRORS, MESSAGES, SOAP11, TYPES, Element, local_name

_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>'
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_XSD: Final = "http://www.w3.org/2001/XMLSchema"
_PREFIXES: Final = {"m": MESSAGES, "t": TYPES}


class Refusal(Exception):  # noqa: N818  what the operation answers, not something gone wrong here
    """The operation ends with `ResponseClass="Error"` and this response code (MS-OXWSCDATA 2.2.5.24)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class SchemaViolation(Exception):  # noqa: N818  likewise: it becomes the fault ErrorSchemaValidation
    """The request lacks what its schema demands."""


def tag(name: str, *children: str, **attributes: str) -> str:
    """An element with markup inside."""
    start = name + "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    content = "".join(children)
    return f"<{start}>{content}</{name}>" if content else f"<{start}/>"


def leaf(name: str, text: str, **attributes: str) -> str:
    """An element with text inside."""
    return tag(name, escape(text), **attributes)


def find(element: Element, path: str) -> Element:
    """The first descendant along a path such as `m:ItemId` or `m:Items/t:Message`; raises `SchemaViolation`."""
    found = element.find(path, _PREFIXES)
    if found is None:
        raise SchemaViolation(f"The element {local_name(element)!r} has incomplete content: {path}.")
    return found


def find_all(element: Element, path: str) -> list[Element]:
    """All descendants along a path; may be empty."""
    return element.findall(path, _PREFIXES)


def text_of(element: Element, path: str, default: str | None = None) -> str:
    """The text along a path; `default`, or `SchemaViolation`, if there is no such element."""
    if default is not None and element.find(path, _PREFIXES) is None:
        return default
    return find(element, path).text or ""


def attribute(element: Element, name: str) -> str:
    """An attribute that the schema demands; raises `SchemaViolation`."""
    value = element.get(name)
    if value is None:
        raise SchemaViolation(f"The required attribute {name!r} is missing.")
    return value


def response(operation: str, *children: str) -> str:
    """A response whose root is itself the one response message, as the call operations have it."""
    return tag(
        f"{operation}Response", leaf("ResponseCode", "NoError"), *children, ResponseClass="Success", xmlns=MESSAGES
    )


def refused(operation: str, refusal: Refusal) -> str:
    """The same, for an operation that came to nothing."""
    return tag(f"{operation}Response", *_reasons("", refusal), ResponseClass="Error", xmlns=MESSAGES)


def response_messages(operation: str, results: Iterable[str | Refusal]) -> str:
    """A response with an array of response messages, one for each thing asked for, as mailbox operations have it."""
    name = f"m:{operation}ResponseMessage"
    messages = (
        tag(name, *_reasons("m:", result), ResponseClass="Error")
        if isinstance(result, Refusal)
        else tag(name, leaf("m:ResponseCode", "NoError"), result, ResponseClass="Success")
        for result in results
    )
    return tag(
        f"m:{operation}Response", tag("m:ResponseMessages", *messages), **{"xmlns:m": MESSAGES, "xmlns:t": TYPES}
    )


def _reasons(prefix: str, refusal: Refusal) -> tuple[str, ...]:
    # In this order: the Microsoft client fails to read any other.
    return (
        leaf(f"{prefix}MessageText", refusal.text),
        leaf(f"{prefix}ResponseCode", refusal.code),
        leaf(f"{prefix}DescriptiveLinkKey", "0"),
    )


def envelope(payload: str) -> bytes:
    """An answer of the EWS service, with the version of the server it plays: Exchange 2016, the last with a phone."""
    version = tag(
        "h:ServerVersionInfo",
        MajorVersion="15",
        MinorVersion="1",
        MajorBuildNumber="2507",
        MinorBuildNumber="6",
        Version="V2017_07_11",
        **{"xmlns:h": TYPES, "xmlns": TYPES, "xmlns:xsi": _XSI, "xmlns:xsd": _XSD},
    )
    body = tag("s:Body", payload, **{"xmlns:xsi": _XSI, "xmlns:xsd": _XSD})
    return (_DECLARATION + tag("s:Envelope", tag("s:Header", version), body, **{"xmlns:s": SOAP11})).encode()


def legacy_envelope(payload: str) -> bytes:
    """An answer of the Unified Messaging service of Exchange 2007: no header."""
    namespaces = {"xmlns:soap": SOAP11, "xmlns:xsi": _XSI, "xmlns:xsd": _XSD}
    return (_DECLARATION + tag("soap:Envelope", tag("soap:Body", payload), **namespaces)).encode()


def legacy_fault(exception_type: str, text: str) -> bytes:
    """A fault of the Unified Messaging service of Exchange 2007 (MS-OXWUMS 2.2.2.1)."""
    return legacy_envelope(
        tag(
            "soap:Fault",
            leaf("faultcode", f"a:{exception_type}", **{"xmlns:a": ERRORS}),
            leaf("faultstring", text, **{"xml:lang": "en-US"}),
            tag("detail", leaf("m:ExceptionType", exception_type, **{"xmlns:m": MESSAGES})),
        )
    )
