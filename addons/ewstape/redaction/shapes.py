"""What a pseudonym looks like, kind by kind, and how it is recognised without the key.

Undialable comes before distinct, distinct before shape. A shape is made from the normalised value and its digest alone,
so spellings agree; `dress` then puts back what belongs to the spelling (a prefix, separators, braces, a port). Tags are
12 hex digits (48 bits). Should two values ever meet in one pseudonym, the second is made again from a further
`attempt` (0, 1, ...): another digest, and a longer tag where the shape has room.

    id              base64 of `ewstape:id:<13 hex>`, filled with dots; no `+`, `/` or `=`, so it needs no escape
    phone number    +999 (a country code never assigned) and digits: as many as there were from ten on, which leaves
                    23 bits at ten digits and 40 at fifteen; 18 for shorter ones and for what is not digits alone. The
                    `+` is always there: 999 alone begins real numbers and calls the police in many countries
    address         user-<12 hex>@example.com
    host            host-<12 hex>.example.com, for IP addresses too
    GUID            e0057a9e-xxxx-8xxx-8xxx-xxxxxxxxxxxx: version 8, "custom" in RFC 9562; 88 bits
    SID             S-1-5-21-1702327156-x-y-z, the fixed number being `ewst`; 96 bits
    legacy DN       /o=ewstape/ou=redacted/cn=Recipients/cn=<12 hex>
    display name    Name e<12 hex>; the letter keeps it apart from "Text 447700900123", which somebody may have written
    text            Text e<12 hex>, filled with dots
    cookie, token   ewstape-<24 hex>

Filled means: up to the greatest power of two (at most 4096) that is no longer than the value was, never beyond it, so
that a limit which the value kept is kept by the pseudonym as soon as it leaves room for the shortest one.
"""

import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ewstape.redaction.kinds import Kind
from ewstape.redaction.normalise import BETWEEN, NORMALISERS, is_guid, is_number, split_port, split_prefix

_TAG: Final = 12
_TAGS: Final = rf"(?:[0-9a-f]{{{_TAG}}})+"
_LONGEST: Final = 4096
_SHORT_NUMBER: Final = 10
_NUMBER_SIZE: Final = 18  # 15 digits behind +999: 49.8 bits
_NO_COUNTRY: Final = "999"  # ITU-T E.164: reserved, never assigned
_SID_MARK: Final = int.from_bytes(b"ewst")
_GUID_MARK: Final = "e0057a9e"
_ID_MARK: Final = "ZXdzdGFwZT"  # base64 of `ewstape:` as far as whole characters go

_FILL: Final = "Li4u"  # base64 of `...`

_DIGIT = re.compile(r"[0-9]")
_DECODED_ID = re.compile(rb"ewstape:[a-z-]+:([0-9a-f]{12,})\.*")


def _as_it_is(pseudonym: str, _: str) -> str:
    return pseudonym


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How one kind of pseudonym is made and recognised."""

    domain: str
    """Values of one domain that are normalised alike get the same digest. Goes into the hash."""
    normalise: Callable[[str], str]
    make: Callable[[str, str, int], str]
    """From the normalised value, a digest of 64 hex digits, and the attempt."""
    pattern: str
    """A regular expression for what is made, in every dress."""
    literals: tuple[str, ...]
    """One of these is a piece of every such pseudonym; looked for first, because that is fast."""
    dress: Callable[[str, str], str] = _as_it_is
    """Puts what belongs to the spelling of a value on the pseudonym made for it."""


def _tag(digest: str, attempt: int) -> str:
    return digest[: _TAG * min(attempt + 1, 5)] if attempt else digest[:_TAG]


def _class(length: int) -> int:
    return min(1 << (length.bit_length() - 1), _LONGEST) if length else 0


def _id(value: str, digest: str, attempt: int) -> str:
    tag = digest[: 13 + 3 * min(attempt, 17)] if attempt else digest[:13]  # a multiple of three bytes: no `=`
    start = binascii.b2a_base64(f"ewstape:id:{tag}".encode(), newline=False).decode()
    return start + _FILL * ((_class(len(value)) - len(start)) // 4)


def _phone_number(value: str, digest: str, attempt: int) -> str:
    digits = len(value) if attempt == 0 and value.isdecimal() and len(value) >= _SHORT_NUMBER else _NUMBER_SIZE
    free = digits - len(_NO_COUNTRY)
    return f"+{_NO_COUNTRY}{int(digest, 16) % 10**free:0{free}}"


def _dress_number(pseudonym: str, value: str) -> str:
    prefix, number = split_prefix(value)
    prefix = prefix if prefix.lower() in {"tel:", "sip:", "sips:"} else ""
    digits = pseudonym[1:]
    if not is_number(number) or len(_DIGIT.findall(number)) != len(digits):
        return prefix + pseudonym
    rest = iter(digits)
    return prefix + ("" if "+" in number else "+") + _DIGIT.sub(lambda _: next(rest), number)


def _guid(_value: str, digest: str, _attempt: int) -> str:
    return f"{_GUID_MARK}-{digest[:4]}-8{digest[4:7]}-8{digest[7:10]}-{digest[10:22]}"


def _dress_guid(pseudonym: str, value: str) -> str:
    if not is_guid(value):
        return pseudonym
    dressed = pseudonym if "-" in value else pseudonym.replace("-", "")
    dressed = dressed.upper() if value.isupper() else dressed
    return value[0] + dressed + value[-1] if value[0] + value[-1] in {"{}", "()"} else dressed


def _sid(_value: str, digest: str, _attempt: int) -> str:
    parts = (int(digest[start : start + 8], 16) for start in (0, 8, 16))
    return "-".join(("S-1-5-21", str(_SID_MARK), *map(str, parts)))


def _text(value: str, digest: str, attempt: int) -> str:
    return f"Text e{_tag(digest, attempt)}".ljust(_class(len(value)), ".")


def _dress_address(pseudonym: str, value: str) -> str:
    return split_prefix(value)[0] + pseudonym


def _dress_host(pseudonym: str, value: str) -> str:
    return pseudonym + split_port(value)[1]


def _token(_value: str, digest: str, attempt: int) -> str:
    return f"ewstape-{digest[: 24 * min(attempt + 1, 2)]}"


_PREFIXED: Final = "(?i:(?:sips?|smtp|mailto|tel|upn|oid|puid|eum|im|x500|ex):)?"

_ADDRESS: Final = Shape(
    domain="address",
    normalise=NORMALISERS[Kind.SMTP_ADDRESS],
    make=lambda _, digest, attempt: f"user-{_tag(digest, attempt)}@example.com",
    dress=_dress_address,
    pattern=rf"{_PREFIXED}(?i:user-{_TAGS}@example\.com)",
    literals=("@example.com",),
)
_TOKEN: Final = Shape(
    domain="token",
    normalise=NORMALISERS[Kind.TOKEN],
    make=_token,
    pattern=r"ewstape-[0-9a-f]{24}(?:[0-9a-f]{24})?",
    literals=("ewstape-",),
)

SHAPES: Final[Mapping[Kind, Shape]] = {
    Kind.ID: Shape(
        domain="id",
        normalise=NORMALISERS[Kind.ID],
        make=_id,
        pattern=rf"{_ID_MARK}[A-Za-z0-9]+",
        literals=(_ID_MARK,),
    ),
    Kind.PHONE_NUMBER: Shape(
        domain="phone number",
        normalise=NORMALISERS[Kind.PHONE_NUMBER],
        make=_phone_number,
        dress=_dress_number,
        pattern=rf"(?i:(?:sips?|tel):)?{BETWEEN}\+{BETWEEN}9{BETWEEN}9{BETWEEN}9(?:{BETWEEN}[0-9]){{7,57}}{BETWEEN}",
        literals=("+",),
    ),
    Kind.SMTP_ADDRESS: _ADDRESS,
    Kind.SIP_ADDRESS: _ADDRESS,
    Kind.HOST: Shape(
        domain="host",
        normalise=NORMALISERS[Kind.HOST],
        make=lambda _, digest, attempt: f"host-{_tag(digest, attempt)}.example.com",
        dress=_dress_host,
        pattern=rf"(?i:host-{_TAGS}\.example\.com)\.?(?::[0-9]{{1,5}})?",
        literals=(".example.com",),
    ),
    Kind.GUID: Shape(
        domain="guid",
        normalise=NORMALISERS[Kind.GUID],
        make=_guid,
        dress=_dress_guid,
        pattern=(
            rf"[{{(]?(?i:{_GUID_MARK}(?:-[0-9a-f]{{4}}-8[0-9a-f]{{3}}-8[0-9a-f]{{3}}-[0-9a-f]{{12}}"
            r"|[0-9a-f]{4}8[0-9a-f]{3}8[0-9a-f]{15}))[)}]?"
        ),
        literals=(_GUID_MARK, _GUID_MARK.upper()),
    ),
    Kind.SID: Shape(
        domain="sid",
        normalise=NORMALISERS[Kind.SID],
        make=_sid,
        pattern=rf"S-1-5-21-{_SID_MARK}(?:-[0-9]{{1,10}}){{3}}",
        literals=(f"-{_SID_MARK}-",),
    ),
    Kind.LEGACY_DN: Shape(
        domain="legacy dn",
        normalise=NORMALISERS[Kind.LEGACY_DN],
        make=lambda _, digest, attempt: f"/o=ewstape/ou=redacted/cn=Recipients/cn={_tag(digest, attempt)}",
        dress=_dress_address,
        pattern=rf"{_PREFIXED}(?i:/o=ewstape/ou=redacted/cn=Recipients/cn={_TAGS})",
        literals=("/o=ewstape/",),
    ),
    Kind.DISPLAY_NAME: Shape(
        domain="display name",
        normalise=NORMALISERS[Kind.DISPLAY_NAME],
        make=lambda _, digest, attempt: f"Name e{_tag(digest, attempt)}",
        pattern=rf"Name e{_TAGS}",
        literals=("Name e",),
    ),
    Kind.TEXT: Shape(
        domain="text",
        normalise=NORMALISERS[Kind.TEXT],
        make=_text,
        pattern=rf"Text e{_TAGS}\.*",
        literals=("Text e",),
    ),
    Kind.COOKIE: _TOKEN,
    Kind.TOKEN: _TOKEN,
}
"""Every kind but `URL`, which is made of others (`ewstape.redaction.urls`)."""


def id_tag(text: str) -> str:
    """The hex digits of a pseudonymised identifier, which tell it from others; empty if the text is none."""
    try:
        found = _DECODED_ID.fullmatch(binascii.a2b_base64(text, strict_mode=True))
    except ValueError:  # no base64, or not even ASCII
        return ""
    return found[1].decode() if found else ""


def holds_id(text: str) -> bool:
    """Whether base64 text decodes to what a pseudonymised identifier holds."""
    return bool(id_tag(text))
