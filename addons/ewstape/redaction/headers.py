"""Credentials never reach a cassette or a log: of authentication headers only the scheme stays, cookies go entirely.

An NTLM type 2 message holds the domain, server and forest names in clear, a type 3 the user and workstation, and a
cookie of Exchange may be keyed by the mailbox address; so they are taken apart or dropped whole, never pattern-masked.
What a header is called counts first; a value that carries credentials under an unusual name is recognised too.
"""

import re
from urllib.parse import urlsplit, urlunsplit

from ewstape.interaction import Headers
from ewstape.wire.auth import challenge_schemes, scheme_of

RULES = ("authentication", "cookies")
"""The names of the rules in force, as a cassette's header lists them."""

_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_CHALLENGES = frozenset({"www-authenticate", "proxy-authenticate"})
_SECRET_NAME = re.compile(
    r"cookie|token|secret|passw|api-?key|^authentication-info$|^proxy-authentication-info$", re.IGNORECASE
)
_CREDENTIAL_VALUE = re.compile(r"^\s*(?:basic|bearer|digest|ntlm|negotiate)\s+\S", re.IGNORECASE)
_NTLMSSP = "TlRMTVNTUA"  # base64 of the NTLMSSP signature


def redact_headers(headers: Headers) -> Headers:
    """The same header lines without credentials and cookies. Applying it twice changes nothing."""
    return tuple(kept for line in headers if (kept := _redact(*line)) is not None)


def _redact(name: str, value: str) -> tuple[str, str] | None:
    lowered = name.lower()
    if lowered in _CREDENTIALS:
        return name, scheme_of(value)
    if lowered in _CHALLENGES:
        return name, ", ".join(challenge_schemes([value]))
    if _SECRET_NAME.search(lowered) or _NTLMSSP in value:
        return None
    if _CREDENTIAL_VALUE.match(value):
        return name, scheme_of(value)
    return name, value


def redact_url(url: str) -> str:
    """The URL without a user name and password in its authority."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url
