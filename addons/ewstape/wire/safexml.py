"""The one door for XML: every document that ewstape reads from the wire comes in through `parse`.

Traffic is hostile until shown otherwise, and a decoder must never hurt the client it listens to. So a document type
declaration is refused (SOAP forbids it: SOAP 1.1 section 3, SOAP 1.2 part 1 section 5) before libxml2 sees it, and
once more on the parsed tree for encodings that the first look cannot read; entities other than XML's own five therefore
do not exist. libxml2's limits stay on. Whatever the bytes are, the outcome is a tree or a `WireError`.
"""

import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Final

from lxml import etree

from ewstape.errors import WireError
from ewstape.wire.content import charset_of
from ewstape.wire.namespaces import Element

_SHOWN: Final = 200
"""How many characters of a message are kept: libxml2 quotes names, and a name can have 50,000."""
_SMALL: Final = 10_000
"""Bytes below which a tree costs no more than doing without one."""
_LONGEST_TEXT: Final = 10_000_000
"""Bytes in one text node; only who makes a tree counts them."""

# Possessive and atomic throughout, so that a long prolog costs one pass.
_DOCTYPE = re.compile(
    rb"(?:\xef\xbb\xbf)?+(?:\s++|<\?(?>.*?\?>)|<!--(?>.*?-->))*+<!DOCTYPE",
    re.DOTALL | re.IGNORECASE,  # also an HTML page's <!doctype html>
)
_STATES_ENCODING = re.compile(rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff|<\?xml\s[^>]{0,100}?\sencoding|<\0\?\0|\0<\0\?")
_LIMIT_ERRORS: Final = frozenset({etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NAME_TOO_LONG})
_HUGE_TREE_ADVICE = re.compile(r",? (?:use|try) XML_PARSE_HUGE(?: option)?")


def parse(body: bytes, *, content_type: str = "") -> Element:
    """The root element of an XML document, without comments and processing instructions.

    The encoding is the byte order mark's, else the XML declaration's, else the charset of `content_type`, else UTF-8.
    An unknown charset counts as none.

    Raises:
        WireError: the body is empty, not well-formed, has a document type declaration, is nested deeper than 256,
            or holds more than 10 MB in one text node. The one-line message says what and where.
    """
    if not body or body.isspace():
        raise WireError("empty body")
    if _DOCTYPE.match(body):
        raise _doctype_refused()
    try:
        root = etree.fromstring(body, _parser(body, content_type))
    except etree.LxmlError as error:
        raise WireError(_explanation(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype_refused()
    return root


def check(body: bytes, *, content_type: str = "") -> None:
    """Find out whether `parse` takes a document, without making a tree of it where that is dear.

    A document that is one element too deep may pass.

    Raises:
        WireError: as `parse`.
    """
    if not _SMALL <= len(body) <= _LONGEST_TEXT:
        parse(body, content_type=content_type)
        return
    if _DOCTYPE.match(body):
        raise _doctype_refused()
    parser = _parser(body, content_type, tree=False)
    try:
        etree.fromstring(body, parser)
    except etree.LxmlError as error:
        raise WireError(_explanation(error)) from None
    # Without a tree, a wrong use of namespaces is only written down.
    for entry in parser.error_log.filter_from_errors():
        raise WireError(
            f"not well-formed XML: {printable(f'{entry.message}, line {entry.line}, column {entry.column}')}"
        )


def printable(text: str, limit: int = _SHOWN) -> str:
    """Text from the wire made fit for a one-line message: cut to `limit` characters, and what does not print (control
    characters, line ends, bidirectional marks) as backslash escapes.
    """
    cut = text if len(text) <= limit else text[:limit] + "..."
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)


class _Nothing:
    """What a parser hands elements to that makes no tree: nobody, since only methods that are there are called."""

    def doctype(self, *_: object) -> None:
        raise _doctype_refused()

    def close(self) -> None:
        """Nothing is to be had in the end."""


_XMLParser: Callable[..., etree.XMLParser] = etree.XMLParser
_new_parser: Final = partial(
    _XMLParser,
    resolve_entities=False,  # never read a file or grow a text for an entity
    load_dtd=False,
    no_network=True,
    huge_tree=False,  # keeps the limits: depth 256, 10 MB a text node, entity amplification
    recover=False,  # recovering changes data silently
    remove_comments=True,  # else <a>x<!-- -->y</a> has the text "x"
    remove_pis=True,
    collect_ids=False,  # nothing looks elements up by xml:id
)


class _Parser(threading.local):
    """One parser for each thread: making one costs 2 microseconds, and lxml locks a shared one while it parses."""

    def __init__(self) -> None:
        self.default = _new_parser()
        self.checking = _new_parser(target=_Nothing())


_LOCAL = _Parser()


def _parser(body: bytes, content_type: str, *, tree: bool = True) -> etree.XMLParser:
    default = _LOCAL.default if tree else _LOCAL.checking
    if _STATES_ENCODING.match(body) or (charset := charset_of(content_type)) in {"", "utf-8"}:
        return default
    try:
        return _new_parser(encoding=charset) if tree else _new_parser(encoding=charset, target=_Nothing())
    except LookupError:
        return default


def _doctype_refused() -> WireError:
    return WireError("not SOAP: the body has a document type declaration (<!DOCTYPE ...>), which SOAP forbids")


def _explanation(error: etree.LxmlError) -> str:
    limited = getattr(error, "code", 0) in _LIMIT_ERRORS
    # XMLSyntaxError.msg ends with the line and column; str() would add a file name that does not exist.
    message = _HUGE_TREE_ADVICE.sub("", " ".join(str(getattr(error, "msg", None) or error).split()))
    return f"{'XML beyond the limits' if limited else 'not well-formed XML'}: {printable(message)}"
