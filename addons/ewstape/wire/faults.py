"""SOAP faults: decoding those of every Exchange generation, and wording our own as Exchange 2010 and later do.

The generations differ in where they put the same facts: `a:ErrorServerBusy` as the faultcode or only in the detail,
MessageXml in the namespace of types or of errors, a line number inside it or beside it. The local names are the same
everywhere, so one walk with a table of names reads them all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from html import escape
from typing import Final, Literal

from ewstape.interaction import Fields
from ewstape.wire.namespaces import ERRORS, SOAP11, SOAP12, TYPES, Element, clark_name, local_name, text_of

type SoapVersion = Literal["1.1", "1.2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A decoded SOAP fault. What the fault does not say is the empty string."""

    fault_code: str = ""
    """faultcode without its prefix; in SOAP 1.2 the innermost Subcode, else the Code."""
    fault_string: str = ""
    """faultstring; in SOAP 1.2 the Reason."""
    fault_actor: str = ""
    """faultactor, which older availability faults fill with the server's URL; in SOAP 1.2 Node or Role."""
    response_code: str = ""
    """e:ResponseCode, such as `ErrorServerBusy`."""
    message: str = ""
    """e:Message."""
    exception_type: str = ""
    """m:ExceptionType of the legacy UM service, such as `InvalidCallIdException` (MS-OXWUMS, ExceptionType)."""
    error_code: str = ""
    """ErrorCode of older availability and out-of-office faults: a number."""
    line_number: str = ""
    """Where in the request the server met the error: t:LineNumber, or e:Line of Exchange 2007."""
    line_position: str = ""
    """t:LinePosition, or e:Position of Exchange 2007."""
    violation: str = ""
    """t:Violation: which rule of the schema the request breaks."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The named values of MessageXml, such as `BackOffMilliseconds`."""


_FIELDS: Final = tuple(entry.name for entry in fields(Fault))

_PLACES: Final[Mapping[str, str]] = {
    # SOAP 1.1 names are in no namespace; those of SOAP 1.2 are spelt out, because a detail may hold a Text as well.
    "faultcode": "fault_code",
    "faultstring": "fault_string",
    "faultactor": "fault_actor",
    f"{{{SOAP12}}}Value": "fault_code",
    f"{{{SOAP12}}}Text": "fault_string",
    f"{{{SOAP12}}}Node": "fault_actor",
    f"{{{SOAP12}}}Role": "fault_actor",
    "ResponseCode": "response_code",
    "Message": "message",
    "ExceptionType": "exception_type",
    "ErrorCode": "error_code",
    "Line": "line_number",
    "LineNumber": "line_number",
    "Position": "line_position",
    "LinePosition": "line_position",
    "Violation": "violation",
}
_CODE_OF_SOAP12: Final = f"{{{SOAP12}}}Value"


def read_fault(element: Element) -> Fault:
    """The fault that a `soap:Fault` element of either SOAP version describes; says what can be found, never raises."""
    found: dict[str, str] = {}
    values: dict[str, str] = {}
    for node in element.iter():
        name = local_name(node)
        text = text_of(node)
        if place := _PLACES.get(clark_name(node)) or _PLACES.get(name):
            # The first of its kind speaks, except that a SOAP 1.2 subcode is more telling than the code above it.
            if clark_name(node) == _CODE_OF_SOAP12 or place not in found:
                found[place] = text
        elif name == "Value" and (key := node.get("Name")):
            values[key] = text
    if "fault_code" in found:
        found["fault_code"] = found["fault_code"].rpartition(":")[2]
    return Fault(**found, values=values)


def to_fields(fault: Fault) -> Fields:
    """The fault as decoded fields: what it says by name, without what it does not say."""
    return {name: value for name in _FIELDS if (value := getattr(fault, name))}


_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML 1.0 document can hold, not even as a character reference."""

_DETAIL: Final = (
    f'<e:ResponseCode xmlns:e="{ERRORS}">{{code}}</e:ResponseCode><e:Message xmlns:e="{ERRORS}">{{message}}</e:Message>'
)
_TEMPLATES: Final[Mapping[SoapVersion, str]] = {
    "1.1": (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP11}"><s:Body><s:Fault>'
        f'<faultcode xmlns:a="{TYPES}">a:{{code}}</faultcode><faultstring xml:lang="en-US">{{message}}</faultstring>'
        f"<detail>{_DETAIL}</detail></s:Fault></s:Body></s:Envelope>"
    ),
    "1.2": (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP12}"><s:Body><s:Fault>'
        f'<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:a="{TYPES}">a:{{code}}</s:Value></s:Subcode>'
        "</s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{{message}}</s:Text></s:Reason>'
        f"<s:Detail>{_DETAIL}</s:Detail></s:Fault></s:Body></s:Envelope>"
    ),
}


def build_fault(response_code: str, message: str, *, soap_version: SoapVersion = "1.1") -> bytes:
    """The body of a fault as Exchange 2010 and later word it; clients want HTTP status 500 with it.

    Characters of `message` that XML forbids are written as backslash escapes.
    """
    text = _TEMPLATES[soap_version].format(code=_xml_text(response_code), message=_xml_text(message))
    return text.encode()


def _xml_text(text: str) -> str:
    allowed = _FORBIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
    return escape(allowed, quote=False).replace("\r", "&#13;")  # a parser reads a bare CR as a line feed
