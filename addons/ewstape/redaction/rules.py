"""The rules of redaction: what is sensitive in EWS traffic, where it stands, and what becomes of it.

One table, in which everything is looked up by name. XML is named by local names, because a sensitive element is
sensitive in whatever namespace a client writes it; `Parent/Name` counts over `Name`. What no rule names is not let
through by that: unlisted headers are dropped, unlisted texts scanned, and replaced where they are more than a word.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from ewstape.errors import ConfigError
from ewstape.redaction.content_rules import CONTENT
from ewstape.redaction.http_rules import HTTP
from ewstape.redaction.identifier_rules import IDENTIFIERS
from ewstape.redaction.people_rules import PEOPLE
from ewstape.redaction.protocol_rules import PROTOCOL
from ewstape.redaction.rule import Rule, Treatment

__all__ = ["RULES", "Rule", "Treatment", "fingerprint", "switched_off"]

RULES: tuple[Rule, ...] = (*HTTP, *IDENTIFIERS, *PEOPLE, *CONTENT, *PROTOCOL)
"""Every rule, in the order in which the table is shown; where two name the same thing, the later one counts."""


def switched_off(rules: Iterable[Rule], keep: Iterable[str]) -> tuple[Rule, ...]:
    """The rules without those that `keep` names: what they would find stays as it is.

    Raises:
        ConfigError: there is no such rule, or it cannot be switched off.
    """
    rules = tuple(rules)
    names = {rule.name: rule for rule in rules}
    wanted = set(keep)
    for name in sorted(wanted):
        if name not in names:
            near = get_close_matches(name, names, n=1)
            raise ConfigError(
                f"keep: no such rule {name!r}, " + (f"did you mean {near[0]!r}?" if near else "see `ewstape rules`")
            )
        if names[name].always:
            raise ConfigError(f"keep: the rule {name!r} cannot be switched off; credentials never reach a cassette")
    return tuple(
        replace(rule, treatment=Treatment.KEEP, patterns="", regex="") if rule.name in wanted else rule
        for rule in rules
    )


def fingerprint(rules: Iterable[Rule]) -> str:
    """Twelve hex digits that differ when any rule differs."""
    return hashlib.sha256("\n".join(map(repr, rules)).encode()).hexdigest()[:12]
