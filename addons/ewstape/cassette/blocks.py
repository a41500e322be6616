"""Scalars, and the blocks of lines made of them, as our own writer writes them: headers, fields, notes, chunks.

`Other` is raised at the first thing that it would write differently.
"""

import re
from functools import lru_cache
from typing import Any

from ewstape.cassette.patterns import CHUNK, HEADER_VALUE, TOKEN
from ewstape.cassette.scalars import LONGEST_KEY
from ewstape.cassette.strictyaml import MAX_DEPTH
from ewstape.interaction import Chunk, Field, Headers

# Possessive throughout: there is only one way to read a line, and nothing to go back for. In a plain scalar `: ` would
# end a key and ` #` begin a comment, and neither a blank nor a colon may end it.
_SAFE = r"[A-Za-z0-9_./@=+,;()&?%$~*!'<>-]*+"
_PLAIN = rf"[A-Za-z]{_SAFE}(?:(?:\ ++(?!:*+[ \n]|\#)|:++(?![ \n])|\#){_SAFE})*+"
_ESCAPED = r'["\\nrt]|x[0-9A-F]{2}|u(?:[0-9A-CEF][0-9A-F]|D[0-7])[0-9A-F]{2}|U00(?:0[1-9A-F]|10)[0-9A-F]{4}'
QUOTED = rf'"[^"\\\n\t]*+(?:\\(?:{_ESCAPED})[^"\\\n\t]*+)*+"'
SCALAR = f"(?:{_PLAIN}|{QUOTED})"

_HEADER_LINE = re.compile(rf"^    (?:({SCALAR}):(?: ({SCALAR}))?|  - ({SCALAR}))$", re.MULTILINE)
_FIELD_LINE = re.compile(
    rf"^( ++)((?:- )*+)(?:({SCALAR}):(?: ({SCALAR}|\{{\}}|\[\]))?|({SCALAR}|\{{\}}|\[\]))$", re.MULTILINE
)
_FIELD_VALUE = re.compile(rf"^( ++(?:- )*+(?:{SCALAR}: )?){SCALAR}$", re.MULTILINE)
_CHUNK_LINE = re.compile(f'"{CHUNK}"\n')
_SPECIAL = frozenset('"{[')  # what a value begins with that is not plain
_ESCAPE = re.compile(r"\\(x..|u....|U........|.)")
_NAMED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_VALUE = re.compile(HEADER_VALUE)
_TOKEN = re.compile(TOKEN)
_SHORT = 16 * 1024
"""Characters of an outline of fields; a longer one is not remembered."""
_DEEPEST = MAX_DEPTH - 2  # containers in one another in `fields`, which is itself in two


class Other(ValueError):  # noqa: N818  not an error: the strict reader decides
    """The document is not as our writer writes it."""


def matched(match: re.Match[str] | None) -> re.Match[str]:
    """The match, if it is one."""
    if match is None:
        raise Other
    return match


def read_scalar(written: str | None) -> str:
    """What a scalar says; nothing where none is written."""
    if written is None or written[0] != '"':
        return written or ""
    quoted = written[1:-1]
    return _ESCAPE.sub(_unescaped, quoted) if "\\" in quoted else quoted


def _unescaped(match: re.Match[str]) -> str:
    escaped = match[1]
    return _NAMED.get(escaped) or chr(int(escaped[1:], 16))


def read_value(written: str | None) -> str:
    """What a scalar says that is the value of a header, or a reason phrase."""
    text = read_scalar(written)
    if written and written[0] == '"' and not _VALUE.fullmatch(text):
        raise Other
    return text


@lru_cache(maxsize=1024)  # the same few in every interaction
def _token(written: str) -> str:
    return matched(_TOKEN.fullmatch(read_scalar(written)))[0]


def read_notes(block: str | None) -> tuple[str, ...]:
    """The items of a list, which are known to be scalars."""
    return tuple([read_scalar(line[len("    - ") :]) for line in block[:-1].split("\n")]) if block else ()


def read_chunks(block: str | None) -> tuple[Chunk, ...]:
    """When which part of a streamed body came."""
    if not block:
        return ()
    found = _lines(_CHUNK_LINE, block)
    return tuple([Chunk(float(at), int(size)) for at, size in found])


def _lines(line: re.Pattern[str], block: str) -> list[tuple[str, ...]]:
    """The groups of each line of a block, which all must match."""
    found: list[tuple[str, ...]] = line.findall(block)
    if len(found) != block.count("\n"):
        raise Other
    return found


@lru_cache(maxsize=256)  # a client sends the same every time
def read_headers(block: str | None) -> Headers:
    """Header lines. Those of one name are a list of at least one."""
    if not block:
        return ()
    lines = []
    names: set[str] = set()
    current, missing = "", False  # the name that a list of values is for, and whether it has none yet
    for name, value, item in _lines(_HEADER_LINE, block):
        if item:
            if not current:
                raise Other
            lines.append((current, read_value(item)))
            missing = False
            continue
        known = _token(name)
        if missing or known in names or len(name) > LONGEST_KEY:
            raise Other
        names.add(known)
        if value:
            current = ""
            lines.append((known, read_value(value)))
        else:
            current, missing = known, True
    if missing:
        raise Other
    return tuple(lines)


def read_fields(block: str | None) -> dict[str, Field]:
    """The mapping of decoded fields."""
    fields: dict[str, Field] = {}
    if not block:
        return fields
    stack: list[Any] = [fields]  # mappings and lists: each stands in the one before, two columns deeper
    column = "    "  # where the last one's members begin
    awaited = None  # the key in it whose mapping or list begins on the next line
    for indent, dashes, name, value, item in _lines(_FIELD_LINE, block):
        if dashes or awaited is not None or indent != column:
            _move(stack, indent, dashes, awaited, named=bool(name))
            column = "  " * (len(stack) + 1)
            awaited = None
        top = stack[-1]
        if name:
            key = name if name[0] != '"' else read_scalar(name)
            if key in top or len(name) > LONGEST_KEY or isinstance(top, list):
                raise Other
            if value:
                top[key] = value if value[0] not in _SPECIAL else _leaf(value, len(stack))
            else:
                awaited = key
        elif dashes:
            top.append(_leaf(item, len(stack)))
        else:
            raise Other
    if awaited is not None:
        raise Other
    return fields


def check_fields(block: str | None) -> dict[str, Field]:
    """The same for who needs no fields, but must know that they are valid: none, and raises as `read_fields` does."""
    if block:
        outline = _FIELD_VALUE.sub(r"\1x", block)
        (_check if len(outline) <= _SHORT else read_fields)(outline)
    return {}


@lru_cache(maxsize=1024)
def _check(outline: str) -> None:
    """Read the lines of fields. Whether they are valid is told by their keys and indentation; any scalar is a value."""
    read_fields(outline)


def _move(stack: list[Any], indent: str, dashes: str, awaited: str | None, *, named: bool) -> None:
    """Leave and enter mappings and lists up to the one that a line adds to."""
    depth, odd = divmod(len(indent) - len("    "), 2)
    if odd or (depth >= len(stack) if awaited is None else depth != len(stack)):
        raise Other
    if awaited is None:
        del stack[depth + 1 :]
    else:
        new: Any = [] if dashes else {}
        stack[-1][awaited] = new
        stack.append(new)
    for dash in range(len(dashes), 0, -len("- ")):
        if not isinstance(stack[-1], list):
            raise Other
        if dash > len("- ") or named:  # the item is itself a list, or a mapping
            stack[-1].append(new := [] if dash > len("- ") else {})
            stack.append(new)
    if len(stack) > _DEEPEST:
        raise Other


def _leaf(written: str, depth: int) -> Field:
    """A scalar, or a mapping or list that is empty, `depth` mappings and lists deep in the fields."""
    if written[0] not in "{[":
        return read_scalar(written)
    if depth == _DEEPEST:
        raise Other
    return {} if written == "{}" else []
