"""A body cut into what stays and what varies, without parsing it.

Programs write each of their messages from one template: the same tags again and again, other values between them. So a
body is cut by one pattern into its skeleton and its values, and what was found out about a skeleton once holds for all
that have it.

That is as strict as a parser. A skeleton must match `_GRAMMAR`: nothing but tags, attributes and blanks, with holes for
values, and a value has no character that could end it, be escaped, be normalised or be forbidden (ASCII only). Put into
such a hole, a value leaves the structure as it is, so what parsed with one value parses with any other. What a place
means depends on names alone; those stand in the skeleton, and in namespace declarations, which belong to the template.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

from ewstape.wire.content import charset_of

__all__ = [
    "LONGEST",
    "MARK",
    "Cut",
    "example",
    "filled",
    "is_ascii",
    "mark",
    "marked",
    "put_together",
    "start",
    "structural",
    "taken_apart",
]

LONGEST = 16 * 1024
"""Bytes of a body; longer ones are seldom sent twice."""
_MOST_VALUES = 96
_MOST = 256
"""Skeletons that are remembered."""

_HOLE = b"\0"
_VALUE = re.compile(
    rb"""(>[^\s<>&\x00-\x1f\x7f-\xff](?:[^<>&\x00-\x08\x0b-\x1f\x7f-\xff]*[^\s<>&\x00-\x1f\x7f-\xff])?+(?=<)"""
    rb"""|="[^"<&\x00-\x1f\x7f-\xff]++(?=")|='[^'<&\x00-\x1f\x7f-\xff]++(?='))"""
)
"""Values with what is before them, so that a search can begin at few characters. The text of an element has no blanks
around it."""
_NAME = rb"[A-Za-z_][\w.-]*+(?::[A-Za-z_][\w.-]*+)?+"
_DECLARATION = rb"""(?:<\?xml(?:\x20(?:version|encoding|standalone)\x00["'])++\x20?\?>\s*+)?+"""
_ATTRIBUTE = rb"""\s++%b(?:=""|=''|\x00["'])""" % _NAME
_TAG = rb"<(?:/%b\s*+|%b(?:%b)*+\s*+/?)(?:>\s*+|\x00(?=<))" % (_NAME, _NAME, _ATTRIBUTE)
_GRAMMAR = re.compile(rb"%b(?:%b)++" % (_DECLARATION, _TAG))
"""A skeleton. A hole before `<` held `>` and a text, one before a quotation mark held `=`, the mark and a value."""
_STRUCTURAL = re.compile(rb"(?:version|encoding|standalone|\sxmlns(?::[\w.-]++)?)\Z")
_UTF_8 = frozenset({b"utf-8", b"UTF-8", b"us-ascii", b"US-ASCII"})

MARK = re.compile(r"the value in place (\d+) of a template")
"""What `mark` gives."""


class Cut(NamedTuple):
    """A body, cut into what stays and what varies."""

    skeleton: bytes
    """The body with a hole in the place of each value."""
    values: tuple[bytes, ...]
    names: tuple[bytes, ...]
    """Those of `values` that belong to the structure: the XML declaration's and the namespaces."""


@lru_cache(_MOST)
def is_ascii(content_type: str) -> bool:
    """Whether a Content-Type names a charset in which ASCII is itself; none is UTF-8."""
    return charset_of(content_type) in {"", "utf-8", "us-ascii"}


@lru_cache(8)  # a message is asked about more than once: what it is, and what it means
def taken_apart(body: bytes) -> Cut | None:
    """The body of a message as skeleton and values; `None` if it is none that this can be told of."""
    if len(body) > LONGEST:
        return None
    parts = _VALUE.split(body)
    if len(parts) > 2 * _MOST_VALUES:
        return None
    skeleton, values = _HOLE.join(parts[::2]), tuple(parts[1::2])
    naming = structural(skeleton)
    if naming is None or _HOLE in body:
        return None
    names = tuple(compress(values, naming))
    return Cut(skeleton, values, names) if _is_utf_8(parts[0], parts[2:3], values) else None


@lru_cache(_MOST)
def structural(skeleton: bytes) -> tuple[bool, ...] | None:
    """For each hole, whether what stands there belongs to the structure; `None` if it is no skeleton."""
    if _GRAMMAR.fullmatch(skeleton) is None:
        return None
    return tuple([_STRUCTURAL.search(before) is not None for before in skeleton.split(_HOLE)[:-1]])


def _is_utf_8(first: bytes, second: list[bytes], values: tuple[bytes, ...]) -> bool:
    """Whether the declaration, if there is one, names an encoding in which ASCII is itself."""
    if not first.startswith(b"<?xml"):
        return True
    return len(values) > 1 and (b"encoding" not in second[0] or values[1][2:] in _UTF_8)


def put_together(cut: Cut, changed: Mapping[int, str | None]) -> bytes:
    """The body with other values in some places; for `None`, any. A digit before it makes another of any kind."""
    pieces = cut.skeleton.split(_HOLE)
    for place, value in enumerate(cut.values):
        if place in changed:
            at, other = start(value), changed[place]
            pieces[place] += value[:at] + (b"1" + value[at:] if other is None else other.encode())
        else:
            pieces[place] += value
    return b"".join(pieces)


def filled(skeleton: bytes, values: Sequence[bytes]) -> bytes:
    """The body of this skeleton with these values, each with what is before it."""
    pieces = [b""] * (2 * len(values) + 1)
    pieces[::2], pieces[1::2] = skeleton.split(_HOLE), values
    return b"".join(pieces)


def mark(place: int) -> str:
    """A value that occurs nowhere else."""
    return f"the value in place {place} of a template"


def example(skeleton: bytes, names: tuple[bytes, ...]) -> bytes:
    """A body of this skeleton, with the names of a `Cut` and any other values."""
    names_left = iter(names)
    pieces = skeleton.split(_HOLE)
    made = [pieces[0]]
    for naming, after in zip(structural(skeleton) or (), pieces[1:], strict=True):
        made += (next(names_left) if naming else b">1" if after.startswith(b"<") else b"=%b1" % after[:1], after)
    return b"".join(made)


def marked(skeleton: bytes) -> bytes:
    """A body of this skeleton with a `mark` in each place, the names' included."""
    first, *pieces = skeleton.split(_HOLE)
    made = [first]
    for place, after in enumerate(pieces):
        made += (b">" if after.startswith(b"<") else b"=" + after[:1], mark(place).encode(), after)
    return b"".join(made)


def start(value: bytes) -> int:
    """Where the value itself begins: after the end of a tag, or after an equals sign and a quotation mark."""
    return 1 if value.startswith(b">") else 2
