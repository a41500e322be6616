"""The rules made ready to be looked up: by element, by attribute, by header, and as a list of patterns."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ewstape.redaction.patterns import PATTERNS, Pattern
from ewstape.redaction.rule import Rule, Treatment

__all__ = ["Table", "table_of"]

type ByParent = Mapping[str, Rule | None]
"""The rule of an element or attribute by what it stands in; under `""` the one for everywhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What the redactor asks the rules."""

    elements: Mapping[str, ByParent]
    """By local name, then by the parent's."""
    attributes: Mapping[str, ByParent]
    """By local name, then by the element's."""
    dropped: frozenset[str]
    """Elements whose content is left out."""
    headers: Mapping[str, Rule]
    """By name in lower case."""
    cookies: frozenset[str]
    """Names of cookies that are kept, in lower case."""
    patterns: tuple[tuple[str, Pattern], ...]
    """With the name of the rule that each belongs to."""
    xpaths: tuple[Rule, ...]
    by_name: Mapping[str, Rule] = field(default_factory=dict)


def table_of(rules: Iterable[Rule]) -> Table:
    """The rules for looking up. Where two name the same thing, the later one counts: users' rules come last."""
    rules = tuple(rules)
    elements: dict[str, dict[str, Rule | None]] = {}
    attributes: dict[str, dict[str, Rule | None]] = {}
    for rule in rules:
        for selector in f"{rule.soap_headers} {rule.xml}".split():
            parent, _, name = selector.rpartition("/")
            if name[0] == "@":
                attributes.setdefault(name[1:], {})[parent] = rule
            else:
                elements.setdefault(name, {})[parent] = rule
    for found in (*elements.values(), *attributes.values()):
        found.setdefault("", None)
    owner = {name: rule for rule in rules for name in rule.patterns.split()}
    own = tuple(
        (rule.name, Pattern("user", rule.kind, ("",), compiled, group=min(compiled.groups, 1)))
        for rule in rules
        if rule.regex and rule.kind
        for compiled in [re.compile(rule.regex)]
    )
    return Table(
        elements=elements,
        attributes=attributes,
        dropped=frozenset(
            name
            for rule in rules
            if rule.treatment is Treatment.DROP
            for name in f"{rule.soap_headers} {rule.xml}".split()
        ),
        headers={name.lower(): rule for rule in rules for name in rule.headers.split()},
        cookies=frozenset(name.lower() for rule in rules for name in rule.cookies.split()),
        patterns=(*own, *((owner[one.name].name, one) for one in PATTERNS if one.name in owner)),
        xpaths=tuple(rule for rule in rules if rule.xpath),
        by_name={rule.name: rule for rule in rules},
    )
