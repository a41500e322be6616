"""The forms in which a secret may hide: escaped, in UTF-16, in base64, and in base64 inside of those.

Made lazily and only where a cheap look says that there is something to undo, since most text is plain. Text that was
decoded is cut down to its printable stretches: a secret is printable, and random bytes hardly ever are for long.
"""

import binascii
import html
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from ewstape.redaction.pseudonyms import is_pseudonym

DEEPEST = 2
"""How often base64 is taken off."""

_RUN = re.compile(r"(?:[A-Za-z0-9+/_-]{56,}+\r?\n[ \t]*)*[A-Za-z0-9+/_-]{11,}+={0,2}")  # wrapped lines are one run
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_BACKSLASH = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(/))")
_STRETCH = re.compile(rb"[\x20-\x7e]{6,}|(?:[\x20-\x7e]\0){5,}[\x20-\x7e]?")
_URL_SAFE = str.maketrans("-_", "+/", " \t\r\n=")
_BINARY_SID = re.compile(rb"\x01[\x01-\x0f]\0\0\0\0\0\x05\x15\0\0\0")  # S-1-5-21 (MS-DTYP 2.4.2.2)
BINARY_SID = "binary security identifier "
"""Stands in decoded text for a SID that is there as bytes."""
_PSEUDONYM = "ZXdzdGFwZTp"  # how identifiers begin that redaction made
_SHORT = 100


def text_of(body: bytes) -> str:
    """A body as text, whatever it is: by its byte order mark, as UTF-16 by its first bytes, as UTF-8, else bytewise."""
    if body.startswith((BOM_UTF16_LE, b"<\0")):
        return body.decode("utf-16-le", "replace")
    if body.startswith((BOM_UTF16_BE, b"\0<")):
        return body.decode("utf-16-be", "replace")
    try:
        return body.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")


def forms(text: str, *, within: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The readings of `text`, itself first, each with the words for how it was come by (empty for itself)."""
    yield within, text
    if plain := unescape(text):
        yield _join(within, "escaped"), plain
    if "\0" in text and (wide := _printable(text.encode("utf-8", "replace"))):
        yield _join(within, "UTF-16"), wide
    if depth < DEEPEST:
        for reading in (text, plain) if plain else (text,):
            for run in _RUN.findall(reading):
                if run.startswith(_PSEUDONYM) and is_pseudonym(run):
                    continue
                if len(run) > _SHORT:
                    yield from _decoded(run, within, depth)
                else:
                    yield from _decoded_short(run, within, depth)


def unescape(text: str) -> str:
    """`text` without the escapes of XML, URLs and JSON, where it has any; else empty. Twice escaped is seen through."""
    plain = text
    for _ in range(2):
        before = plain
        if "&" in plain:
            plain = html.unescape(plain)
        if "%" in plain and _PERCENT.search(plain):
            plain = unquote(plain, errors="replace")
        if "\\" in plain:
            plain = _BACKSLASH.sub(lambda found: chr(int(found[1] or found[2] or "2f", 16)), plain)
        if plain == before:
            break
    return plain if plain != text else ""


@lru_cache(maxsize=8192)  # names of elements and headers look like base64, too, and come again and again
def _decoded_short(run: str, within: str, depth: int) -> tuple[tuple[str, str], ...]:
    return tuple(_decoded(run, within, depth))


def _decoded(run: str, within: str, depth: int) -> Iterator[tuple[str, str]]:
    run = run.translate(_URL_SAFE)
    for offset in range(4):  # what stands before may have run into it
        if text := _printable(decode(run[offset:])):
            yield from forms(text, within=_join(within, "in base64"), depth=depth + 1)


def decode(run: str) -> bytes:
    """The bytes that base64 digits stand for, of either alphabet, with or without padding."""
    digits = run.translate(_URL_SAFE)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + "=" * (-len(digits) % 4))


def _printable(data: bytes) -> str:
    found = [stretch.replace(b"\0", b"") for stretch in _STRETCH.findall(data)]
    if b"\x05\x15\0\0\0" in data and _BINARY_SID.search(data):
        found.append(BINARY_SID.encode())
    return b"\n".join(found).decode("ascii")


def _join(within: str, form: str) -> str:
    return form if not within else within if within.endswith(form) else f"{within}, {form}"
