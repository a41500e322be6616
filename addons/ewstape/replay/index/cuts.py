"""Halves of documents, cut into the values that may vary from one to the next and what stays; see `moulds`.

Only the plainest places of values are cut out, so that no other value there can change what the rest says. At the head
these are the values of decoded fields, of headers but the Content-Type, and the numbers of an interaction. In a body
they are attributes and the texts between tags; the XML declaration and namespaces belong to what stays.
"""

import re

from ewstape.replay.index.moulds import CLASSES, Cut

BODY = re.compile(rb"\n  body: \|2?[+-]?\n")
"""What stands before the lines of a body."""
_DECLARATION = re.compile(rb"(?:    <\?[^<>?]*+\?>)?")
_ABOVE = re.compile(
    rf"\n(?:number:\ (?P<n>{CLASSES['n']})|(?:at|took):\ (?P<s>{CLASSES['s']})"
    rf"|\ {{4}}(?:\ \ |-\ )*+(?:[A-Za-z_][\w-]*+:\ )?(?P<f>{CLASSES['f']}))(?=\n)".encode()
)
_HEADER = re.compile(rf"\n\ {{4}}(?!(?i:content-type):)[A-Za-z0-9-]++:\ (?P<h>{CLASSES['h']})(?=\n)".encode())


def _values(attribute: str, text: str) -> re.Pattern[bytes]:
    quoted = "|".join([f"{mark}({CLASSES[attribute]})(?={mark})" for mark in "\"'"])
    return re.compile(rf">(?P<{text}>{CLASSES[text]})(?=<)|\s(?!xmlns)[\w:.-]++=(?:{quoted})".encode())


_ASKED, _ANSWERED = _values("v", "t"), _values("w", "x")


def cut_asked(half: bytes) -> Cut | None:
    """The first half of a document; `None` if it shows no body that can be cut."""
    return _cut(half, _ASKED, "v")


def cut_answered(half: bytes) -> Cut | None:
    """The second half of a document; `None` if it shows no body that can be cut."""
    return _cut(half, _ANSWERED, "w")


def _cut(half: bytes, values: re.Pattern[bytes], attribute: str) -> Cut | None:
    body = BODY.search(half)
    if body is None:
        return None
    headers, end = half.find(b"\n  headers:"), body.start()
    chunks = half.find(b"\n  chunks:\n", headers, end)
    declaration = _DECLARATION.match(half, body.end())
    found = [
        *_ABOVE.finditer(half, 0, headers + 1),
        *_HEADER.finditer(half, headers, 1 + (end if chunks < 0 else chunks)),
        *values.finditer(half, body.end() if declaration is None else declaration.end()),
    ]
    if b"\n  charset: " in half[headers:end]:
        return None
    pieces, at = [], 0
    for match in found:
        start, after = match.span(match.lastindex or 0)
        pieces.append(half[at:start])
        at = after
    found_values = tuple([match[match.lastindex or 0] for match in found])
    classes = "".join([match.lastgroup or attribute for match in found])
    return Cut((*pieces, half[at:]), found_values, classes)
