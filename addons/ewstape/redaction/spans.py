"""Where things stand in recorded XML: a document as a list of pieces that together are the document, byte for byte.

Every even piece is character data, every odd one a piece of markup: a tag, a comment, a CDATA section, a processing
instruction, or a leaf: an element without attributes, with its text and both tags, as most elements are. Redacting
replaces pieces, or parts of them, and joins: nothing is ever serialised, so whatever is not replaced stays as it was
sent. The scanner relies on the XML being well-formed and free of document types, which
`wire.safexml` has checked, and counts elements so that it can be held against the parser's own count.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ewstape.wire.content import charset_of

__all__ = [
    "Encoding",
    "Replacement",
    "attributes_replaced",
    "encoding_of",
    "escape",
    "is_leaf",
    "local",
    "moved",
    "spliced",
    "split",
    "unescape",
]

_MARKUP: Final = re.compile(
    r"""(<(?:[^<>"'!?/][^<>"'/]*+>[^<]*+</[^<>]*+>|[^<>"'!?][^<>"']*+(?:"[^"]*+"[^<>"']*+|'[^']*+'[^<>"']*+)*+>|!--[\s\S]*?-->|!\[CDATA\[[\s\S]*?\]\]>|\?[\s\S]*?\?>))"""
)
_PLAIN_MARKUP: Final = re.compile("""(<(?:[^<>"'/!?]++>[^<]*+</)?+[^>]*+>)""")
_NAME: Final = re.compile(r"</?(?:[^\s/>:]*:)?([^\s/>]+)")
_ATTRIBUTE: Final = re.compile(r"""(?<=\s)([^\s=<>"'/]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)')""")
_ENTITY: Final = re.compile(r"&(?:#[0-9]+|#x[0-9A-Fa-f]+|amp|lt|gt|quot|apos);")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_DECLARED: Final = re.compile(rb"""<\?xml\s[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_SIGNATURES: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

type Encoding = tuple[bytes, str]
"""A byte order mark, empty if there is none, and the name of a codec."""

type Replacement = tuple[int, int, str]
"""Where a part of a text begins and ends, and what takes its place."""


def encoding_of(body: bytes, content_type: str) -> Encoding:
    """The encoding of an XML document, found as `wire.safexml.parse` finds it."""
    for mark, codec in _SIGNATURES:
        if body.startswith(mark):
            return mark, codec
    if body[:4] == b"<\0?\0" or body[1:2] == b"\0":
        return b"", "utf-16-le"
    if body[:1] == b"\0":
        return b"", "utf-16-be"
    declared = _DECLARED.match(body)
    name = declared[1].decode("ascii").lower() if declared else charset_of(content_type)
    return b"", "utf-8" if not name or name.startswith(("utf-16", "utf16", "ucs", "utf-32")) else name


def split(text: str) -> list[str]:
    """Character data and markup in turn, beginning and ending with character data."""
    # As most messages are: every > ends a tag, and there are only tags, but for the declaration.
    plain = text.count("<") == text.count(">") and "<!" not in text and text.rfind("<?") < 1
    return (_PLAIN_MARKUP if plain else _MARKUP).split(text)


def local(tag: str) -> str:
    """The local name of a tag or leaf."""
    found = _NAME.match(tag)
    assert found is not None  # a tag has a name
    return found[1]


def is_leaf(piece: str) -> bool:
    """Whether a piece of markup is an element without attributes, with its text and both tags."""
    return piece.endswith(">") and piece[1] not in "/!?" and "</" in piece


def attributes_replaced(tag: str, replace: Callable[[str, str, str], str]) -> str:
    """The start tag with other values of attributes.

    Args:
        tag: as it was sent.
        replace: gets a qualified name, the value with its escapes, and the mark that quotes it; returns another value,
            or the same to leave the attribute as it stands.
    """

    def one(match: re.Match[str]) -> str:
        name, equals, double, single = match.groups()
        raw, mark = (single, "'") if double is None else (double, '"')
        new = replace(name, raw, mark)
        return match[0] if new is raw else f"{name}{equals}{mark}{new}{mark}"

    return _ATTRIBUTE.sub(one, tag)


def unescape(raw: str) -> str:
    """Character data or an attribute's value with its references resolved."""
    return _ENTITY.sub(_resolved, raw) if "&" in raw else raw


def _resolved(match: re.Match[str]) -> str:
    name = match[0][1:-1]
    if name[0] != "#":
        return _NAMED[name]
    return chr(int(f"0{name[1:]}", 0) if name[1] == "x" else int(name[1:]))


def escape(text: str, mark: str = "") -> str:
    """Text as character data, or as an attribute's value between two `mark`s."""
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace(mark, "&quot;" if mark == '"' else "&apos;") if mark else text


def spliced(raw: str, spans: Iterable[tuple[int, int, str]], *, cdata: bool = False, mark: str = "") -> str:
    """Raw text with parts replaced. The spans are places in the unescaped text, in order; their texts get escaped."""
    at = range(len(raw) + 1) if cdata or "&" not in raw else _places(raw)
    out: list[str] = []
    last = 0
    for start, end, new in spans:
        out += (raw[last : at[start]], new if cdata else escape(new, mark))
        last = at[end]
    out.append(raw[last:])
    return "".join(out)


def _places(raw: str) -> Sequence[int]:
    """Where in `raw` each character of the unescaped text begins, and where the last ends."""
    places: list[int] = []
    last = 0
    for match in _ENTITY.finditer(raw):
        places += range(last, match.start())
        places += [match.start()] * len(_resolved(match))
        last = match.end()
    places += range(last, len(raw) + 1)
    return places


def moved(old: Sequence[str], new: Sequence[str], boundaries: Sequence[int], size: Callable[[str], int]) -> list[int]:
    """Where boundaries in the old pieces are in the new ones, as `size` measures both.

    A boundary inside a piece that changed moves with what is left alone at the piece's ends, or else to its new end.
    """
    out: list[int] = []
    todo = iter(boundaries)
    wanted = next(todo, None)
    before = after = 0
    for was, now in zip(old, new, strict=True):
        length, becomes = size(was), size(now)
        while wanted is not None and wanted < before + length:
            inside = wanted - before
            out.append(after + (inside if was == now else min(inside, becomes)))
            wanted = next(todo, None)
        before += length
        after += becomes
    while wanted is not None:
        out.append(after + wanted - before)
        wanted = next(todo, None)
    return out
