"""Values to pseudonyms, and texts to texts with pseudonyms in them; counts what every rule has replaced."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from ewstape.redaction.kinds import Kind
from ewstape.redaction.normalise import split_port
from ewstape.redaction.patterns import FIXED_SENTENCES, Span, found_in, is_plain
from ewstape.redaction.pseudonyms import Pseudonyms, holds_pseudonym
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.table import Table
from ewstape.redaction.urls import rewrite

__all__ = ["Values"]

_SEVERAL = re.compile(r"(\s*[,;|]\s*(?=[+\d(]|user-))")  # `user-`: one of them was an address, and is a pseudonym now
_WORD = re.compile(r"[^\s<>()\[\]{}\"',;:!?=]+")
_OF_THE_PROTOCOL = re.compile(
    r"true|false|\d{1,3}|IPM(?:\.[\w-]+)*|\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
"""What restrictions compare with that tells nothing of people: item classes, dates, small numbers."""
_HARMLESS: Mapping[str, Callable[[str], object]] = {
    "property-values": lambda core: is_plain(core) and not core.isalpha(),
    "search-terms": _OF_THE_PROTOCOL.fullmatch,
}
"""By rule, whether a value stays."""
_OTHERWISE: Mapping[Treatment, Callable[[str], str]] = {
    Treatment.KEEP: str,
    Treatment.MASK: lambda value: re.sub(r"[0-9]", "0", value),
    Treatment.DROP: lambda _: "",
}
"""Treatments that need no pseudonym."""
_LONGEST_NAME = 6  # words
_SHORTEST_KNOWN = 4
_LONGEST_KNOWN = 200
_SHORT = 200
"""Characters of a text whose findings are remembered."""

WELL_KNOWN_NAMES = frozenset(
    name.lower()
    for name in (
        *("Root", "Top of Information Store", "Inbox", "Outbox", "Drafts", "Sent Items", "Deleted Items", "Calendar"),
        *("Contacts", "Tasks", "Notes", "Journal", "Junk Email", "Junk E-mail", "Junk E-Mail", "Archive", "Clutter"),
        *("Voice Mail", "Conversation History", "Conversation Action Settings", "RSS Feeds", "RSS Subscriptions"),
        *("Sync Issues", "Conflicts", "Local Failures", "Server Failures", "Search Folders", "Finder", "Views"),
        *("Common Views", "Shortcuts", "Spooler Queue", "Suggested Contacts", "Quick Step Settings", "News Feed"),
        *("Recoverable Items", "Deletions", "Purges", "Versions", "Freebusy Data", "Reminders", "To-Do Search"),
        *("Birthdays", "Files", "Working Set", "Recipient Cache", "Companies", "GAL Contacts", "Lync Contacts"),
        *("Default", "Anonymous", "System", "Schedule", "My Contacts", "All Contacts", "Allitems"),
    )
)
"""Folders that every mailbox has, and users that stand for everybody."""


class Values:
    """The replacing of values by the rules, one by one and inside text."""

    def __init__(self, table: Table, pseudonyms: Pseudonyms) -> None:
        self._counts: Counter[str] = Counter()
        self._lately: list[str] = []  # rules that have replaced something, and are not in the counts yet
        self._table = table
        self._pseudonyms = pseudonyms
        self._find_again = lru_cache(maxsize=1024)(self._find)  # headers are nearly always the same
        self._urls: dict[str, tuple[str, tuple[str, ...]]] = {}  # rewritten, and the rules that this counts for
        self._replaced_lately: dict[str, tuple[Kind, str]] = {}  # and is not in what follows yet
        self._in_lower_case: dict[str, tuple[Kind, str]] = {}  # what was replaced, for finding it in free text

    @property
    def counts(self) -> Counter[str]:
        """Values replaced so far, by the name of the rule."""
        self._counts.update(self._lately)
        self._lately.clear()
        return self._counts

    def count(self, rules: Iterable[str]) -> None:
        """One more value is replaced by each of the rules."""
        self._lately += rules

    def mark(self) -> int:
        """A point in time, for `since`; good until the counts are asked for."""
        return len(self._lately)

    def since(self, mark: int) -> tuple[str, ...]:
        """The rules that have replaced something from a `mark` on, as often as they have."""
        return tuple(self._lately[mark:])

    def take_back(self, mark: int) -> None:
        """Let what has been counted from a `mark` on count for nothing."""
        del self._lately[mark:]

    def other(self, text: str) -> str:
        """What takes the place of a text that no rule names."""
        rule = self._table.by_name.get("other-texts")
        return text if rule is None else self.ruled(text, rule)

    def pseudonym(self, value: str, kind: Kind, rule: str) -> str:
        """What takes the place of a value; the white space around it stays."""
        core = value.strip()
        if not core:
            return value
        if kind is Kind.URL or "://" in core[:10]:
            new = self.url(core)
        else:
            new = self._pseudonyms.of(core, kind)
            if new == core:
                return value
            self._lately.append(rule)
            self._replaced_lately[core] = kind, rule
        return new if len(core) == len(value) else value.replace(core, new)

    def ruled(self, value: str, rule: Rule) -> str:
        """A value that a rule names, as the rule wants it."""
        kind = rule.kind
        if rule.treatment is not Treatment.REPLACE and rule.treatment in _OTHERWISE:
            new = _OTHERWISE[rule.treatment](value)
            self._lately += [rule.name] * (new != value)
            return new
        if kind is None:
            return self.text(value)
        if kind is Kind.DISPLAY_NAME and value.strip().lower() in WELL_KNOWN_NAMES:
            return value
        if kind is Kind.TEXT and (harmless := _HARMLESS.get(rule.name)) and harmless(value.strip()):
            return value
        if kind is Kind.PHONE_NUMBER and _SEVERAL.search(value):
            return "".join(
                part if at % 2 else self.pseudonym(part, kind, rule.name)
                for at, part in enumerate(_SEVERAL.split(value))
            )
        return self.pseudonym(value, kind, rule.name)

    def knows(self, text: str) -> bool:
        """Whether this text, in whatever case, was replaced somewhere."""
        return text.strip().lower() in self._known()

    def text(self, text: str, *, prose: bool = True) -> str:
        """Text with what patterns find in it, and values that are known, replaced."""
        out: list[str] = []
        last = 0
        for start, end, new in self.spans(text, prose=prose):
            out += (text[last:start], new)
            last = end
        return "".join((*out, text[last:])) if out else text

    def spans(self, text: str, *, prose: bool) -> list[tuple[int, int, str]]:
        """What to replace in a text: where, and by what.

        Args:
            text: without escapes.
            prose: it is free text, in which more patterns make sense and all known values are looked for.
        """
        core = text.strip()
        if not core or is_plain(core) or core in FIXED_SENTENCES:
            return []
        find = self._find_again if len(text) <= _SHORT else self._find
        found = list(find(text, prose))
        if prose:
            found += self._known_in(text, found)
        elif not found and (known := self._known().get(core.lower())):
            kind, rule = known
            start = text.index(core)
            found = [Span(start, start + len(core), core, kind, rule)]
        found.sort(key=lambda span: span.start)
        made = (
            (one.start, one.end, one.wrap(self._replaced(one)))
            for one in found
            if one.kind is not Kind.ID or not holds_pseudonym(one.value)
        )
        return [(start, end, new) for start, end, new in made if new != text[start:end]]

    def _find(self, text: str, prose: bool) -> tuple[Span, ...]:
        return tuple(found_in(text, self._table.patterns, prose=prose))

    def _known(self) -> Mapping[str, tuple[Kind, str]]:
        if not self._replaced_lately:
            return self._in_lower_case
        for value, known in self._replaced_lately.items():
            if _SHORTEST_KNOWN <= len(value) <= _LONGEST_KNOWN:
                self._in_lower_case[value.lower()] = known
        self._replaced_lately.clear()
        return self._in_lower_case

    def _replaced(self, span: Span) -> str:
        return self.pseudonym(span.value, span.kind, span.rule)

    def _known_in(self, text: str, found: list[Span]) -> Iterator[Span]:
        """Values that were replaced elsewhere: one to six words, the longest first."""
        words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        words = [(start, end - 1 if text[end - 1] == "." and end - start > 1 else end) for start, end in words]
        lowered = text.lower()
        if len(lowered) != len(text):  # a letter whose small form is longer
            return
        taken = [(span.start, span.end) for span in found]
        replaced = self._known()
        at = 0
        while at < len(words):
            for many in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
                start, end = words[at][0], words[at + many - 1][1]
                known = replaced.get(lowered[start:end])
                if known and not any(start < e and s < end for s, e in taken):
                    yield Span(start, end, text[start:end], known[0], known[1])
                    at += many - 1
                    break
            at += 1

    def url(self, url: str) -> str:
        """A URL as `urls.rewrite` leaves it. One that cannot be taken apart is searched by patterns."""
        if known := self._urls.get(url):
            self.count(known[1])
            return known[0]
        mark = self.mark()
        rewritten = rewrite(url, self._part)
        if rewritten is None:
            return self.text(url, prose=False)
        self._urls[url] = rewritten, self.since(mark)
        return rewritten

    def _part(self, value: str, kind: Kind) -> str:
        name = "server-names" if kind is Kind.HOST else "urls"
        rule = self._table.by_name.get(name)
        if rule is None or rule.treatment is Treatment.KEEP or (kind is Kind.TOKEN and is_plain(value)):
            return value
        return self.pseudonym(split_port(value)[0] if kind is Kind.HOST else value, kind, name)
