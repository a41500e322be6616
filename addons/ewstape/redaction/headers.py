"""HTTP headers redacted: credentials to their scheme, cookies to pseudonyms, all that nobody has judged left out.

An NTLM type 2 message holds the domain, server and forest names in clear, a type 3 the user and workstation, and a
cookie of Exchange may be keyed by the mailbox address; so they are taken apart or dropped whole, never pattern-masked.
What a header is called counts first; a value that carries credentials under an unusual name is recognised too.

Cookies keep their names where these are known to be harmless, because whether a client kept its session is what one
looks for; their values become pseudonyms, and other cookies go. No client needs the values in replay.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from ewstape.interaction import Headers
from ewstape.redaction.kinds import Kind
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.table import Table
from ewstape.wire.auth import challenge_schemes, scheme_of

if TYPE_CHECKING:
    from ewstape.redaction.values import Values

__all__ = ["RAW", "redact_headers", "redact_line", "redact_url", "stays"]

RAW = ("authentication", "cookies")
"""What a cassette's header says of a recording without redaction: these are never written."""

_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_CHALLENGES = frozenset({"www-authenticate", "proxy-authenticate"})
_SECRET_NAME = re.compile(
    r"cookie|token|secret|passw|api-?key|^authentication-info$|^proxy-authentication-info$", re.IGNORECASE
)
_CREDENTIAL_VALUE = re.compile(r"^\s*(?:basic|bearer|digest|ntlm|negotiate)\s+\S", re.IGNORECASE)
_NTLMSSP = "TlRMTVNTUA"  # base64 of the NTLMSSP signature

_VERSION = re.compile(r"[0-9.]+")
_DIAGNOSTIC = re.compile(r"\s*([0-9]{1,12})\b")
_ERROR_CATEGORY = re.compile(r"""error_category=(["']?)([a-z_]{1,40})\1(?:;|\Z)""")
_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}\}?")
_COOKIE_ATTRIBUTE = re.compile(
    r"\s*(?:path=/[A-Za-z/]{0,40}|secure|httponly|samesite=\w{2,6}|max-age=-?\d{1,12}|"
    r"expires=[A-Za-z0-9 ,:-]{1,40})\s*",
    re.IGNORECASE,
)


def redact_headers(headers: Headers) -> Headers:
    """The same header lines without credentials and cookies: what can be done without a key. Twice changes nothing."""
    return tuple(kept for line in headers if (kept := _without_credentials(*line)) is not None)


def _without_credentials(name: str, value: str) -> tuple[str, str] | None:
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


def redact_line(name: str, value: str, table: Table, values: "Values") -> tuple[str, str] | None:
    """One header line as the rules want it; `None` if it is left out."""
    lowered = name.lower()
    rule = table.headers.get(lowered) or table.by_name.get("other-headers")
    if rule is None:
        return name, value
    new: str | None
    if lowered in {"cookie", "set-cookie"}:
        new = value if rule.treatment is Treatment.KEEP else _cookies(lowered, value, table, values)
    elif lowered not in table.headers and _without_credentials(name, value) != (name, value):
        rule, new = table.by_name.get("authentication", rule), None
    elif rule.name == "authentication":
        kept = _without_credentials(name, value)
        new = kept and kept[1]
    else:
        new = _ruled(value, rule, values)
    if new != value and rule.kind is None:
        values.count((rule.name,))
    return None if new is None else (name, new)


def stays(name: str, table: Table) -> bool:
    """Whether a header is one whose lines stay, unless something is found in them."""
    rule = table.headers.get(name.lower())
    return rule is not None and rule.treatment is Treatment.KEEP


def _ruled(value: str, rule: Rule, values: "Values") -> str | None:  # noqa: PLR0911  one case a return
    match rule.treatment:
        case Treatment.DROP:
            return None
        case Treatment.KEEP if rule.name != "protocol-headers":
            return value
        case Treatment.KEEP:
            return value if _VERSION.fullmatch(value) else values.text(value, prose=False)
        case Treatment.SCAN:
            return values.text(value)
        case Treatment.REDUCE:
            return _diagnostic(value)
    match rule.kind:
        case Kind.URL:
            return values.url(value)
        case Kind.HOST:
            return values.pseudonym(_without_port(value), Kind.HOST, rule.name)
        case Kind.GUID if not _GUID.fullmatch(value.strip()):
            return values.pseudonym(value, Kind.TOKEN, rule.name)
    return values.ruled(value, rule)


def _without_port(value: str) -> str:
    return re.sub(r"(?<=[^:]):[0-9]{1,5}\Z", "", value)


def _diagnostic(value: str) -> str | None:
    """The number of a diagnostic and the category of its error, which clients look at."""
    number, category = _DIAGNOSTIC.match(value), _ERROR_CATEGORY.search(value)
    parts = (number[1] if number else "", f'error_category="{category[2]}"' if category else "")
    return ";".join(filter(None, parts)) or None


def _cookies(header: str, value: str, table: Table, values: "Values") -> str | None:
    first, *others = value.split(";")
    if header == "set-cookie":
        cookie = _cookie(first, table, values)
        return cookie and ";".join((cookie, *(one for one in others if _COOKIE_ATTRIBUTE.fullmatch(one))))
    kept = (_cookie(one, table, values) for one in (first, *others))
    return ";".join(filter(None, kept)).lstrip() or None


def _cookie(cookie: str, table: Table, values: "Values") -> str | None:
    name, equals, value = cookie.partition("=")
    if name.strip().lower() not in table.cookies or not equals:
        if cookie.strip():
            values.count(("cookies",))
        return None
    return f"{name}={values.pseudonym(value, Kind.COOKIE, 'cookies')}"


def redact_url(url: str) -> str:
    """The URL without a user name and password in its authority: what can be done without a key."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url
