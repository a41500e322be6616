from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        ("", ["UTC", "Tokyo Standard Time"]),
        ("<m:Ids><t:Id>UTC</t:Id></m:Ids>", ["UTC"]),
        ("<m:Ids><t:Id>x</t:Id></m:Ids>", []),
    ],
    ids=["all", "one", "unknown"],
)
def test_zones_are_listed_by_id(ask: Callable[..., Any], ids: str, names: list[str]) -> None:
    answer = ask(f'<m:GetServerTimeZones ReturnFullTimeZoneData="false">{ids}</m:GetServerTimeZones>')
    assert answer.codes == ["NoError"]
    assert [name for name in names if name.encode() in answer.body] == names
    assert answer.body.count(b"<t:TimeZoneDefinition ") == len(names)
    assert answer.text("Period") is None


def test_the_rules_of_a_zone_are_given_when_asked_for(ask: Callable[..., Any]) -> None:
    answer = ask('<m:GetServerTimeZones ReturnFullTimeZoneData="true"/>')
    assert answer.get("Period", "Bias") == "PT0S"
    assert answer.texts("To") == ["std", "0", "std", "0"]
