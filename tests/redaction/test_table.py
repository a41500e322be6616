"""Rules are looked up by name, and the later of two counts."""

from ewstape.redaction.kinds import Kind
from ewstape.redaction.patterns import PATTERNS
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.rules import RULES
from ewstape.redaction.table import table_of


def rule(name: str, **places: object) -> Rule:
    return Rule(name=name, reason="-", kind=Kind.TEXT, **places)  # type: ignore[arg-type]  # as given


def test_elements_and_attributes_are_found_by_name_and_by_what_they_stand_in() -> None:
    one = rule("one", xml="A B/A @c B/@c", soap_headers="D")
    table = table_of([one])
    assert table.elements == {"A": {"": one, "B": one}, "D": {"": one}}
    assert table.attributes == {"c": {"": one, "B": one}}


def test_where_only_a_parent_is_named_there_is_no_rule_elsewhere() -> None:
    one = rule("one", xml="B/A")
    assert table_of([one]).elements["A"] == {"B": one, "": None}


def test_the_later_rule_counts() -> None:
    one, two = rule("one", xml="A @b", headers="X-Y"), rule("two", xml="A @b", headers="x-y")
    table = table_of([one, two])
    assert (table.elements["A"][""], table.attributes["b"][""], table.headers) == (two, two, {"x-y": two})


def test_headers_and_cookies_are_in_lower_case() -> None:
    one = rule("one", headers="X-Some Via", cookies="ClientId")
    table = table_of([one])
    assert table.headers == {"x-some": one, "via": one}
    assert table.cookies == {"clientid"}


def test_dropped_elements_are_known_by_name() -> None:
    assert table_of([rule("one", xml="A", soap_headers="B", treatment=Treatment.DROP)]).dropped == {"A", "B"}


def test_users_expressions_come_before_the_patterns_which_belong_to_rules() -> None:
    mine = rule("mine", regex=r"CASE-(\d+)")
    table = table_of([rule("theirs", patterns="smtp sid"), mine])
    assert [(name, pattern.name) for name, pattern in table.patterns] == [
        ("mine", "user"),
        *(("theirs", one.name) for one in PATTERNS if one.name in {"smtp", "sid"}),
    ]
    assert table.patterns[0][1].group == 1


def test_every_pattern_belongs_to_a_rule() -> None:
    assert {pattern.name for _, pattern in table_of(RULES).patterns} == {pattern.name for pattern in PATTERNS}


def test_xpaths_are_kept_as_rules() -> None:
    one = rule("one", xpath="//t:a")
    assert table_of([one, rule("two")]).xpaths == (one,)
