"""Authentication headers taken apart, without ever giving away what is secret in them.

Of a header's value only the scheme's name leaves this module, and only if it is a name that is publicly known: the
first word of an unknown value may be a secret itself. NTLM messages (MS-NLMP) are recognised by their signature, bare
or wrapped in SPNEGO (RFC 4178), and answered with a challenge that is made up but well-formed.
"""

import base64
import binascii
import re
import struct
from collections.abc import Iterable
from typing import Final, Literal

# The IANA registry of HTTP authentication schemes, and what Exchange and its clients use beside it.
_SCHEMES: Final = {
    name.lower(): name
    for name in (
        *("Basic", "Bearer", "Concealed", "Digest", "DPoP", "GNAP", "HOBA", "Mutual", "Negotiate", "OAuth"),
        *("PrivateToken", "SCRAM-SHA-1", "SCRAM-SHA-256", "vapid"),
        *("NTLM", "Kerberos", "Nego2", "MSAuth1.0", "WLID1.0", "WLID1.1", "PKeyAuth"),
    )
}
_SCHEME = re.compile(r"\s*([A-Za-z0-9.-]+)(?=[\s,]|\Z)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_TOKEN = re.compile(r"\s*(NTLM|Negotiate)\s+([A-Za-z0-9+/]+)", re.IGNORECASE)

_SIGNATURE: Final = b"NTLMSSP\0"
_NTLM_OID: Final = bytes.fromhex("060a2b06010401823702020a")  # 1.3.6.1.4.1.311.2.2.10

# What Windows and Samba answer with, without signing: MS-NLMP 2.2.2.5. 128-bit and key exchange are there because
# Windows clients refuse a server that lacks the former.
_FLAGS: Final = (
    0x00000001  # Unicode
    | 0x00000004  # target name present
    | 0x00000200  # NTLM
    | 0x00008000  # always sign
    | 0x00010000  # the target is a domain
    | 0x00080000  # extended session security
    | 0x00800000  # target info present
    | 0x02000000  # version present
    | 0x20000000  # 128-bit
    | 0x40000000  # key exchange
    | 0x80000000  # 56-bit
)
_TARGET: Final = "EWSTAPE"
# AV pairs, MS-NLMP 2.2.2.1. MsvAvTimestamp (7) is left out on purpose: with it the client must send a MIC.
_TARGET_INFO: Final = (
    (2, _TARGET),  # NetBIOS domain
    (1, _TARGET),  # NetBIOS computer
    (4, "example.com"),  # DNS domain
    (3, "ewstape.example.com"),  # DNS computer
)
_SERVER_CHALLENGE: Final = b"ewstape!"
_VERSION: Final = struct.pack("<BBHxxxB", 10, 0, 17763, 15)


def scheme_of(value: str) -> str:
    """The scheme of an Authorization or WWW-Authenticate value in its usual spelling, such as `NTLM`; empty if it has
    none that is publicly known.
    """
    found = _SCHEME.match(value)
    return _SCHEMES.get(found[1].lower(), "") if found else ""


def challenge_schemes(values: Iterable[str]) -> tuple[str, ...]:
    """The schemes that WWW-Authenticate headers offer, in order and each once; one value may offer several."""
    parts = (part for value in values for part in _QUOTED.sub("", value).split(","))
    return tuple(dict.fromkeys(scheme for part in parts if (scheme := scheme_of(part))))


def ntlm_message_type(value: str) -> Literal[1, 2, 3] | None:
    """Which NTLM message a header's value carries: 1 negotiate, 2 challenge, 3 authenticate; `None` if none.

    The message may stand bare, or inside a SPNEGO token, in either of the schemes NTLM and Negotiate. Never raises.
    """
    _, _, message = _ntlm_parts(value)
    match message[8:12]:
        case b"\1\0\0\0":
            return 1
        case b"\2\0\0\0":
            return 2
        case b"\3\0\0\0":
            return 3
    return None


def ntlm_challenge(leg: str = "NTLM") -> str:
    """The value of a WWW-Authenticate header with a made-up challenge (type 2 message, MS-NLMP 2.2.1.2).

    Args:
        leg: The Authorization value it answers. A Negotiate leg is answered in kind: bare, or wrapped in SPNEGO.
    """
    scheme, before, _ = _ntlm_parts(leg)
    message = _challenge_message()
    token = _spnego_response(message) if before else message
    return f"{scheme or 'NTLM'} {base64.b64encode(token).decode('ascii')}"


def _ntlm_parts(value: str) -> tuple[str, bytes, bytes]:
    """The scheme, what precedes the NTLM message in the token (empty if bare), and the message; empty where absent."""
    found = _TOKEN.match(value)
    if not found:
        return "", b"", b""
    try:
        token = binascii.a2b_base64(found[2] + "==")
    except binascii.Error:
        return "", b"", b""
    before, signature, after = token.partition(_SIGNATURE)
    return (_SCHEMES[found[1].lower()], before, signature + after) if signature else ("", b"", b"")


def _challenge_message() -> bytes:
    target = _TARGET.encode("utf-16-le")
    info = b"".join(_av_pair(kind, text.encode("utf-16-le")) for kind, text in _TARGET_INFO) + _av_pair(0, b"")
    payload_at = 56
    return (
        _SIGNATURE
        + struct.pack("<I", 2)
        + struct.pack("<HHI", len(target), len(target), payload_at)
        + struct.pack("<I", _FLAGS)
        + _SERVER_CHALLENGE
        + bytes(8)
        + struct.pack("<HHI", len(info), len(info), payload_at + len(target))
        + _VERSION
        + target
        + info
    )


def _av_pair(kind: int, value: bytes) -> bytes:
    return struct.pack("<HH", kind, len(value)) + value


def _spnego_response(message: bytes) -> bytes:
    """A NegTokenResp (RFC 4178 4.2.2): negotiation goes on, with NTLM, and here is its message."""
    state = _der(0xA0, _der(0x0A, b"\1"))  # accept-incomplete
    return _der(0xA1, _der(0x30, state + _der(0xA1, _NTLM_OID) + _der(0xA2, _der(0x04, message))))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:  # noqa: PLR2004  X.690 8.1.3: the short form of a length
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content
