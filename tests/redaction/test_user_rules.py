"""Rules from the configuration are checked when they are read."""

import pytest

from ewstape.errors import ConfigError
from ewstape.redaction import RULES, rules_in_force
from ewstape.redaction.user_rules import user_rule

BAD = {
    "unknown key": ({"name": "x", "kind": "text", "xpaht": "//t:X"}, "unknown key 'xpaht'"),
    "no name": ({"kind": "text", "regex": "x"}, "name ''"),
    "kind": ({"name": "x", "kind": "txt", "regex": "x"}, "kind 'txt'"),
    "two places": ({"name": "x", "kind": "text", "regex": "x", "header": "X"}, "not header and regex"),
    "no place": ({"name": "x", "kind": "text"}, "not none"),
    "xpath syntax": ({"name": "x", "kind": "text", "xpath": "//t:X["}, "xpath"),
    "xpath prefix": ({"name": "x", "kind": "text", "xpath": "//q:X"}, "prefixes: s, soap, m, t"),
    "xpath value": ({"name": "x", "kind": "text", "xpath": "count(//t:X)"}, "single value"),
    "header": ({"name": "x", "kind": "text", "header": "X Y"}, "header 'X Y'"),
    "regex syntax": ({"name": "x", "kind": "text", "regex": "("}, "regex"),
    "regex everywhere": ({"name": "x", "kind": "text", "regex": "x*"}, "everywhere"),
}


@pytest.mark.parametrize(("entry", "message"), BAD.values(), ids=BAD)
def test_an_invalid_rule_is_an_error(entry: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("(", r"\(")):
        user_rule(entry)


def test_a_rule_cannot_take_the_name_of_another() -> None:
    with pytest.raises(ConfigError, match="rule 1: there is a rule 'subjects' already"):
        rules_in_force(user=[{"name": "subjects", "kind": "text", "regex": "x"}])


def test_rules_are_added_behind_the_table() -> None:
    rules = rules_in_force(user=[{"name": "cases", "kind": "text", "regex": r"CASE-\d+", "reason": "Case numbers."}])
    assert rules[:-1] == RULES
    assert (rules[-1].name, rules[-1].where, rules[-1].reason) == ("cases", ("free text",), "Case numbers.")
