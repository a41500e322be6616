"""One value, many spellings: what a value is, whatever field it stands in, and which spellings mean the same.

The caller takes off the container (XML and URL escapes, base64, UTF-16, quotes). What is unified here, by kind:

    addresses       case; a prefix such as `sip:`, `SMTP:`, `mailto:`; `Alice <alice@contoso.com>` is its address;
                    a port and parameters behind it (`;transport=tls`)
    phone numbers   `tel:` and `sip:`; separators; a leading `+`; full-width digits
    hosts           case; a dot at the end; the port
    URLs            case of scheme and host; credentials in front of the host
    GUIDs           case; braces and parentheses; hyphens
    SIDs            case
    legacy DNs      case; runs of blanks; `X500:`, `EX:`
    display names   case; runs of blanks; Unicode composition
    texts           runs of blanks; Unicode composition
    ids             white space inside; `=` at the end
    everything      white space around it
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from ewstape.redaction.kinds import Kind

BETWEEN: Final = r"[ \t\u00a0().\-\u2010\u2011\u2013/]{0,4}"
"""What may stand before, between and behind the digits of a phone number; bounded, so that searching is linear."""

_PREFIX = re.compile(r"(?:sips?|smtp|mailto|tel|upn|oid|puid|eum|im|x500|ex):", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>:/]+@[^\s@<>:/]+")
_BARE_ADDRESS = re.compile(r"[^\s@<>:/]+@[^\s@<>:/;?]+")
_NAMED_ADDRESS = re.compile(r"[^<>]*<([^\s@<>]+@[^\s@<>]+)>")
_ADDRESS_CORE = re.compile(r"([^\s@]+@[^\s@:;?/]+)[:;?/].*", re.DOTALL)
_NUMBER = re.compile(rf"(?:{BETWEEN}\+)?{BETWEEN}(?:[0-9]{BETWEEN}){{1,60}}")
_INTERNATIONAL = re.compile(rf"{BETWEEN}\+(?:{BETWEEN}[0-9]){{7,60}}{BETWEEN}")
_GUID = re.compile(
    r"[{(]?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[)}]?|[{(][0-9a-f]{32}[)}]", re.IGNORECASE
)
_BARE_GUID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_SID = re.compile(r"S-1-(?:[0-9]{1,10}|0x[0-9a-f]{12})(?:-[0-9]{1,10}){1,15}", re.IGNORECASE)
_LEGACY_DN = re.compile(r"/o=.*", re.IGNORECASE | re.DOTALL)
URL: Final = re.compile(r"([a-z][a-z0-9+.-]*://)?((?<=//)[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL)
"""Any text as a URL: scheme with `://`, authority, path, query with `?`, fragment with `#` (RFC 3986 appendix B)."""

_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_PORT = re.compile(r"(\[[^\]]*\]|[^:\s]*)(:[0-9]{1,5})?")
_NOT_DIGITS = re.compile(r"[^0-9]+")

# What a value is beyond doubt, in any field that holds more than opaque data.
_EVIDENT: Final = (
    (_ADDRESS, Kind.SMTP_ADDRESS),  # holds no colon or slash, and so is no URL
    (_URL, Kind.URL),
    (_NAMED_ADDRESS, Kind.SMTP_ADDRESS),
    (_GUID, Kind.GUID),
    (_SID, Kind.SID),
    (_LEGACY_DN, Kind.LEGACY_DN),
    (_INTERNATIONAL, Kind.PHONE_NUMBER),
)
_MARK: Final = re.compile(r"[-@+/({]")
"""One of these is in all of them."""
_LONGEST_EVIDENT: Final = 2048  # characters; whatever is longer is a text

# What these kinds may hold instead of what they are named for.
_ALTERNATIVE: Final[Mapping[Kind, tuple[tuple[re.Pattern[str], Kind], ...]]] = {
    Kind.PHONE_NUMBER: ((re.compile(r".*@.*", re.DOTALL), Kind.SMTP_ADDRESS),),
    Kind.SIP_ADDRESS: ((_NUMBER, Kind.PHONE_NUMBER),),
    Kind.SMTP_ADDRESS: ((_NUMBER, Kind.PHONE_NUMBER),),
    Kind.URL: ((re.compile(r"[^/?#\s:]+\.[^/?#\s:.]+(?::[0-9]+)?"), Kind.HOST),),
}
OPAQUE: Final = frozenset({Kind.ID, Kind.GUID, Kind.SID})
"""Kinds whose values are what their field says, whatever they look like."""


def resolve(value: str, kind: Kind) -> Kind:
    """What `value` is, found where a `kind` is expected. SIP addresses come out as `SMTP_ADDRESS`: one domain.

    Identifiers, GUIDs and SIDs are what their field says; everything else is what it looks like if that is evident
    (`alice@contoso.com` as a display name, a GUID as a cookie), so that it is the same value in every field.
    """
    if kind in OPAQUE:
        return kind
    rest = split_prefix(value)[1] if ":" in value else value
    if len(rest) <= _LONGEST_EVIDENT and _MARK.search(rest):
        for pattern, evident in _EVIDENT:
            if pattern.fullmatch(rest):
                return evident
    for pattern, alternative in _ALTERNATIVE.get(kind, ()):
        if pattern.fullmatch(rest):
            return alternative
    return Kind.SMTP_ADDRESS if kind is Kind.SIP_ADDRESS else kind


def normalise(value: str, kind: Kind) -> str:
    """The spelling that stands for all spellings of `value`; equal results get equal pseudonyms."""
    return NORMALISERS[resolve(value.strip(), kind)](value.strip())


def split_prefix(value: str) -> tuple[str, str]:
    """A prefix that says what kind of address follows, such as `sip:` or `SMTP:`, and the address."""
    found = _PREFIX.match(value)
    return (value[: found.end()], value[found.end() :].strip()) if found else ("", value)


def split_port(value: str) -> tuple[str, str]:
    """A host and its port with the colon; the port is empty if there is none."""
    found = _PORT.fullmatch(value)
    return (found[1], found[2] or "") if found else (value, "")


def is_number(value: str) -> bool:
    """Whether this is digits and separators only, with or without a `+`; prefix taken off."""
    return _NUMBER.fullmatch(value) is not None


def is_guid(value: str) -> bool:
    """Whether this is a GUID in one of its spellings, including 32 hex digits alone."""
    return bool(_GUID.fullmatch(value) or _BARE_GUID.fullmatch(value))


def _address(value: str) -> str:
    rest = value
    if not _BARE_ADDRESS.fullmatch(value):
        rest = split_prefix(value)[1]
        if found := _NAMED_ADDRESS.fullmatch(rest) or _ADDRESS_CORE.fullmatch(rest):
            rest = found[1]
    return _folded(rest)


def _folded(value: str) -> str:
    return value.lower() if value.isascii() else unicodedata.normalize("NFKC", value).casefold()


def _phone_number(value: str) -> str:
    rest = split_prefix(value)[1]
    rest = _one_line(rest if rest.isascii() else unicodedata.normalize("NFKC", rest))
    return _NOT_DIGITS.sub("", rest) if is_number(rest) else rest.casefold()


def _host(value: str) -> str:
    return _folded(split_port(value)[0]).removesuffix(".")


def _url(value: str) -> str:
    found = URL.fullmatch(value)
    assert found is not None  # it matches anything
    scheme, authority, rest = found[1] or "", found[2] or "", value[found.start(3) :]
    return f"{scheme}{authority.rpartition('@')[2]}".casefold() + rest


def _guid(value: str) -> str:
    return value.strip("{}()").replace("-", "").lower() if is_guid(value) else value.casefold()


def _legacy_dn(value: str) -> str:
    return _one_line(split_prefix(value)[1]).casefold()


def _name(value: str) -> str:
    return _text(value).casefold()


def _text(value: str) -> str:
    line = _one_line(value)
    return line if line.isascii() else unicodedata.normalize("NFC", line)


def _id(value: str) -> str:
    return "".join(value.split()).rstrip("=")


def _one_line(value: str) -> str:
    return " ".join(value.split())


NORMALISERS: Final[Mapping[Kind, Callable[[str], str]]] = {
    Kind.ID: _id,
    Kind.PHONE_NUMBER: _phone_number,
    Kind.SIP_ADDRESS: _address,
    Kind.SMTP_ADDRESS: _address,
    Kind.HOST: _host,
    Kind.URL: _url,
    Kind.GUID: _guid,
    Kind.SID: str.upper,
    Kind.LEGACY_DN: _legacy_dn,
    Kind.DISPLAY_NAME: _name,
    Kind.TEXT: _text,
    Kind.COOKIE: str,
    Kind.TOKEN: str,
}
"""For each kind, what unifies the spellings of a stripped value of exactly that kind."""
