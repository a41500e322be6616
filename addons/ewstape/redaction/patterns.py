"""What sensitive values look like in running text: the last line of defence, where no name says what a value is.

Each pattern has a literal that must be in the text before the pattern is tried, which makes looking through text that
holds nothing cheap. Patterns are tried in order and what one has found is closed to the next, so the longer forms
(a URL, a distinguished name) come before the shorter ones inside them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from ewstape.redaction.kinds import Kind

__all__ = ["FIXED_SENTENCES", "PATTERNS", "Pattern", "Span", "found_in", "is_plain"]


@dataclass(frozen=True, slots=True)
class Span:
    """A sensitive value in a text."""

    start: int
    end: int
    value: str
    kind: Kind
    rule: str = ""
    wrap: Callable[[str], str] = str
    """Puts the pseudonym in the form that the value had in the text."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a kind of value is recognised."""

    name: str
    kind: Kind
    needs: tuple[str, ...]
    """One of these must be in the text."""
    expression: re.Pattern[str]
    """The value is `group` of it."""
    group: int = 0
    least: int = 0
    """Characters that a text must have to hold such a value."""
    prose: bool = False
    """Only for free text: elsewhere it would find harmless values."""
    unwrap: Callable[[str], str] = str
    wrap: Callable[[str], str] = str


_HEX = "[0-9A-Fa-f]"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_TOP = (
    "com|net|org|edu|gov|mil|int|biz|info|name|io|local|lan|corp|internal|intranet|private|home|ad|test|example|"
    "invalid|cloud|dev|app|at|au|be|br|ca|ch|cl|cn|cz|de|dk|es|eu|fi|fr|gr|hu|ie|il|in|it|jp|kr|lu|mx|nl|no|nz|pl|pt|"
    "ro|ru|se|sg|si|sk|tr|tw|ua|uk|us|za"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"


def _quoted(text: str) -> str:
    """An expression for the text as a URL may have it: any character may be escaped, in any case."""
    return "".join(rf"(?:{re.escape(one)}|%{ord(one.upper()):02X}|%{ord(one.lower()):02X})" for one in text)


_QUOTED_NAME = "|".join(map(_quoted, ("CN", "OU", "DC", "ST", "O", "L", "C"))) + ")" + _quoted("=")
_QUOTED_VALUE = r"(?:[\w.~+-]|%(?!0[AD]|2[27CF]|3[B-E])[0-9A-F]{2})+"


def _p(  # noqa: PLR0913  one parameter a property
    name: str,
    kind: Kind,
    needs: str,
    expression: str,
    *,
    group: int = 0,
    least: int = 0,
    prose: bool = False,
    unwrap: Callable[[str], str] = str,
    wrap: Callable[[str], str] = str,
) -> Pattern:
    compiled = re.compile(expression)
    return Pattern(name, kind, tuple(needs.split()), compiled, group, least, prose, unwrap, wrap)


PATTERNS: tuple[Pattern, ...] = (
    _p("pem", Kind.TOKEN, "-----BEGIN", r"-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?(?:-----END \1-----|\Z)"),
    _p("jwt", Kind.TOKEN, "eyJ", r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*"),
    _p("ntlm", Kind.TOKEN, "TlRMTVNTUA", r"[A-Za-z0-9+/]*TlRMTVNTUA[A-Za-z0-9+/]*={0,2}"),
    _p(
        "credentials",
        Kind.TOKEN,
        "asic earer ASIC EARER NTLM egotiate igest",
        r"(?i:\b(?:basic|bearer|ntlm|negotiate)\s+)((?=[^\s]*[0-9A-Z+/=._-])[A-Za-z0-9+/._~-]{8,}={0,2})",
        group=1,
    ),
    _p(
        "secrets",
        Kind.TOKEN,
        "assw ASSW ecret token Token api key pwd",
        r"(?i:\b(?:password|passwd|pwd|client_secret|secret|access_token|refresh_token|api[_-]?key)\s*[=:]\s*)([^\s&;,\"'<>]+)",
        group=1,
    ),
    _p("url", Kind.URL, "://", r"(?i:\b(?:https?|ftp|ldaps?|msstd|file)://)[^\s\"'<>\\^`{|}]+(?<![.,;:!?)\]])"),
    _p("unc", Kind.HOST, "\\\\", r"\\\\([A-Za-z0-9][A-Za-z0-9._-]+)(?=\\|\s|\Z)", group=1),
    _p(
        "legacy-dn",
        Kind.LEGACY_DN,
        "/o= /O=",
        r"/[oO]=[^/\"'<>\r\n;]+(?:/(?i:ou|cn)=[^/\"'<>\r\n;]+)*/(?i:ou|cn)=[^/\s\"'<>;,]*[^/\s\"'<>;,.:!?)\]]",
    ),
    _p(
        "dn",
        Kind.LEGACY_DN,
        "DC= dc= Dc= OU= ou= CN= cn=",
        r"\b(?i:CN|OU|DC|O|L|C)=[^,\"'<>\r\n;=]+"
        r"(?:,\s*(?i:CN|OU|DC|O|L|C|ST)=[^,\s\"'<>;=]+(?:[ ][^,\s\"'<>;=]+(?=,))*)+",
    ),
    _p(
        "quoted-dn",
        Kind.LEGACY_DN,
        "%2C %2c %2F %2f",
        rf"(?i:(?:(?<!\w)|(?<=%[0-9A-F]{{2}}))(?:{_quoted('/')})?(?:{_QUOTED_NAME}{_QUOTED_VALUE}"
        rf"(?:(?:{_quoted(',')}|{_quoted('/')})(?:%20|\+)*(?:{_QUOTED_NAME}{_QUOTED_VALUE})+)",
        unwrap=unquote,
        wrap=lambda text: quote(text, safe=""),
    ),
    _p("sid", Kind.SID, "S-1- s-1-", r"\b[Ss]-1-\d{1,2}(?:-\d+){3,}"),
    _p("sip", Kind.SIP_ADDRESS, "sip", rf"\bsips?:[^\s@\"'<>;,]+@{_LABEL}(?:\.{_LABEL})*"),
    _p("tel", Kind.PHONE_NUMBER, "tel:", r"\btel:\+?[0-9(][0-9().*#-]*[0-9]"),
    _p(
        "smtp",
        Kind.SMTP_ADDRESS,
        "@",
        rf"[^\s@<>\"'(),:;\[\]\\=/%&?|]+@{_LABEL}(?:\.{_LABEL})*",
    ),
    _p(
        "quoted-smtp",
        Kind.SMTP_ADDRESS,
        "%40",
        r"[\w.+%!#$*^{}~-]+?%40[A-Za-z0-9.-]*[A-Za-z0-9]",
        unwrap=unquote,
        wrap=lambda text: quote(text, safe=""),
    ),
    _p(
        "guid",
        Kind.GUID,
        "-",
        rf"(?<![0-9A-Za-z]){_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}(?![0-9A-Za-z])",
        least=36,
    ),
    _p("account", Kind.DISPLAY_NAME, "\\", r"(?<![\w\\.:/])[A-Za-z][A-Za-z0-9.-]*\\[A-Za-z0-9][\w.$-]*[\w$]"),
    _p("ipv4", Kind.HOST, ".", rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w]|\.\d)"),
    _p(
        "ipv6",
        Kind.HOST,
        ":",
        rf"(?<![\w:.])(?:(?:{_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}|(?:{_HEX}{{1,4}}:){{1,6}}(?::{_HEX}{{1,4}}){{1,6}})(?![\w:])",
    ),
    _p(
        "host",
        Kind.HOST,
        ".",
        rf"(?<![\w.@/\\-])(?!(?:IPM|IPF|REPORT|System|Microsoft|ASP)\.)(?:{_LABEL}\.)+(?i:{_TOP})(?![\w-]|\.\w)",
    ),
    _p("phone", Kind.PHONE_NUMBER, "+", r"(?<![\w+/.])\+[0-9(][0-9 ().\-\u2011/]{5,}[0-9](?![\w])"),
    _p(
        "digits",
        Kind.PHONE_NUMBER,
        "0 1 2 3 4 5 6 7 8 9",
        r"(?<![\w.+:/-])(?:\(?[0-9]{2,4}\)?[ .-]?[0-9]{3,4}[ .-][0-9]{4}|[0-9]{3}[ .-][0-9]{4}|"
        r"[0-9]{7,15}|[0-9]{3,6}(?=['\"]))(?![\w]|[.:-][0-9])",
        prose=True,
    ),
    _p(
        "id",
        Kind.ID,
        "0 1 2 3 4 5 6 7 8 9 + /",
        r"(?<![\w+/=.:-])(?=[A-Za-z+/_-]*[0-9])(?=[^\sA-Z]*[A-Z])(?=[^\sa-z]*[a-z])[A-Za-z0-9+/_-]{20,}+={0,2}(?![\w.])",
        least=20,
    ),
    _p("id", Kind.ID, "=", r"(?<![\w+/=.:-])[A-Za-z0-9+/]{6,}={1,2}(?![\w=])", prose=True),
    _p("id", Kind.ID, "0 1 2 3 4 5 6 7 8 9", rf"(?<![\w-])(?=[A-Fa-f]*[0-9]){_HEX}{{24,}}(?![\w])", least=24),
    # The schema validator quotes the value that it refuses.
    _p("quoted", Kind.TEXT, "alue '", r"(?i:\bvalue )'([^']{3,})'", group=1, prose=True),
)
"""In the order in which they are tried."""

FIXED_SENTENCES = frozenset(
    {
        "The phone call ID isn't valid",
        "The phone call ID isn't valid.",
        "The Id isn't valid.",
        "Id is malformed.",
        "The specified object was not found in the store.",
        "The specified object was not found in the store., The process failed to get the correct properties.",
        "Access is denied. Check credentials and try again.",
        "The server cannot service this request right now. Try again later.",
        "The request failed schema validation.",
        "The request is invalid.",
        "The SMTP address has no mailbox associated with it.",
        "The account does not have permission to impersonate the requested user.",
        "The requested Exchange version is not supported.",
        (
            "You have exceeded the available concurrent connections for your account.  Try again once your other "
            "requests have completed."
        ),
        "An internal server error occurred. The operation failed.",
        "An internal server error occurred. Try again later.",
        "The operation timed out. Try again later.",
        "Mailbox logon failed., Network problems are preventing connection to Microsoft Exchange.",
        "The mailbox database is temporarily unavailable.",
        "The watermark used for creating this subscription was not found.",
        "The specified subscription was not found.",
        "Multiple results were found.",
        "No results were found.",
    }
)
"""What Exchange says in so many words; known values are not looked for in it."""

_PLAIN = re.compile(
    r"(?i:true|false)|[A-Za-z]{1,19}[0-9]{0,2}|-?[0-9]{1,19}(?:\.[0-9]+)?|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{5,16})?(?:Z|[+-][0-9]{2}:[0-9]{2})?|-?P[0-9DHMSTWY.]+|"
    r"(?:IPM|IPF|REPORT)(?:\.[A-Za-z]{1,20})*|[a-z]{1,20}:[A-Z][A-Za-z]{1,40}|[0-9]{2}:[0-9]{2}:[0-9]{2}|"
    r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT|"
    r"(?:text|application|image|audio|multipart|message)/[A-Za-z0-9.+-]{1,40}|[A-Za-z]{2}-[A-Za-z]{2,4}"
)


def is_plain(text: str) -> bool:
    """Whether the text is a word, a number, a date, a duration or a message class: nothing to look into."""
    return _PLAIN.fullmatch(text) is not None


def found_in(text: str, patterns: tuple[tuple[str, Pattern], ...], *, prose: bool) -> Iterator[Span]:
    """What the patterns find, each given with the name of its rule, without overlaps."""
    taken: list[tuple[int, int]] = []
    length = len(text)
    for rule, pattern in patterns:
        if length < pattern.least or (pattern.prose and not prose):
            continue
        for need in pattern.needs:
            if need in text:
                break
        else:
            continue
        for match in pattern.expression.finditer(text):
            start, end = match.span(pattern.group)
            if start == end or any(start < e and s < end for s, e in taken):
                continue
            taken.append((start, end))
            yield Span(start, end, pattern.unwrap(text[start:end]), pattern.kind, rule, pattern.wrap)
