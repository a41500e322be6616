"""Content-Encoding taken off and put on, and the charset of a Content-Type.

Decompression is bounded: a body of a few kilobytes can expand to gigabytes, so the output is asked for piece by piece
and refused once it exceeds the limit. Compression is deterministic, so that a replay always answers with the same
bytes.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from ewstape.errors import WireError

LIMIT: Final = 256 * 1024 * 1024
"""Bytes that a body may expand to unless the caller says otherwise."""

_BLOCK: Final = 64 * 1024
"""Bytes fed to zlib at once. It copies what follows a gzip member, so feeding all makes many members cost a square."""
_ZLIB, _RAW, _GZIP = zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([A-Za-z0-9][A-Za-z0-9._:+-]*)""", re.IGNORECASE)


def charset_of(content_type: str) -> str:
    """The charset parameter of a Content-Type header's value in lower case; empty if there is none."""
    found = _CHARSET.search(content_type)
    return found[1].lower() if found else ""


def decompress(body: bytes, coding: str, *, limit: int = LIMIT) -> bytes:
    """The content of a body: `coding`, the value of Content-Encoding, is taken off (RFC 9110 8.4.1).

    gzip may have several members. deflate is zlib-wrapped as the RFC wants it, or raw as some servers send it.
    Several codings in a list are taken off last to first. An empty body has empty content.

    Raises:
        WireError: the coding is unknown, the body is corrupt, cut short, or expands to more than `limit` bytes.
    """
    for name in reversed(list(_names(coding))):
        if not body:
            break
        decode = _codec(name)[0]
        try:
            body = decode(body, limit)
        except EOFError:
            raise WireError(f"the {name} body is cut short") from None
        except OverflowError:
            raise WireError(f"the {name} body expands to more than {limit} bytes") from None
        except ValueError as error:
            raise WireError(f"the {name} body is corrupt: {error}") from None
    return body


def compress(body: bytes, coding: str) -> bytes:
    """The body with `coding` put on; the same bytes for the same input. `decompress` restores it.

    Raises:
        WireError: the coding is unknown.
    """
    for name in _names(coding):
        body = _codec(name)[1](body)
    return body


def _names(coding: str) -> Iterator[str]:
    names = (part.strip().lower().removeprefix("x-") for part in coding.split(","))
    return (name for name in names if name not in {"", "identity"})


def _codec(name: str) -> tuple[Callable[[bytes, int], bytes], Callable[[bytes], bytes]]:
    try:
        return _CODECS[name]
    except KeyError:
        raise WireError(f"unknown content coding {name[:40]!r}: ewstape knows {', '.join(CODINGS)}") from None


# The decoders raise EOFError for a body cut short, OverflowError for one that grows too big, ValueError for corruption.


def _inflate(body: bytes, limit: int, wbits: int) -> bytes:
    view, at, room, out = memoryview(body), 0, limit, []
    stream = zlib.decompressobj(wbits)
    while at < len(body):
        if stream.eof:
            if wbits != _GZIP:
                raise ValueError("bytes follow its end")
            stream = zlib.decompressobj(wbits)  # another member (RFC 1952 2.2)
        block = view[at : at + _BLOCK]
        try:
            piece = stream.decompress(block, room + 1)
        except zlib.error as error:
            raise ValueError(error) from None
        room -= len(piece)
        if room < 0:
            raise OverflowError
        at += len(block) - len(stream.unused_data)
        out.append(piece)
    if not stream.eof:
        raise EOFError
    return b"".join(out)


def _deflate(body: bytes, wbits: int) -> bytes:
    stream = zlib.compressobj(wbits=wbits)  # its gzip header has no time and no name
    return stream.compress(body) + stream.flush()


def _inflate_either(body: bytes, limit: int) -> bytes:
    # No raw stream that a compressor writes begins like a zlib header, whose low four bits are 8.
    return _inflate(body, limit, _ZLIB if body[0] & 0x0F == zlib.DEFLATED else _RAW)


def _unbrotli(body: bytes, limit: int) -> bytes:
    import brotli  # type: ignore[import-untyped]  # ships no type information

    stream = brotli.Decompressor()
    try:
        content: bytes = stream.process(body, output_buffer_limit=limit + 1)
    except brotli.error as error:
        raise ValueError(error) from None
    if len(content) > limit:
        raise OverflowError
    if not stream.is_finished():
        raise EOFError
    return content


def _brotli(body: bytes) -> bytes:
    import brotli

    content: bytes = brotli.compress(body, quality=5)  # the default, 11, takes eighty times as long for a small body
    return content


_CODECS: Final = {
    "gzip": (lambda body, limit: _inflate(body, limit, _GZIP), lambda body: _deflate(body, _GZIP)),
    "deflate": (_inflate_either, lambda body: _deflate(body, _ZLIB)),
    "br": (_unbrotli, _brotli),
}

CODINGS: Final = tuple(_CODECS)
"""The content codings that can be taken off and put on."""
