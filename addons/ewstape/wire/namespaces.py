"""The XML namespaces of EWS, and the names of elements taken apart.

lxml spells a qualified name in Clark notation, `{uri}local`. Prefixes mean nothing here: real clients use any, and one
rebinds the same prefix from element to element.
"""

import re
from functools import lru_cache

from lxml.etree import _Element as Element

from ewstape.interaction import MESSAGES

__all__ = [
    "AUTODISCOVER",
    "ERRORS",
    "MESSAGES",
    "SOAP11",
    "SOAP12",
    "TYPES",
    "Element",
    "clark_name",
    "local_name",
    "namespace",
    "snake_case",
    "text_of",
]

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
AUTODISCOVER = "http://schemas.microsoft.com/exchange/2010/Autodiscover"

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def clark_name(element: Element) -> str:
    """The element's name with its namespace, `{uri}local`."""
    return str(element.tag)  # the annotations of lxml allow more than a parser can produce


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return clark_name(element).rpartition("}")[2]


def namespace(element: Element) -> str:
    """The element's namespace URI; empty if it is in none."""
    return clark_name(element).rpartition("}")[0][1:]


def text_of(element: Element) -> str:
    """The text directly inside the element, without the white space around it."""
    text = element.text
    return text.strip() if text else ""


@lru_cache(512)
def snake_case(name: str) -> str:
    """The key of a decoded field, for the local name of its element or attribute: `SIPResponseCode` is
    `sip_response_code`.
    """
    return _WORD_START.sub("_", name).lower()
