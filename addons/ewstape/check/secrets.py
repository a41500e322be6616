"""What looks like a secret in an interaction: each of its parts with the detectors that fit the part."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from ewstape.check import harmless
from ewstape.check.detectors import Hit, detect, hide
from ewstape.check.finding import Finding
from ewstape.check.forms import decode, text_of, unescape
from ewstape.check.headers import detect_header
from ewstape.interaction import Field, Interaction, Message

_NUMBERS = (
    "DialString|PlayOnPhoneDialString|TelephoneAccessNumbers|TelephoneAccessNumber|PhoneNumber|TelephoneNumber"
    "|OriginalPhoneString|BusinessPhoneNumbers?|HomePhones?|MobilePhones?|Fax|Extension|CallerId|CallingNumber"
)
_NUMBER_ELEMENT = re.compile(
    rf"<(?:[\w.-]+:)?(?:{_NUMBERS}|Entry\s+Key=[\"']\w*(?:Phone|Fax|Pager|Isdn|Telex|Callback)\w*[\"'])"
    r"(?:\s[^<>]{0,300})?>\s*([^<]{2,80}?)\s*<",
    re.IGNORECASE,
)
_NUMBER_GUARDS = ("dialstring", "phone", "fax", "number", "extension", "callerid", "pager")
_NUMBER_KEY = re.compile(r"dial_string|phone_number|telephone_access_number|caller_id", re.IGNORECASE)
_DIALABLE = re.compile(r"(?:tel:|sips?:)?[+(]?[\d*#][\d\s().*#/-]*(?:;[\w=.;+-]+)?(?:@.*)?", re.IGNORECASE)
_FEWEST = 2  # digits; shorter than any extension
_IDS = (re.compile(r"=[\"']([A-Za-z0-9+/_-]{24,}={0,2})[\"']"), re.compile(r">\s*([A-Za-z0-9+/_-]{24,}={0,2})\s*</"))
_SERVER_ELEMENT = re.compile(
    r"<(?:[\w.-]+:)?(?:Server|ServerName|MachineName|PublicFolderServer|faultactor|ActiveDirectoryServer|AD|DeploymentId"
    r"|MdbDN|ServerDN|CasServer)(?:\s[^<>]{0,300})?>\s*([^<]{2,200}?)\s*<",
    re.IGNORECASE,
)
_SERVER_GUARDS = ("server>", "machinename", "servername", "faultactor", "<ad>", "dn>", "deploymentid")
_NETBIOS = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,14}")


def secrets(interaction: Interaction, document: int) -> Iterator[Finding]:
    """What looks like a secret in `interaction`; each is reported once for each part that it is in."""
    for path, hit in _hits(interaction):
        yield Finding(document, path, hit.rule, hit.words)


def _hits(interaction: Interaction) -> Iterator[tuple[str, Hit]]:
    yield from (("$.error", hit) for hit in detect(interaction.error))
    yield from (("$.auth", hit) for hit in detect(interaction.auth))
    request, response = interaction.request, interaction.response
    yield from (("$.request.http", hit) for hit in detect_url(request.url))
    yield from _message("$.request", request)
    if response is not None:
        yield from (("$.response.reason", hit) for hit in detect(response.reason))
        yield from _message("$.response", response)


def _message(path: str, message: Message) -> Iterator[tuple[str, Hit]]:
    for name, value in message.headers:
        for hit in (*detect_header(name, value), *detect(name)):
            yield f"{path}.headers.{hide(name)}", hit
    if message.body:
        yield from ((f"{path}.body", hit) for hit in detect_body(text_of(message.body)))
    yield from _field(f"{path}.fields", "", message.fields)
    for note in message.notes:
        yield from ((f"{path}.notes", hit) for hit in detect(note))


def _field(path: str, key: str, value: Field) -> Iterator[tuple[str, Hit]]:
    if isinstance(value, str):
        for hit in detect_field(key, value):
            yield path, hit
    elif isinstance(value, Mapping):
        for name, member in value.items():
            below = f"{path}.{hide(name)}"
            yield from ((below, hit) for hit in detect(name))
            yield from _field(below, name, member)
    else:
        for index, member in enumerate(value):
            yield from _field(f"{path}[{index}]", key, member)


@lru_cache(maxsize=4096)
def detect_url(url: str) -> tuple[Hit, ...]:
    """What looks like a secret in a URL: its host, and any text's detectors for the rest."""
    hits = [hit for hit in detect(url) if hit.rule != "host" or hit.form]
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if host and not _harmless_host(host):
        hits.append(Hit("host", "the name of a server", "", host))
    return tuple(hits)


def _harmless_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return harmless.host(host)
    return harmless.ip_address(host)


@lru_cache(maxsize=4096)
def detect_field(key: str, value: str) -> tuple[Hit, ...]:
    """What looks like a secret in a decoded value."""
    number = (_number(value),) if _NUMBER_KEY.fullmatch(key) else ()
    return (*(hit for hit in number if hit), *detect(value))


def detect_body(text: str) -> Iterator[Hit]:
    """What looks like a secret in the text of a body: what its element's name says about a value, then the rest."""
    seen = set()
    for hit in (*_elements(text), *detect(text)):
        if hit.value.lower() not in seen:
            seen.add(hit.value.lower())
            yield hit


def _elements(text: str) -> Iterator[Hit]:
    plain = unescape(text)
    for form, reading in (("", text), ("escaped", plain)) if plain else (("", text),):
        lowered = reading.lower()
        if any(guard in lowered for guard in _NUMBER_GUARDS):
            for found in _NUMBER_ELEMENT.finditer(reading):
                if hit := _number(found[1], form):
                    yield hit
        for found in (found for pattern in _IDS for found in pattern.finditer(reading)):
            if _raw_id(found[1]):
                yield Hit("identifier", "an identifier as a server made it", form, found[1])
        if any(guard in lowered for guard in _SERVER_GUARDS):
            for found in _SERVER_ELEMENT.finditer(reading):
                if _NETBIOS.fullmatch(found[1]) and not harmless.host(found[1]):
                    yield Hit("host", "the name of a server", form, found[1])


def _number(value: str, form: str = "") -> Hit | None:
    """A hit if somebody's telephone would ring."""
    if sum(map(str.isdecimal, value)) < _FEWEST or not _DIALABLE.fullmatch(value) or harmless.number(value):
        return None
    return Hit("dial-string", "a number that can be dialled", form, value)


@lru_cache(maxsize=4096)
def _raw_id(value: str) -> bool:
    """Whether an identifier is a server's own: base64 of bytes that are no text."""
    if harmless.pseudonym(value) or value.isalpha() or len(value) % 4 == 1:
        return False
    data = decode(value)
    return not (data.isascii() and data.decode("ascii").isprintable())
