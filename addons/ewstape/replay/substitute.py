"""Puts a live client's own values in the places of the recorded ones, and leaves every other byte alone.

The fields that hold identifiers are found in the text of a response by their names, in one pass of a pattern that steps
over comments, CDATA and processing instructions. Only the value of a field that is to change is spliced in, escaped for
where it stands; nothing is parsed and written again, so what clients insist on stays, and so do ill-formed bodies,
which Exchange does send. Streams are several documents in one body, and are found to be nothing special here.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import quote, unquote

from ewstape.interaction import Chunk, Response
from ewstape.operations.identifiers import (
    ATTACHMENT_ID,
    ELEMENTS,
    FOLDER_ID,
    ITEM_ID,
    SMTP_ADDRESS,
    Kind,
    slots_of,
)
from ewstape.replay.headers import first
from ewstape.wire.content import charset_of

type LiveValue = Callable[[Kind | None, str], str | None]
"""The live value for a recorded one, of no kind if it is no identifier; `None` if that stands for itself."""


class Field(NamedTuple):
    """An identifier, or what may hold a pseudonym, in a text, at `text[start:end]`."""

    kind: Kind | None
    """`None` for what is no identifier."""
    value: str
    """Without the escapes that the text has."""
    start: int
    end: int
    quote: str
    """The quotation mark around an attribute's value; empty for the text of an element."""
    is_url: bool = False
    """Whether it may hold identifiers in its query."""


_URLS = frozenset({"WebClientReadFormQueryString", "WebClientEditFormQueryString", "PhotoUrl"})
"""Elements whose text is a URL that may name things in its query."""
_IN_URLS = (ITEM_ID, FOLDER_ID, ATTACHMENT_ID, SMTP_ADDRESS)

_SKIPPED = r"<(?:!--.*?(?:-->|\Z)|!\[CDATA\[.*?(?:\]\]>|\Z)|\?.*?(?:\?>|\Z))"


def _tags(names: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_SKIPPED}|<(?:[\w.-]++:)?+({names})((?:\s[^>\"'<]*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+)\s*+(/?)>", re.DOTALL
    )


def _any_of(words: Iterable[str]) -> str:
    """A pattern of these words that looks at each character once."""
    ends: dict[str, list[str]] = {}
    for word in sorted(words, reverse=True):  # the longer ones first
        ends.setdefault(word[:1], []).append(word[1:])
    branches = [first + _any_of(rest) if first else "" for first, rest in ends.items()]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


_TAG = _tags(_any_of(ELEMENTS | _URLS))
_ANY_TAG = _tags(r"[\w.-]++")
_ATTRIBUTE = re.compile(r"\s([\w.:-]+)\s*=\s*([\"'])(.*?)\2", re.DOTALL)
_CONTENT = re.compile(rf"\s*+((?:[^<\s]++|\s++(?!</)|{_SKIPPED})*+)\s*+</", re.DOTALL)
_PIECE = re.compile(rf"<!\[CDATA\[(.*?)\]\]>|({_SKIPPED})|([^<]++)", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_QUOTED = {mark: {key: value for key, value in _ESCAPES.items() if key != ord(other)} for mark, other in ("\"'", "'\"")}
_TEXT_ESCAPES = {ord(character): _ESCAPES[ord(character)] for character in "&<>\r"}

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml\s[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"))


def identifiers(response: Response) -> Iterator[tuple[Kind, str]]:
    """Every identifier in the body of a response, in document order."""
    if _is_markup(response):
        text, _ = _decoded(response)
        yield from ((field.kind, field.value) for field in fields(text) if field.kind)


def put_back(response: Response, live_value: LiveValue, *, everywhere: bool = False) -> Response:
    """The response with live values in place of recorded ones; `response` itself if it holds none of them.

    With `everywhere`, not only identifiers are asked for but every value, since any may be a pseudonym.

    The sizes of a stream's chunks follow, so that each piece of text stays in the chunk that it was recorded in.
    """
    if not _is_markup(response):
        return response
    text, codec = _decoded(response)
    splices = list(_splices(text, live_value, everywhere=everywhere))
    if not splices:
        return response
    pieces: list[bytes] = []
    ends: list[tuple[int, int]] = []  # how far the recorded body is copied, and how much longer the new one is there
    done = copied = grown = 0
    for start, end, written in splices:
        before, removed = text[done:start].encode(codec), text[start:end].encode(codec)
        added = written.encode(codec if codec.startswith("utf") else "ascii", "xmlcharrefreplace")
        pieces += (before, added)
        copied += len(before) + len(removed)
        grown += len(added) - len(removed)
        ends.append((copied, grown))
        done = end
    pieces.append(text[done:].encode(codec))
    return replace(response, body=b"".join(pieces), fields={}, chunks=_moved(response.chunks, ends))


def fields(text: str, *, everywhere: bool = False) -> Iterator[Field]:
    """The identifiers in a text of XML, or all its values, in document order; passes over what is not well-formed."""
    for tag in (_ANY_TAG if everywhere else _TAG).finditer(text):
        name = tag[1]
        if not name:
            continue
        is_url = name in _URLS
        for attribute in _ATTRIBUTE.finditer(text, *tag.span(2)) if tag[2] else ():
            kind = _kind(name, attribute[1])
            if (kind or everywhere) and (found := _admitted(kind, _unescaped(attribute[3]), everywhere=everywhere)):
                yield Field(*found, attribute.start(3), attribute.end(3), attribute[2])
        kind = None if tag[3] else _kind(name, "")
        if tag[3] or not (kind or is_url or everywhere) or not (content := _CONTENT.match(text, tag.end())):
            continue
        if found := _admitted(kind, _plain(content[1]), everywhere=everywhere or is_url):
            yield Field(*found, content.start(1), content.end(1), "", is_url)


def _admitted(kind: Kind | None, value: str, *, everywhere: bool) -> tuple[Kind | None, str] | None:
    if kind and kind.admits(value):
        return kind, value
    return (None, value) if everywhere and value else None


@lru_cache(1024)
def _kind(name: str, place: str) -> Kind | None:
    """What stands there. Fields that only a certain parent makes identifiers occur in requests only, but for the
    Exchange 2007 service's answers inside answers of the same name.
    """
    slots = slots_of(name) or {}
    return next((kind for parent, kind in slots.get(place, ()) if parent in {"", name}), None)


def _splices(text: str, live_value: LiveValue, *, everywhere: bool) -> Iterator[tuple[int, int, str]]:
    for field in fields(text, everywhere=everywhere):
        live = _in_url(field.value, live_value) if field.is_url else live_value(field.kind, field.value)
        if live is not None and live != field.value:
            yield field.start, field.end, _written(field, live)


def _written(field: Field, live: str) -> str:
    return live.translate(_QUOTED[field.quote] if field.quote else _TEXT_ESCAPES)


def _in_url(url: str, live_value: LiveValue) -> str:
    """The URL with the values of its query put back, each percent-encoded as the recorded one was."""

    def change(part: str) -> str:
        name, equals, value = part.partition("=")
        plain = unquote(value)
        live = next((live for kind in _IN_URLS if (live := live_value(kind, plain))), None)
        return part if live is None or not equals else f"{name}={quote(live, safe='')}"

    return "".join(part if part in {"?", "&"} else change(part) for part in re.split("([?&])", url))


def _moved(chunks: tuple[Chunk, ...], ends: list[tuple[int, int]]) -> tuple[Chunk, ...]:
    """Chunks that end at the same places of a text whose values have other lengths now."""
    borders = [0]
    for border in accumulate(chunk.size for chunk in chunks):
        grown = next((grown for end, grown in reversed(ends) if end <= border), 0)
        borders.append(max(borders[-1], border + grown))
    return tuple(Chunk(chunk.at, end - start) for chunk, start, end in zip(chunks, borders, borders[1:], strict=False))


def _plain(content: str) -> str:
    """The text of an element that holds nothing else: CDATA as it is, without comments."""
    if "<" not in content:
        return _unescaped(content)
    pieces = (piece[1] if piece[1] is not None else _unescaped(piece[3] or "") for piece in _PIECE.finditer(content))
    return "".join(pieces).strip()


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    if reference[3]:
        return _ENTITIES[reference[3]]
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return chr(code) if code <= sys.maxunicode else reference[0]


def _is_markup(response: Response) -> bool:
    body = response.body
    return (
        body[:1] == b"<"
        or "xml" in first(response.headers, "Content-Type")
        or body[:64].lstrip()[:1] == b"<"
        or body.startswith(tuple(mark for mark, _ in _MARKS))
    )


def _decoded(response: Response) -> tuple[str, str]:
    """The body as text, and a codec that makes the same bytes of it again."""
    body = response.body
    declared = _DECLARED.match(body)
    marked = next((codec for mark, codec in _MARKS if body.startswith(mark)), "")
    charset = declared[1].decode("ascii") if declared else charset_of(first(response.headers, "Content-Type"))
    for codec in (marked or charset or "utf-8", "utf-8"):
        try:
            text = body.decode(codec)
            if codec.lower() in {"utf-8", "us-ascii", "iso-8859-1"} or text.encode(codec) == body:
                return text, codec.lower()
        except (UnicodeError, LookupError):
            continue
    return body.decode("latin-1"), "latin-1"  # wrong perhaps, but it keeps every byte, and names are ASCII
