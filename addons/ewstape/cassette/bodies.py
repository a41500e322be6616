"""A body as YAML, readable if it can be and exact always.

Forms are tried from the most readable to the plainest: indented XML, a literal block, a quoted scalar, base64. Each is
proven before it is used, by restoring the bytes with the very function that loads them.
"""

import base64
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator
from functools import lru_cache

from ewstape.cassette.scalars import literal, quoted
from ewstape.cassette.strictyaml import MAX_SCALAR
from ewstape.wire.skeleton import MARK, marked, taken_apart

CHARSETS = {
    "utf-8": (b"", "utf-8"),
    "utf-8-bom": (BOM_UTF8, "utf-8"),
    "utf-16-le": (b"", "utf-16-le"),
    "utf-16-le-bom": (BOM_UTF16_LE, "utf-16-le"),
    "utf-16-be": (b"", "utf-16-be"),
    "utf-16-be-bom": (BOM_UTF16_BE, "utf-16-be"),
    "iso-8859-1": (b"", "iso-8859-1"),
    "windows-1252": (b"", "windows-1252"),
}
"""Name in a cassette -> byte order mark and codec."""

CRLF = "crlf"

_LINE = 76
LARGEST = MAX_SCALAR // (_LINE + 1) * (_LINE // 4 * 3)
"""Bytes that a body may have: in base64, the longest form that is ever needed, it can still be loaded."""

_SIGNATURES = (
    (BOM_UTF8, "utf-8-bom"),
    (BOM_UTF16_LE, "utf-16-le-bom"),
    (BOM_UTF16_BE, "utf-16-be-bom"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,60}?encoding=["'](iso-8859-1|windows-1252)["']""", re.IGNORECASE)

_JOINT = re.compile(r">\n[ \n]*<")  # where `_indent` broke a line, or a person who wrote the body
_DECLARATION_END = "?>\n"
_DEEPEST = 24
_BREAKS = tuple(">\n" + "  " * depth + "<" for depth in range(_DEEPEST + 1))


def render(body: bytes) -> str:
    """The lines of a message that hold its body, indented as its keys are; empty for an empty body.

    Raises:
        ValueError: it is larger than `LARGEST`.
    """
    if not body:
        return ""
    if len(body) > LARGEST:
        raise ValueError(f"a body of {len(body)} bytes is larger than a cassette holds ({LARGEST})")
    cut = None if b"\n" in body else taken_apart(body)
    if cut is None:
        return _render(body)
    pieces = [b""] * (2 * len(cut.values) + 1)
    pieces[::2], pieces[1::2] = _around(cut.skeleton), cut.values
    return b"".join(pieces).decode("ascii")


@lru_cache(256)
def _around(skeleton: bytes) -> tuple[bytes, ...]:
    """What stands around the values in the lines of every one-line body with this skeleton.

    The values stand in the lines as in the body, with what is before them, since lines are broken between tags only.
    """
    *around, last = MARK.split(_render(marked(skeleton)))[::2]
    return (*(text[: -1 if text.endswith(">") else -2].encode() for text in around), last.encode())


def _render(body: bytes) -> str:
    for charset in _charsets(body):
        bom, codec = CHARSETS[charset]
        try:
            text = body.removeprefix(bom).decode(codec)
        except UnicodeDecodeError:
            continue
        head = "" if charset == "utf-8" else f"  charset: {charset}\n"
        for layout, newlines, shown in _blocks(text):
            block = literal(shown, "    ")
            small = len(shown) <= MAX_SCALAR  # or it could not be loaded again
            if block and small and restore(shown, charset=charset, newlines=newlines, layout=layout) == body:
                if newlines:
                    head += f"  newlines: {newlines}\n"
                if layout:
                    head += f"  layout: {layout}\n"
                return f"{head}  body: {block}\n"
        if restore(text, charset=charset) == body:
            return f"{head}  body: {quoted(text)}\n"
    lines = base64.b64encode(body).decode()
    return "  body_base64: |\n" + "".join([f"    {lines[at : at + _LINE]}\n" for at in range(0, len(lines), _LINE)])


def restore(text: str, *, charset: str = "utf-8", newlines: str = "", layout: str = "") -> bytes:
    """The bytes that `text` stands for. The other arguments are a message's keys of the same names.

    Raises:
        UnicodeEncodeError: the charset has no such character.
    """
    if layout:
        text = LAYOUTS[layout](text)
    if newlines == CRLF:
        text = text.replace("\n", "\r\n")
    bom, codec = CHARSETS[charset]
    return bom + text.encode(codec)


def _join(text: str) -> str:
    return _JOINT.sub("><", text).removesuffix("\n")


def _join_after_declaration(text: str) -> str:
    declaration, end, rest = text.partition(_DECLARATION_END)
    return declaration + end + _join(rest) if end else _join(text)


LAYOUTS: dict[str, Callable[[str], str]] = {
    "indented": _join,
    "indented-after-declaration": _join_after_declaration,
}
"""Name in a cassette -> what takes the line breaks out that are only for reading: those between tags and the last."""


def _charsets(body: bytes) -> Iterator[str]:
    """The charsets worth a try: UTF-8 unless the first bytes tell, then what the XML declaration names.

    Not just any: nearly all bytes are some text in ISO-8859-1, and base64 is more honest about them.
    """
    if signed := next((name for mark, name in _SIGNATURES if body.startswith(mark) and body != mark), ""):
        yield signed
    yield "utf-8"
    if declared := _DECLARED.match(body):
        yield declared[1].decode().lower()


def _blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """What a literal block may show in place of `text`, best first: layout, newlines, shown."""
    newlines = ""
    if "\r" in text:
        if not text.count("\r") == text.count("\n") == text.count("\r\n"):
            return
        newlines = CRLF
        text = text.replace("\r\n", "\n")
    if text.startswith("<"):
        if "\n" not in text.rstrip("\n"):
            if text.count("><") > 1:
                yield "indented", newlines, _indent(text)
        elif text.startswith("<?xml"):
            declaration, end, rest = text.partition(_DECLARATION_END)
            if rest.startswith("<") and "\n" not in rest.rstrip("\n") and rest.count("><") > 1:
                yield "indented-after-declaration", newlines, declaration + end + _indent(rest)
    yield "", newlines, text


def _indent(line: str) -> str:
    """One-line XML with a line break at every `><`. Depth is only counted, and wrong depth is only ugly."""
    first, *parts = line.split("><")
    pieces = [first]
    depth = 0 if first[1:2] in ("?", "!") or "</" in first or first[-1:] == "/" else 1
    for part in parts:
        if part[:1] == "/":
            depth = depth - 1 if depth else 0
            pieces.append(_BREAKS[depth] + part)
        else:
            pieces.append(_BREAKS[depth] + part)
            if "</" not in part and part[-1:] != "/" and part[:1] not in ("!", "?") and depth < _DEEPEST:
                depth += 1
    pieces.append("\n")
    return "".join(pieces)
