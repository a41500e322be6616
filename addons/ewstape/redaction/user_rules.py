"""Rules that users add in their configuration, checked before anything is recorded.

Each has a name, a kind and exactly one of: `xpath` with the usual prefixes, finding elements (whose text counts) or
attributes; `header`, a header's name; `regex`, looked for in all text that no rule names.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from ewstape.errors import ConfigError
from ewstape.redaction.kinds import Kind
from ewstape.redaction.rules import RULES, Rule, switched_off
from ewstape.wire.namespaces import AUTODISCOVER, ERRORS, MESSAGES, SOAP11, TYPES
from ewstape.wire.safexml import parse

__all__ = ["PREFIXES", "rules_in_force", "user_rule"]

PREFIXES: Final = {
    "s": SOAP11,
    "soap": SOAP11,
    "m": MESSAGES,
    "t": TYPES,
    "e": ERRORS,
    "a": AUTODISCOVER,
}
"""The prefixes that an XPath may use."""

_KEYS = ("name", "kind", "xpath", "header", "regex", "reason")
_PLACES = ("xpath", "header", "regex")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.6.2
_EXAMPLE = parse(f'<s:Envelope xmlns:s="{SOAP11}"><s:Body x="1">1</s:Body></s:Envelope>'.encode())


def rules_in_force(keep: Iterable[str] = (), user: Iterable[Mapping[str, str]] = ()) -> tuple[Rule, ...]:
    """The table of rules as a configuration wants it: some switched off by name, some added.

    Raises:
        ConfigError: a name is not known, or a rule is not valid.
    """
    added: list[Rule] = []
    taken = {rule.name for rule in RULES}
    for position, entry in enumerate(user, 1):
        rule = user_rule(entry, f"redaction rule {position}")
        if rule.name in taken:
            raise ConfigError(f"redaction rule {position}: there is a rule {rule.name!r} already; give it another name")
        taken.add(rule.name)
        added.append(rule)
    return switched_off((*RULES, *added), keep)


def user_rule(entry: Mapping[str, str], place: str = "redaction rule") -> Rule:
    """A rule from configuration data.

    Raises:
        ConfigError: a key is missing, unknown, or its value is not valid. The message begins with `place`.
    """
    if unknown := sorted(set(entry) - set(_KEYS)):
        raise ConfigError(f"{place}: unknown key {unknown[0]!r}, known: {', '.join(_KEYS)}")
    name = str(entry.get("name", ""))
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{place}: name {name!r}: expected lower-case letters, digits and hyphens")
    kind = str(entry.get("kind", ""))
    if kind not in set(Kind):
        raise ConfigError(f"{place}: kind {kind!r}: expected one of {', '.join(Kind)}")
    given = [key for key in _PLACES if entry.get(key)]
    if len(given) != 1:
        raise ConfigError(f"{place}: expected one of xpath, header and regex, not {' and '.join(given) or 'none'}")
    value = str(entry[given[0]])
    reason = str(entry.get("reason", "")) or "Added in the configuration."
    match given[0]:
        case "xpath":
            return Rule(name=name, kind=Kind(kind), reason=reason, xpath=_xpath(value, place))
        case "header":
            if not _TOKEN.fullmatch(value):
                raise ConfigError(f"{place}: header {value!r}: expected a header's name")
            return Rule(name=name, kind=Kind(kind), reason=reason, headers=value)
    return Rule(name=name, kind=Kind(kind), reason=reason, regex=_regex(value, place))


def _xpath(expression: str, place: str) -> str:
    try:
        found = etree.XPath(expression, namespaces=PREFIXES)(_EXAMPLE)
    except etree.XPathError as error:
        raise ConfigError(f"{place}: xpath {expression!r}: {error}; prefixes: {', '.join(PREFIXES)}") from None
    if not isinstance(found, list):
        raise ConfigError(f"{place}: xpath {expression!r}: expected elements or attributes, it gives a single value")
    return expression


def _regex(expression: str, place: str) -> str:
    try:
        compiled = re.compile(expression)
    except re.error as error:
        raise ConfigError(f"{place}: regex {expression!r}: {error}") from None
    if compiled.match(""):
        raise ConfigError(f"{place}: regex {expression!r}: it matches nothing at all, and so everywhere")
    return expression
