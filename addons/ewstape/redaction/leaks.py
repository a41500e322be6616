"""Whether anything that was replaced is left in what is written. Other code than the redactor's, on purpose.

Every original is turned into the bytes that it would be found as: plain in any case, URL-escaped, escaped for JSON or
YAML, in UTF-16, and in base64 at each of the three alignments. One word of each (eight bytes, or four of a short value)
goes into a set, and all overlapping words of the text are looked up in it by the memory view's own iterator, so the
cost does not grow with the number of originals. The text is read as it is, with its escapes undone, and with its base64
taken off, twice. A leak tells what kind of value is where, and never the value.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import byteorder
from typing import Literal
from urllib.parse import quote, unquote_to_bytes

from ewstape.redaction.kinds import Kind

SHORTEST = 4
"""Characters below which a value says nothing."""
_SHORT = 8
"""Characters below which a value must stand by itself: it could be part of any word or number."""
_LONG_WORD, _SHORT_WORD = 8, 4  # bytes
_LEVELS = 2
_LONG_RUN = 64
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-]{56,}+\\?\s[ \t]*)*[A-Za-z0-9+/_-]{6,}+={0,2}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = b" \t\r\n=\\"
_ESCAPES = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))")
_NAMED = {b"n": "\n", b"t": "\t", b"r": "\r", b"0": "\0"}
_TECHNICAL = re.compile(  # before a short number: figures that are in every message, and are nobody's
    rb"(?:number|version|code|size|count|length|offset|milliseconds|position|status|took|at|recorded|total\w*|date)"
    rb"[\"']?\s*[=:>]\s*[\"']?[^<>\n]{0,30}\Z"
)
_IN_WORD = re.compile(rb"\w")
_GOES_ON = re.compile(rb"\w[.-]")
_WORDS = re.compile(
    "alerted|attachment|body|business|busy|calendar|contacts|default|deleteditems|disconnected|drafts|error|example|"
    "ewstape|exchange|exchange20(?:07|10|13|16)(?:_sp[12])?|external|false|folder|from|home|host|html|inbox|internal|"
    "invalid|item|journal|junkemail|localhost|mail|mailbox|message|mobile|name|no|noerror|none|normal|notes|null|"
    "organizer|outbox|phone|primary|public|redacted|recipients|root|sentitems|server|service|smtp|success|tasks|test|"
    "text|true|unknown|user|utf-8|voicemail|warning|work",
    re.IGNORECASE,
)
"""Words of the protocol and of pseudonyms: they are in every message, so their being there tells nothing."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A value that was to be replaced and is still there. Tells its kind and length, never itself."""

    kind: Kind
    length: int
    form: str
    """How it is there: `plain`, `escaped`, `UTF-16`, `base64`, and what it is inside of."""
    place: str
    """Where, in the words of whoever asked."""

    def __str__(self) -> str:
        """`document 3: a value of kind guid (36 characters) is left, in base64`."""
        where = f"{self.place}: " if self.place else ""
        return f"{where}a value of kind {self.kind} ({self.length} characters) is left, {self.form}"


@dataclass(frozen=True, slots=True, repr=False)
class _Needle:
    bytes: bytes
    kind: Kind
    form: str
    value: str
    alone: bool


class Leaks:
    """Searches text after text for the same originals.

    Args:
        originals: The values that were replaced, with their kinds. Shorter ones than `SHORTEST` are left out, and so
            are words of the protocol.
    """

    def __init__(self, originals: Mapping[str, Kind]) -> None:
        self._long: dict[int, list[_Needle]] = {}
        self._short: dict[int, list[_Needle]] = {}
        for value, kind in originals.items():
            stripped = value.strip()
            if len(stripped) >= SHORTEST and not _WORDS.fullmatch(stripped):
                for needle in _needles(stripped, kind):
                    self._keep(needle)
        self._long_keys = frozenset(self._long)
        self._short_keys = frozenset(self._short)

    def find(self, data: bytes | str, place: str = "") -> list[Leak]:
        """The originals that are in `data`, each form of each once."""
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogatepass")
        found: dict[tuple[str, str], Leak] = {}
        for form, view in _views(data):
            for needle in self._search(view):
                how = ", ".join(filter(None, (needle.form, form))) or "plain"
                found.setdefault((needle.value, how), Leak(needle.kind, len(needle.value), how, place))
        return list(found.values())

    def _keep(self, needle: _Needle) -> None:
        size = len(needle.bytes)
        if size >= _LONG_WORD:
            at = (size - _LONG_WORD) // 2  # ids begin and end alike; their middles differ
            key = int.from_bytes(needle.bytes[at : at + _LONG_WORD], byteorder)
            self._long.setdefault(key, []).append(needle)
        elif size >= _SHORT_WORD:
            key = int.from_bytes(needle.bytes[:_SHORT_WORD], byteorder)
            self._short.setdefault(key, []).append(needle)

    def _search(self, view: bytes) -> Iterator[_Needle]:
        sets: tuple[tuple[frozenset[int], dict[int, list[_Needle]], int, Literal["Q", "I"]], ...] = (
            (self._long_keys, self._long, _LONG_WORD, "Q"),
            (self._short_keys, self._short, _SHORT_WORD, "I"),
        )
        for keys, needles, size, code in sets:
            if not keys:
                continue
            for offset in range(size):
                end = offset + (len(view) - offset) // size * size
                if end <= offset:
                    break
                for key in keys.intersection(memoryview(view)[offset:end].cast(code)):
                    for needle in needles[key]:
                        if _stands(needle, view):
                            yield needle


def _needles(value: str, kind: Kind) -> Iterator[_Needle]:
    made: dict[bytes, str] = {}
    for spelling in _spellings(value):
        utf_8 = spelling.encode("utf-8", "surrogatepass")
        wide = spelling.encode("utf-16-le", "surrogatepass")
        made.setdefault(utf_8, "")
        made.setdefault(quote(spelling, safe="", errors="replace").encode(), "URL-escaped")
        made.setdefault(wide, "UTF-16")
        made.setdefault(spelling.encode("utf-16-be", "surrogatepass"), "UTF-16")
        for raw, form in ((utf_8, "base64"), (wide, "base64 of UTF-16")):
            for digits in _in_base64(raw):
                made.setdefault(digits, form)
    short_number = len(value) < _SHORT
    for needle, form in made.items():
        yield _Needle(needle.lower(), kind, form, value, short_number and form in ("", "UTF-16"))


def _spellings(value: str) -> Iterable[str]:
    spellings = [value, " ".join(value.split())]
    scheme, colon, rest = value.partition(":")
    if colon and scheme.lower() in ("sip", "sips", "tel", "smtp", "mailto") and len(rest) >= SHORTEST:
        spellings.append(rest)
    spellings += [spelling.casefold() for spelling in spellings]
    return dict.fromkeys(spellings)


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """The digits that hold nothing but `raw`, when 0, 1 or 2 bytes stand before it in its group of three."""
    for before in range(3):
        digits = base64.b64encode(bytes(before) + raw)
        first = (before * 8 + 5) // 6
        last = (before + len(raw)) * 8 // 6
        if last - first >= _LONG_WORD:
            yield digits[first:last]


def _stands(needle: _Needle, view: bytes) -> bool:
    """Whether the needle is in the view, and by itself if it must be."""
    at = view.find(needle.bytes)
    while at >= 0:
        if not needle.alone or _alone(view, at, at + len(needle.bytes), digits=needle.value.isdecimal()):
            return True
        at = view.find(needle.bytes, at + 1)
    return False


def _alone(view: bytes, start: int, end: int, *, digits: bool) -> bool:
    """Whether what is found is no part of a longer word; and, if all digits, of no version, date or other figure."""
    before, after = view[max(0, start - 4) : start].replace(b"\0", b""), view[end : end + 4].replace(b"\0", b"")
    if _IN_WORD.fullmatch(before[-1:]) or _IN_WORD.fullmatch(after[:1]):
        return False
    if not digits:
        return True
    return not (
        _GOES_ON.fullmatch(before[-2:])
        or _GOES_ON.fullmatch(after[1::-1])
        or _TECHNICAL.search(view[max(0, start - 60) : start])
    )


def _views(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The readings of `data` in lower case, with words for how they were come by.

    White space counts as one blank: what was on one line may be on several, and a YAML block indents them.
    """
    texts = [("", data)]
    if (plain := _unescape(data)) != data:
        texts.append(("escaped", plain))
    for form, text in texts:
        yield form, b" ".join(_lower(text).split())
    for form, text in texts:
        yield from _inside(text, form, 1)


def _inside(text: bytes, form: str, level: int) -> Iterator[tuple[str, bytes]]:
    within = f"{form}, inside base64".removeprefix(", ")
    decoded: list[bytes] = []
    for run in _BASE64.findall(text):
        decoded += _decode_short(run) if len(run) < _LONG_RUN else _decode(run, 4 if level > 1 else 1)
    if not decoded:
        return
    joined = b"\n".join(decoded)
    yield within, joined.lower()
    if (folded := _lower(joined)) != joined.lower():
        yield within, folded
    if (plain := _unescape(joined)) != joined:
        yield f"{within}, escaped", _lower(plain)
    if level < _LEVELS:
        yield from _inside(joined, within, level + 1)


def _decode(run: bytes, offsets: int = 4) -> tuple[bytes, ...]:
    """What the run may stand for: it, and it without what may have run into it."""
    digits = run.translate(_URL_SAFE, _NOT_BASE64)
    found = []
    for offset in range(offsets):
        piece = digits[offset:]
        if len(piece) % 4 == 1:
            piece = piece[:-1]
        if len(piece) > _SHORT_WORD:
            found.append(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4)))
    return tuple(found)


_decode_short = lru_cache(maxsize=4096)(_decode)


def _unescape(data: bytes) -> bytes:
    """`data` without the escapes of XML, URLs, JSON and YAML, where it has any. Twice escaped is seen through."""
    for _ in range(2):
        before = data
        if b"&" in data:
            data = html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "replace")
        if b"%" in data:
            data = unquote_to_bytes(data)
        if b"\\" in data:
            data = _ESCAPES.sub(_escaped, data)
        if data == before:
            break
    return data


def _escaped(found: re.Match[bytes]) -> bytes:
    if found[3] is not None:
        return _NAMED.get(found[3], "").encode() or found[3]
    return chr(int(found[1] or found[2], 16)).encode("utf-8", "replace")


def _lower(data: bytes) -> bytes:
    if data.isascii():
        return data.lower()
    return data.decode("utf-8", "surrogateescape").casefold().encode("utf-8", "surrogateescape").lower()
