"""Requests and responses in full, as the page holds them: JSON in pieces, each compressed (zlib, RFC 1950), in base64.

A page unpacks a piece when somebody looks at one of its interactions, so a cassette of many megabytes is a page of few,
which opens at once. Base64 has no character that means anything to HTML.
"""

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping
from itertools import accumulate

from ewstape.interaction import Field, Fields, Interaction, Message
from ewstape.wire.content import charset_of

_PIECE = 256 * 1024
"""Characters of JSON in a piece, about."""


class Pieces:
    """Takes interactions and packs them.

    Args:
        limit: Bytes of a body that are kept; what is longer is cut. `None` keeps all, 0 none.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._open: list[str] = []
        self._size = 0
        self._counts: list[int] = []
        self._packed: list[str] = []

    def add(self, interaction: Interaction) -> None:
        """The next one."""
        text = json.dumps(_detail(interaction, self._limit), separators=(",", ":"))
        self._open.append(text)
        self._size += len(text)
        if self._size >= _PIECE:
            self._pack()

    def close(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The pieces, and the position of the first interaction of each."""
        if self._open:
            self._pack()
        return tuple(self._packed), tuple(accumulate(self._counts, initial=0))[: len(self._counts)]

    def _pack(self) -> None:
        data = zlib.compress(f"[{','.join(self._open)}]".encode("ascii"))
        self._packed.append(b64encode(data).decode("ascii"))
        self._counts.append(len(self._open))
        self._open.clear()
        self._size = 0


def _detail(interaction: Interaction, limit: int | None) -> dict[str, object]:
    request, response = interaction.request, interaction.response
    return {
        "auth": interaction.auth,
        "error": interaction.error,
        "request": {"method": request.method, "url": request.url, **_message(request, limit)},
        "response": None
        if response is None
        else {"status": response.status, "reason": response.reason, **_message(response, limit)},
    }


def _message(message: Message, limit: int | None) -> dict[str, object]:
    return {
        "fields": _plain(message.fields),
        "headers": message.headers,
        "coding": message.coding,
        "notes": message.notes,
        "size": len(message.body),
        **_body(message, limit),
    }


def _body(message: Message, limit: int | None) -> dict[str, object]:
    """The body as text; in base64 where it is none."""
    kept = message.body[:limit]
    try:
        text = {"body": kept.decode(_charset(message), "strict" if len(kept) == len(message.body) else "ignore")}
    except (UnicodeError, LookupError):
        text = {"base64": b64encode(kept).decode("ascii")}
    return {**text, "kept": len(kept)}


def _charset(message: Message) -> str:
    """UTF-16 shows by its mark; else what Content-Type says, else UTF-8 (RFC 7303 section 3)."""
    if message.body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    content_type = next((value for name, value in message.headers if name.lower() == "content-type"), "")
    return charset_of(content_type) or "utf-8"


def _plain(value: Field | Fields) -> object:
    if isinstance(value, str):
        return value
    return {key: _plain(part) for key, part in value.items()} if isinstance(value, Mapping) else [*map(_plain, value)]
