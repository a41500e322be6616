"""What looks like a secret and is none: names reserved for examples, fixed words of the protocol, pseudonyms.

Precision lives here. Every detector asks this module before it reports, always with the exact value it found and never
with the text around it, so that a pseudonym beside a secret hides nothing.
"""

import ipaddress
import re
from functools import lru_cache

from ewstape.redaction.pseudonyms import is_pseudonym

_RESERVED = re.compile(  # RFC 2606, RFC 6761; the last two are what the Internet calls itself
    r"(?:.+\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|localhost\.localdomain)\.?", re.IGNORECASE
)
_PUBLIC_HOSTS = re.compile(  # where schemas and documentation live: constants in everyone's traffic
    r"schemas\.(?:microsoft\.com|xmlsoap\.org|android\.com|openxmlformats\.org)|(?:www\.)?w3\.org|docs\.oasis-open\.org"
    r"|(?:learn|docs|go|support|msdn|technet)\.microsoft\.com|aka\.ms|asp\.net|vb\.net|tempuri\.org|xml\.org"
    r"|(?:www\.)?(?:github|python|apache|mozilla|iana|ietf)\.(?:com|org)|purl\.org|ns\.adobe\.com|system\.(?:net|io)",
    re.IGNORECASE,
)
_ITEM_CLASS = re.compile(r"(?:ipm|report)(?:\.[\w-]+)+", re.IGNORECASE)  # IPM.Note.Microsoft.Voicemail.UM.CA
_FICTIONAL = re.compile(r"(?:1?[2-9]\d\d|1)?55501\d\d")  # 555-0100 to 555-0199, with or without area and country
_KNOWN_GUIDS = frozenset(
    {
        "6ed8da90-450b-101b-98da-00aa003f1305",  # property sets of MAPI (MS-OXPROPS 1.3.2)
        "11000e07-b51b-40d6-af21-caa85edab1d0",
        "4442858e-a9e3-4e80-b900-317a210cc15b",
        "41f28f13-83f4-4114-a584-eedb5a6b0bff",
        "96357f7f-59e1-47d0-99a7-46515c183b54",
        "23239608-685d-4732-9c55-4c95cb4e8e33",
        "a719e259-2a9a-4fb8-bab3-3a9f02970e4b",
    }
)
_COM_GUID = "-0000-0000-c000-000000000046"  # property sets and interfaces of Microsoft's own
_EVERYONE = ipaddress.ip_network("0.0.0.0/8")
_DOCUMENTATION = tuple(
    map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))  # RFC 5737, 3849
)


def pseudonym(value: str) -> bool:
    """Whether the value is one that redaction made."""
    return is_pseudonym(value)


@lru_cache(maxsize=4096)
def host(name: str) -> bool:
    """Whether a host name says nothing: reserved for examples, everybody's, an item class, or a pseudonym."""
    fixed = _RESERVED.fullmatch(name) or _PUBLIC_HOSTS.fullmatch(name) or _ITEM_CLASS.fullmatch(name)
    return bool(fixed) or pseudonym(name)


def address(local: str, domain: str) -> bool:
    """Whether an e-mail address is nobody's."""
    return host(domain) or pseudonym(f"{local}@{domain}")


def guid(value: str) -> bool:
    """Whether a GUID is everybody's: all zeros or ones, a known property set, a pseudonym."""
    lowered = value.lower()
    digits = set(lowered) - {"-"}
    return lowered.endswith(_COM_GUID) or lowered in _KNOWN_GUIDS or len(digits) == 1 or pseudonym(value)


def number(value: str) -> bool:
    """Whether a telephone number can be nobody's: from the fictional range, or a pseudonym."""
    return bool(_FICTIONAL.fullmatch(re.sub(r"\D", "", value.partition(";")[0]))) or pseudonym(value)


def ip_address(value: str) -> bool:
    """Whether an IP address is loopback, unspecified, or for documentation; or none at all."""
    try:
        parsed = ipaddress.ip_address(value)
    except ValueError:
        return True
    return (
        parsed.is_loopback
        or parsed.is_unspecified
        or parsed in _EVERYONE
        or any(parsed in network for network in _DOCUMENTATION if network.version == parsed.version)
        or pseudonym(value)
    )
