"""What looks like a secret in an HTTP header: what its name says about the value, then any text's detectors."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from ewstape.check import harmless
from ewstape.check.detectors import Hit, detect
from ewstape.check.forms import unescape

_SCHEMES = re.compile(r"\s*[A-Za-z][\w.-]*(?:\s*,\s*[A-Za-z][\w.-]*)*\s*")
_REALM = re.compile(r'\b(?:realm|authorization_uri|client_id|issuer|trusted_issuers)\s*=\s*"([^"]+)"', re.IGNORECASE)
_COOKIE = re.compile(r'\s*([^=;\s]+)\s*=\s*"?([^;"]+)')
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_TOKEN = re.compile(r"[A-Za-z0-9+/_.~-]{20,}={0,2}")
_BITS = 3.3
"""Per character: words of a language have less, hexadecimal digits 4 at most, base64 6 at most."""
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[\w:]*:)(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})(?![\w.])", re.IGNORECASE
)
_ADDRESSES = re.compile(r"forwarded|client-?ip|real-ip|originating-ip|source-ip|remote", re.IGNORECASE)
_PLAIN = frozenset(
    {"user-agent", "date", "server", "last-modified", "expires", "content-type", "accept", "soapaction", "etag", "vary"}
)
"""Whose long words are no tokens."""


def detect_header(name: str, value: str) -> tuple[Hit, ...]:
    """What looks like a secret in a header line, each value once."""
    return _detect(name.lower(), value)


@lru_cache(maxsize=4096)
def _detect(name: str, value: str) -> tuple[Hit, ...]:
    hits = (*_BY_NAME.get(name, _nothing)(value), *detect(value), *_by_form(name, value))
    seen: dict[str, Hit] = {}
    for hit in hits:
        if not any(hit.value in other for other in seen):  # the most telling comes first
            seen[hit.value] = hit
    return tuple(seen.values())


def _nothing(_: str) -> Iterator[Hit]:
    return iter(())


def _credentials(value: str) -> Iterator[Hit]:
    scheme, _, rest = value.strip().partition(" ")
    if rest.strip() and not harmless.pseudonym(rest):
        yield Hit("authorization", f"credentials of the scheme {scheme[:20] if scheme.isalnum() else '?'}", "", rest)
    elif not rest and len(scheme) > len("Negotiate") + 3:
        yield Hit("authorization", "credentials without a scheme", "", scheme)


def _challenge(value: str) -> Iterator[Hit]:
    if _SCHEMES.fullmatch(value):
        return
    for found in _REALM.finditer(value):
        if not harmless.host(found[1]) and found[1].lower() != "ewstape":
            yield Hit("challenge", "what a server says about itself in a challenge", "", found[1])


def _cookies(value: str) -> Iterator[Hit]:
    for part in value.split(";"):
        if found := _COOKIE.fullmatch(part):
            yield from _cookie(found[1], found[2])


def _set_cookie(value: str) -> Iterator[Hit]:
    if found := _COOKIE.match(value):
        yield from _cookie(found[1], found[2])


def _cookie(_: str, value: str) -> Iterator[Hit]:
    if value.strip() and not harmless.pseudonym(value.strip()):
        yield Hit("cookie", "the value of a cookie", "", value)


def _server(value: str) -> Iterator[Hit]:
    for found in _NAME.finditer(unescape(value) or value):
        if not harmless.host(found[0]) and not harmless.pseudonym(value):
            yield Hit("host", "the name of a server", "", found[0])


_BY_NAME: Mapping[str, Callable[[str], Iterator[Hit]]] = {
    "authorization": _credentials,
    "proxy-authorization": _credentials,
    "authentication-info": _credentials,
    "www-authenticate": _challenge,
    "proxy-authenticate": _challenge,
    "cookie": _cookies,
    "set-cookie": _set_cookie,
    "set-cookie2": _set_cookie,
    **dict.fromkeys(
        (
            *("x-feserver", "x-beserver", "x-targetbeserver", "x-calculatedbetarget", "x-calculatedfetarget"),
            *("x-diaginfo", "x-proxytargetserver", "x-proxytargetservername", "x-server", "x-serverfqdn"),
            *("x-backendserver", "x-frontend", "x-originserver", "x-machinename", "x-rum-servername"),
        ),
        _server,
    ),
}


def _by_form(name: str, value: str) -> Iterator[Hit]:
    if _ADDRESSES.search(name):
        for found in _IP.finditer(value):
            if not harmless.ip_address(found[0]):
                yield Hit("ip-address", "an IP address", "", found[0])
    if name in _PLAIN or harmless.pseudonym(value):
        return
    for found in _TOKEN.finditer(value):
        if _random(found[0]) and not harmless.pseudonym(found[0]) and not harmless.host(found[0]):
            yield Hit("token", "what looks random, as keys and tokens do", "", found[0])


def _random(text: str) -> bool:
    """Whether text looks like a key: letters and digits mixed, hardly any of them more often than others."""
    if text.isalpha() or text.isdecimal() or not any(map(str.isdecimal, text)):
        return False
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) >= _BITS
