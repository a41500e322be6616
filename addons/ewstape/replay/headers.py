"""What replay needs of HTTP headers: looking up, which of them go end to end, and which codings a client accepts."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ewstape.interaction import Headers

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)
"""RFC 9110 7.6.1. They and Content-Length belong to one connection, and whoever sends the message makes them anew."""


def values(headers: Headers, name: str) -> Iterator[str]:
    """The values of a header, by its name in any case, in the order of its lines."""
    wanted = name.lower()
    return (value for key, value in headers if key.lower() == wanted)


def first(headers: Headers, name: str) -> str:
    """The first value of a header, empty if there is none."""
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return ""


@lru_cache(256)  # recordings have few sets of headers, or many that are seldom asked for
def end_to_end(headers: Headers) -> Headers:
    """The header lines that are about the message: without those of one connection, and without Content-Length."""
    named = {token.strip().lower() for value in values(headers, "Connection") for token in value.split(",")}
    dropped = _HOP_BY_HOP | named | {"content-length"}
    return tuple(line for line in headers if line[0].lower() not in dropped)


def accepts(headers: Headers, coding: str) -> bool:
    """Whether the sender of a request takes a Content-Encoding, which may be a list of codings (RFC 9110 12.5.3).

    No Accept-Encoding counts as a no: the RFC leaves it open, but such a client seldom knows any coding. So does a
    weight that is no number.
    """
    weights = {
        _coding(entry): _weight(entry)
        for value in values(headers, "Accept-Encoding")
        for entry in value.split(",")
        if entry.strip()
    }
    others = weights.get("*", 0.0)
    return all(weights.get(_coding(name), others) > 0 for name in coding.split(","))


def _coding(entry: str) -> str:
    return entry.partition(";")[0].strip().lower().removeprefix("x-")


def _weight(entry: str) -> float:
    found = _WEIGHT.search(entry)
    return 1.0 if found is None else float(found[1] or 0)


_WEIGHT = re.compile(r";\s*q\s*=\s*([0-9](?:\.[0-9]{0,3})?(?=\s*(?:;|\Z)))?", re.IGNORECASE)
