"""What looks like a secret, wherever it stands: one table of detectors, each a guard, a pattern and a judge.

This is other code than redaction and shares no pattern with it, so that what one overlooks the other may see. A guard
is a piece of lower-case text without which the pattern cannot match: most text fails all of them and no pattern runs.
What is found is never shown, only its kind, its form and its length.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ewstape.check import harmless
from ewstape.check.forms import BINARY_SID, forms

_IGNORE = re.IGNORECASE
_SHORT = 300


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that looks like a secret."""

    rule: str
    what: str
    """The kind of value, in words."""
    form: str
    """How it hides, in words; empty if it is plain."""
    value: str = field(repr=False)

    @property
    def words(self) -> str:
        """What was found, without it."""
        form = f", {self.form}" if self.form else ""
        return f"{self.what} ({len(self.value)} characters{form})"


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds one kind of secret in any text."""

    rule: str
    what: str
    guards: tuple[str, ...]
    """Lower-case pieces one of which must be in the text."""
    pattern: re.Pattern[str]
    judge: Callable[[re.Match[str]], str]
    """The value that counts; empty if it is harmless."""
    hint: re.Pattern[str] | None = None
    """For guards that much text has: a quick pattern, beginning with a literal, that must match lower-case text too."""


def _whole(found: re.Match[str]) -> str:
    return "" if harmless.pseudonym(found[0]) else found[0]


def _group(found: re.Match[str]) -> str:
    return "" if not found[1] or harmless.pseudonym(found[1]) else found[0]


def _address(found: re.Match[str]) -> str:
    return "" if harmless.address(found[1], found[2]) or harmless.guid(found[1]) else found[0]


def _call_id(found: re.Match[str]) -> str:
    return "" if harmless.guid(found[1]) and harmless.host(found[2]) else found[0]


def _guid(found: re.Match[str]) -> str:
    return "" if harmless.guid(found[1]) else found[1]


def _number(found: re.Match[str]) -> str:
    digits = sum(map(str.isdecimal, found[1]))
    return "" if not 7 <= digits <= 15 or harmless.number(found[1].strip()) else found[1]  # noqa: PLR2004  E.164


def _scheme_number(found: re.Match[str]) -> str:
    return "" if harmless.number(found[1]) or harmless.pseudonym(found[0]) else found[0]


def _basic(found: re.Match[str]) -> str:
    try:
        user, colon, _ = b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode("latin-1").partition(":")
    except ValueError:
        return ""
    return found[1] if colon and user.isprintable() else ""


def _host_of(found: re.Match[str]) -> str:
    return "" if harmless.host(found[1]) else found[0]


def _ip(found: re.Match[str]) -> str:
    return "" if harmless.ip_address(found[0]) else found[0]


def _dn(found: re.Match[str]) -> str:
    value = found[0].rstrip(" .")
    return "" if harmless.pseudonym(value) else value


_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

DETECTORS: tuple[Detector, ...] = (
    Detector(
        "email-address",
        "an e-mail address outside the reserved domains",
        ("@",),
        re.compile(r"([\w.!#$*+/?^`{|}~'-]{1,64})@([^\W_][\w-]*(?:\.[\w-]+)*\.[^\W\d_][\w-]*[^\W_])"),
        _address,
    ),
    Detector("call-id", "a GUID at a host name", ("@",), re.compile(rf"({_GUID})@([\w.-]+)", _IGNORE), _call_id),
    Detector(
        "guid",
        "a GUID",
        ("-",),
        # Property set ids name kinds of properties, not anybody's mailbox.
        re.compile(rf"(?<![0-9a-z])(?<!PropertySetId=.)({_GUID})(?![0-9a-z])", _IGNORE),
        _guid,
        re.compile(r"-[0-9a-f]{4}-[0-9a-f]{4}-"),
    ),
    Detector(
        "sid", "a security identifier", ("s-1-",), re.compile(r"\bS-1-(?:5-21|12-1)(?:-\d{1,10}){1,5}", _IGNORE), _whole
    ),
    Detector("sid", "a security identifier", (BINARY_SID.strip(),), re.compile(BINARY_SID), lambda found: found[0]),
    Detector("jwt", "a JSON Web Token", ("eyj",), re.compile(r"\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)*"), _whole),
    Detector(
        "ntlm",
        "an NTLM message",
        ("tlrmtvntu", "5ute1tu1", "ovexnu1nq", "ntlmssp"),  # in base64 at each alignment, and decoded
        re.compile(r"(?:TlRMTVNTU|5UTE1TU1A|OVExNU1NQ)[A-Za-z0-9+/=_-]*|NTLMSSP"),
        lambda found: found[0],
    ),
    Detector(
        "basic", "Basic credentials", ("basic",), re.compile(r"\bBasic[\s:]+([A-Za-z0-9+/]{6,}={0,2})", _IGNORE), _basic
    ),
    Detector(
        "bearer",
        "a Bearer token",
        ("bearer", "oauth"),
        re.compile(r"\b(?:Bearer|OAuth)\s+((?=[^\s\d]*\d)[\w.~+/-]{12,}=*)", _IGNORE),
        _group,
    ),
    Detector(
        "pem", "a PEM block", ("-----begin ",), re.compile(r"-----BEGIN [A-Z0-9 ]+-----[\s\S]{0,5000}", _IGNORE), _whole
    ),
    Detector("certificate", "a certificate or key", ("mii",), re.compile(r"\bMII[A-Za-z0-9+/]{100,}={0,2}"), _whole),
    Detector(
        "url-credentials",
        "credentials in a URL",
        ("://",),
        re.compile(r"://([^/\s:@\"'<>]+:[^/\s@\"'<>]+)@", _IGNORE),
        _group,
    ),
    Detector(
        "legacy-dn",
        "a legacy distinguished name",
        ("/o=", "/ou=", "/cn="),
        re.compile(r"(?:/(?:o|ou|cn)=[^/\"'<>&\r\n]+){2,}", _IGNORE),
        _dn,
    ),
    Detector(
        "directory-name",
        "a distinguished name of a directory",
        ("dc=",),
        re.compile(r"(?:(?:CN|OU|DC)=[^=,\"'<>&\r\n;]{1,120},\s{0,3})+DC=[\w-]+", _IGNORE),
        _whole,
    ),
    Detector(
        "logon-name",
        "a domain and user name",
        ("\\",),
        re.compile(r"(?<![\w\\/:.])[A-Z][A-Z0-9-]{1,14}\\(?![uxnrt][0-9A-Fa-f]{2})[A-Za-z][\w.$-]{2,}(?![\w\\.])"),
        _whole,
    ),
    Detector("unc-path", "a network path", ("\\\\",), re.compile(r"(?<!\S)\\\\([A-Za-z][\w.-]+)\\[\w$.-]+"), _host_of),
    Detector(
        "phone-number",
        "a telephone number",
        ("+",),
        re.compile(r"(?<![\w/+=])(\+\d[\d ().-]{5,20}\d)(?![\w+/=:])"),
        _number,
    ),
    Detector(
        "phone-number",
        "a telephone number",
        ("-",),
        re.compile(r"(?<![\w.+-])(?<![\d)] )((?:1[ -]?)?(?:\(\d{3}\) ?|\d{3}-)\d{3}-\d{4})(?![\w.-])"),
        _number,
        re.compile(r"-\d{4}(?!\d)"),
    ),
    Detector(
        "phone-number",
        "a telephone number",
        ("tel:", "sip:", "sips:"),
        re.compile(r"\b(?:tel|sips?):(\+?\d[\d().-]{2,20})(?![\w])", _IGNORE),
        _scheme_number,
    ),
    Detector(
        "ip-address",
        "an IP address of an internal network",
        ("10.", "172.", "192.168.", "169.254."),
        re.compile(
            r"(?<![\w./-])(?:10(?:\.\d{1,3}){3}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|(?:192\.168|169\.254)(?:\.\d{1,3}){2})(?![\w.-])"
        ),
        _ip,
    ),
    Detector(
        "security-header",
        "the content of a security element",
        ("password", "securitytoken", "signaturevalue", "ciphervalue", "oauthtoken", "pin>", "refreshtoken"),
        re.compile(
            r"<(?:[\w.-]+:)?(?:Password|BinarySecurityToken|SignatureValue|CipherValue|OAuthToken|RefreshToken|PIN)"
            r"(?:\s[^<>]{0,300})?>\s{0,20}([^<\s][^<]{2,})<",
            _IGNORE,
        ),
        _group,
    ),
)
"""In the order in which they are reported. Of those that find the same place, the first counts."""

_TOP = (
    "com|net|org|info|biz|edu|gov|mil|int|io|cloud|online|site|tech|dev|app|email|group|company|network|systems"
    "|local|corp|lan|internal|intranet|intra|home|localdomain|domain|private|ad|arpa"
    "|[a-z]{2}"
)
_IN_EVERY_BODY = ("/schemas.microsoft.com", "/schemas.xmlsoap.org", "/www.w3.org")
_HOST_END = re.compile(rf"\.(?:{_TOP})(?![\w-]|\.\w)", _IGNORE)
_HOST_BEGIN = re.compile(r"(?<![\w.@-])[^\W_][\w-]*(?:\.[\w-]+)*\Z")
_SHORTEST = 6
_SHORTEST_DECODED = 9
"""What random bytes spell by chance is shorter."""
_FILE_NAMES = frozenset(
    {".cs", ".md", ".pl", ".py", ".rs", ".sh", ".so", ".ps", ".js", ".gz", ".id", ".vb", ".cc", ".do"}
)


def hosts(text: str, form: str) -> Iterator[Hit]:
    """Fully qualified host names that are not reserved for examples. Found from their ends, which are few."""
    for end in _HOST_END.finditer(text):
        if text.endswith(_IN_EVERY_BODY, 0, end.end()):
            continue
        begin = _HOST_BEGIN.search(text, max(0, end.start() - 120), end.start())
        if begin is None or (end[0].lower() in _FILE_NAMES and "." not in begin[0]):
            continue
        name = text[begin.start() : end.end()]
        if len(name) < (_SHORTEST_DECODED if form else _SHORTEST) or begin[0].replace(".", "").isdecimal():
            continue
        if not harmless.host(name):
            yield Hit("host", "a host name outside the reserved domains", form, name)


def detect(text: str) -> tuple[Hit, ...]:
    """What looks like a secret in `text`, in any form, each value once."""
    return _detect_short(text) if len(text) <= _SHORT else _detect(text)


def hide(name: str) -> str:
    """The name of a key for a path, or `?` if it looks like a secret itself."""
    return "?" if detect(name) else name


def _detect(text: str) -> tuple[Hit, ...]:
    seen: dict[tuple[str, str], Hit] = {}
    for form, reading in forms(text):
        for hit in _detect_plain(reading, form):
            seen.setdefault((hit.rule, hit.value.lower()), hit)
    return tuple(seen.values())


_detect_short = lru_cache(maxsize=16384)(_detect)


def _detect_plain(text: str, form: str) -> Iterator[Hit]:
    lowered = text.lower()
    for detector in DETECTORS:
        for guard in detector.guards:
            if guard in lowered:
                break
        else:
            continue
        if detector.hint is None or detector.hint.search(lowered):
            for found in detector.pattern.finditer(text):
                if value := detector.judge(found):
                    yield Hit(detector.rule, detector.what, form, value)
    if "." in text:
        yield from hosts(text, form)
