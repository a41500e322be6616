"""Documents as our own writer writes them -> interactions, without a YAML parser and about five times as fast.

Only the writer's one way of writing is known here: its keys in their order, its indentation, plain and double-quoted
scalars, literal blocks. At the first thing that is different the answer is None and the strict reader decides, which
also words the errors. So this need not understand YAML; whatever it accepts must only mean the same there, and be
accepted there. Regular expressions see every line but those of literal blocks, which are cut out by their indentation.
"""

import base64
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ewstape.cassette import bodies
from ewstape.cassette.blocks import (
    QUOTED,
    SCALAR,
    Other,
    check_fields,
    matched,
    read_chunks,
    read_fields,
    read_headers,
    read_notes,
    read_scalar,
    read_value,
)
from ewstape.cassette.patterns import CODING, HTTP, SECONDS
from ewstape.cassette.scalars import is_literal
from ewstape.cassette.strictyaml import MAX_SCALAR
from ewstape.interaction import MESSAGES, UNREAD, Fields, Interaction, Operation, Request, Response, Service

type _View = Callable[[str | None], Fields]

_TOP = re.compile(
    rf"---\noperation: (?P<name>{SCALAR})(?:\ ++\# [A-Za-z0-9]++ in MS-OXWUMS)?\n"
    rf"(?:service: (?P<service>um|autodiscover)\n)?(?:namespace: (?P<namespace>{SCALAR})\n)?"
    rf"number: (?P<number>[1-9][0-9]{{0,14}})\nat: (?P<at>{SECONDS})\ntook: (?P<took>{SECONDS})\n"
    rf"(?:auth: (?P<auth>{SCALAR})\n)?(?:error: (?P<error>{SCALAR})\n)?request:\n"
)
_VIEW = rf"(?:  fields:\n((?:    [^\n]++\n)++))?(?:  notes:\n((?:    - {SCALAR}\n)++))?"
_HEADERS = r"  headers:(?: \{\}\n|\n((?:    [^\n]++\n)++))"
_BODY = (
    rf"(?:  content_encoding: ({SCALAR})\n)?"
    rf"((?:  charset: ({'|'.join(bodies.CHARSETS)})\n)?(?:  newlines: ({bodies.CRLF})\n)?"
    rf"(?:  layout: ({'|'.join(bodies.LAYOUTS)})\n)?  body: (?:({QUOTED})|\|(2?)([+-]?))\n|  body_base64: \|\n)?"
)
_REQUEST = re.compile(rf"{_VIEW}  http: ({SCALAR})\n{_HEADERS}{_BODY}")
_RESPONSE = re.compile(
    rf"response:\n{_VIEW}  status: ([1-5][0-9][0-9])\n(?:  reason: ({SCALAR})\n)?"
    rf"{_HEADERS}(?:  chunks:\n((?:    - \"[0-9. ]++\"\n)++))?{_BODY}"
)
_NOT_INDENTED = re.compile(r"\n(?!    [^\n]|\n|\Z)")  # by four blanks, nor empty
_HINTED = ("\n     ", "\n    \t", "\n\n")  # how a block begins whose indentation only the digit tells
_END = b"...\n"
_HTTP = re.compile(HTTP)
_CODING = re.compile(CODING)
_LONGEST_HEAD = 4096
"""Bytes; a longer head, which may hold a body as a quoted scalar, is not remembered."""


def read(text: str, encoded: bytes | None = None) -> Interaction | None:
    """The interaction of a document, from `---` to `...`, or None if it is not exactly as our writer writes it.

    `encoded`, if given, is the same in UTF-8 and spares encoding it.
    """
    try:
        return _read(text) if is_literal(encoded or text) else None
    except ValueError:  # also what base64 and the charsets raise
        return None


def read_document(document: bytes) -> Interaction | None:
    """The same of a document as it stands in a file."""
    try:
        return read(document.decode(), document)
    except UnicodeDecodeError:
        return None


def halves(document: bytes) -> tuple[bytes, bytes] | None:
    """What a document says of its request and of the response, each of which is read without the other.

    The second is empty if there was no response. None if the document is not as our writer ends one.
    """
    end = len(document) - len(_END)
    if end > MAX_SCALAR or not document.endswith(b"\n" + _END):
        return None
    start = document.find(b"\nresponse:\n", 0, end) + 1 or end  # what begins at the margin is in no block
    return document[:start], document[start:end]


def read_asked(half: bytes) -> Interaction | None:
    """The interaction of the first of two halves, without what is decoded for people; None as for a document."""
    try:
        return _read((half + _END).decode(), check_fields) if is_literal(half) else None
    except ValueError:
        return None


def read_answered(half: bytes) -> Response | None:
    """The response of the second half, without what is decoded for people; None as for a document."""
    try:
        text = half.decode()
        return _response(text, 0, len(text), check_fields) if is_literal(half) else None
    except ValueError:
        return None


def read_outcome(document: bytes) -> Interaction | None:
    """The interaction with `UNREAD` for its request; None if our writer did not write it so.

    Only for a document that `read` has read: neither the request nor what is decoded for people is looked at again.
    """
    try:
        return _outcome(document)
    except ValueError:
        return None


def _outcome(document: bytes) -> Interaction:
    asked = document.index(b"\nrequest:\n") + len("\nrequest:\n")  # what begins at the margin is in no block
    answered = document.find(b"\nresponse:\n", asked - 1)
    name, service, namespace, number, at, took, auth, error = matched(_TOP.match(document[:asked].decode())).groups()
    return Interaction(
        number=int(number),
        operation=_operation(name, service, namespace),
        at=float(at),
        took=float(took),
        auth=read_scalar(auth),
        error=read_scalar(error),
        request=UNREAD,
        response=_answer(document, answered) if answered >= 0 else None,
    )


def _answer(document: bytes, start: int) -> Response:
    """The response that begins at `start`, without what is decoded for people, which comes first in it."""
    start = document.index(b"\n  status: ", start) + 1  # two blanks from the margin, and so are the keys after it
    key = document.find(b"\n  body", start) + 1
    end = len(document) - len("...\n")
    shown = document.index(b"\n", key) + 1 if key else end
    head = document[start:shown]
    known, keys = _head(head) if len(head) <= _LONGEST_HEAD else _head.__wrapped__(head)
    text = document[shown - 1 : end].decode()
    return Response(body=_body(text, keys, 1, len(text)), **known)


@lru_cache(maxsize=256)  # a server answers with the same ones every time
def _head(written: bytes) -> tuple[dict[str, Any], list[str | None]]:
    """What a response is beside its body, and the keys that are written before that."""
    found = matched(_RESPONSE.fullmatch("response:\n" + written.decode()))
    _, _, status, reason, headers, chunks, coding, *body = found.groups()
    return _beside_body(status, reason, headers, chunks, coding), body


def _beside_body(
    status: str, reason: str | None, headers: str | None, chunks: str | None, coding: str | None
) -> dict[str, Any]:
    """What a response is beside its body and what is decoded of it."""
    return {
        "status": int(status),
        "reason": read_value(reason),
        "headers": read_headers(headers),
        "chunks": read_chunks(chunks),
        "coding": _coding(coding),
    }


def _read(text: str, view: _View = read_fields) -> Interaction:
    end = len(text) - len("...\n")
    if end > MAX_SCALAR or not text.endswith("\n...\n"):
        raise Other
    top = matched(_TOP.match(text))
    name, service, namespace, number, at, took, auth, error = top.groups()
    asked = matched(_REQUEST.match(text, top.end()))
    fields, notes, http, headers, coding, *body = asked.groups()
    line = matched(_HTTP.fullmatch(read_scalar(http)))
    # What begins at the margin is in no block.
    asked_end = text.find("\nresponse:\n", asked.end() - 1, end) + 1 or end
    request = Request(
        method=line[1],
        url=line[2],
        headers=read_headers(headers),
        body=_body(text, body, asked.end(), asked_end),
        coding=_coding(coding),
        fields=view(fields),
        notes=read_notes(notes),
    )
    return Interaction(
        number=int(number),
        operation=_operation(name, service, namespace),
        at=float(at),
        took=float(took),
        auth=read_scalar(auth),
        error=read_scalar(error),
        request=request,
        response=_response(text, asked_end, end, view) if asked_end < end else None,
    )


def _response(text: str, start: int, end: int, view: _View = read_fields) -> Response:
    """The response from `start` to `end`."""
    found = matched(_RESPONSE.match(text, start))
    fields, notes, status, reason, headers, chunks, coding, *body = found.groups()
    return Response(
        body=_body(text, body, found.end(), end),
        fields=view(fields),
        notes=read_notes(notes),
        **_beside_body(status, reason, headers, chunks, coding),
    )


@lru_cache(maxsize=1024)
def _operation(name: str, service: str | None, namespace: str | None) -> Operation:
    if not (known := read_scalar(name)):
        raise Other
    return Operation(known, Service(service or "ews"), MESSAGES if namespace is None else read_scalar(namespace))


def _coding(written: str | None) -> str:
    text = read_scalar(written)
    if written and not _CODING.fullmatch(text):
        raise Other
    return text


def _body(text: str, written: list[str | None], start: int, end: int) -> bytes:
    """The body that `text` holds from `start` to `end`, by the keys that are written before it."""
    payload, charset, newlines, layout, quoted, hint, chomp = written
    if payload is None or quoted is not None:
        if start != end:
            raise Other
        shown = read_scalar(quoted)
    else:
        lines = _literal(text, start, end, hint, chomp)
        if layout:
            lines = bodies.LAYOUTS[layout](lines)  # the breaks that this takes out take their indentation with them
            layout = None
        shown = lines.replace("\n    ", "\n")[1:]
        if hint is None:
            return base64.b64decode("".join(shown.split()), validate=True)
    return bodies.restore(shown, charset=charset or "utf-8", newlines=newlines or "", layout=layout or "")


def _literal(text: str, start: int, end: int, hint: str | None, chomp: str | None) -> str:
    """The literal block from `start` to `end`, chomped, but still four columns deep and with a line break before it."""
    lines = text[start - 1 : end - 1]
    hinted = text.startswith(_HINTED, start - 1)
    if not lines or _NOT_INDENTED.search(lines) or hinted != bool(hint) or (chomp != "+" and lines[-1] == "\n"):
        raise Other  # where the block's indentation or its end is not as clear as the writer makes it
    return lines if chomp == "-" else lines + "\n"
