"""Bodies that are no XML, or none that can be read: withheld whole, or searched by patterns and known values.

To withhold is the default: nobody can say what is in a picture, a page of HTML or a truncated document. Searching is
for those who debug just that, and finds what looks like something and what was replaced before.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ewstape.redaction.values import Values

__all__ = ["WITHHELD", "Undecodable", "searched"]

WITHHELD = "withheld: not decodable"
"""The note beside a body that was withheld."""


class Undecodable(StrEnum):
    """What becomes of a body that cannot be read."""

    WITHHOLD = "withhold"
    """It is left out, with a note."""
    PATTERNS = "patterns"
    """Patterns and known values are looked for in its bytes."""


def searched(body: bytes, values: "Values") -> bytes:
    """The body with what is found in it replaced, read as UTF-16 if it looks like it, else byte by byte."""
    zeros = body[:200].count(0)
    codec = "latin-1"
    if zeros * 3 > len(body[:200]) and len(body) % 2 == 0:
        codec = "utf-16-be" if body[:1] == b"\0" or body[:2] == b"\xfe\xff" else "utf-16-le"
    elif _decodes(body, "utf-8"):
        codec = "utf-8"
    if codec.startswith("utf-16") and not _decodes(body, codec):
        codec = "latin-1"
    return values.text(body.decode(codec)).encode(codec)


def _decodes(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
