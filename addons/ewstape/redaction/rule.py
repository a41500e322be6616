"""What a rule of redaction is: a kind of sensitive value, the places where it stands, and what becomes of it there."""

from dataclasses import dataclass
from enum import StrEnum

from ewstape.redaction.kinds import Kind

__all__ = ["Rule", "Treatment"]


class Treatment(StrEnum):
    """What becomes of what a rule finds."""

    REPLACE = "replace"
    """A pseudonym of its kind takes its place."""
    REDUCE = "reduce"
    """Only the harmless part stays: the scheme of a logon, the number of a diagnostic."""
    MASK = "mask"
    """Every digit becomes 0."""
    DROP = "drop"
    """Its content, or its header line, is left out."""
    SCAN = "scan"
    """Patterns and values that were replaced elsewhere are looked for in it."""
    KEEP = "keep"
    """It stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A kind of sensitive value, with all the places where it stands. Names in a place are separated by blanks."""

    name: str
    """Stable: users switch a rule off by it, and cassettes list it."""
    reason: str
    """Why, in one sentence."""
    kind: Kind | None = None
    """Of the value, which gives a pseudonym its shape; `None` where nothing is replaced by one."""
    treatment: Treatment = Treatment.REPLACE
    headers: str = ""
    """HTTP headers, in any case."""
    cookies: str = ""
    """Cookies whose names are kept."""
    url: str = ""
    """Parts of a URL: `host`, `path`, `query`."""
    soap_headers: str = ""
    """Elements of the SOAP header, and their attributes after `@`."""
    xml: str = ""
    """Elements, which stand for the text directly in them, and attributes after `@`: `Name`, `Parent/Name`, `@Name`,
    `Element/@Name`."""
    patterns: str = ""
    """Names of `ewstape.redaction.patterns`, looked for in free and unlisted text."""
    xpath: str = ""
    """A user's XPath."""
    regex: str = ""
    """A user's regular expression: its first group is replaced, or all of it if it has none."""
    always: bool = False
    """It cannot be switched off."""

    @property
    def where(self) -> tuple[str, ...]:
        """The places where it applies, in words."""
        names = f"{self.xml} {self.soap_headers}".split()
        places = {
            "header": self.headers,
            "cookie": self.cookies,
            "URL": self.url,
            "SOAP header": self.soap_headers,
            "element": any("@" not in name for name in names),
            "attribute": any("@" in name for name in names),
            "free text": self.patterns or self.regex,
            "XPath": self.xpath,
        }
        return tuple(place for place, found in places.items() if found)

    @property
    def finds(self) -> str:
        """What it looks for, as the table of rules shows it."""
        parts = (
            self.headers,
            self.cookies,
            self.url,
            self.soap_headers,
            self.xml,
            self.patterns,
            self.xpath,
            self.regex,
        )
        return " ".join(part for part in parts if part)
