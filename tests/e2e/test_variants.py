"""A client that differs from the recording is told what the tape can vouch for, and the truth where it cannot.

`variants.py` is the table of what it does otherwise and what it must be told.
"""

from collections.abc import Callable
from typing import Any

import pytest
from variants import MISS, VARIANTS, outcome

LOGONS = [
    ("exchangelib", "basic"),
    ("exchangelib", "ntlm"),
    ("zeep", "basic"),
    ("zeep", "ntlm"),
    ("curl", "basic"),
    ("curl", "ntlm"),
    ("requests_ntlm", "ntlm"),
    ("javascript", "basic"),
    ("javascript", "ntlm"),
]
CASES = [
    pytest.param(client, auth, name, id=f"{client}-{auth}-{name}")
    for client, auth in LOGONS
    for name, variant in VARIANTS.items()
    if client in (variant.only or (client,))
]


@pytest.mark.parametrize(("client", "auth", "name"), CASES)
def test_a_variant_sees_the_states_and_errors_that_the_table_says(
    client: str, auth: str, name: str, played: Callable[..., Any], calls: Callable[..., Any]
) -> None:
    variant = VARIANTS[name]
    result = played(client, auth, "reverse")
    assert name in result.replayed, f"the client broke off: {list(result.replayed.values())[-1][-1]}"
    lines = result.replayed[name]
    told = calls(lines)
    assert tuple([outcome(answer) for answer in call] for call in told) == variant.calls
    if variant.same_as:
        live = result.live[variant.same_as]
        assert lines == live * (len(lines) // len(live))


@pytest.mark.parametrize(("client", "auth"), LOGONS)
def test_calls_that_are_up_at_the_same_time_have_ids_of_their_own(
    client: str, auth: str, played: Callable[..., Any], calls: Callable[..., Any]
) -> None:
    told = calls(played(client, auth, "reverse").replayed["again while the first is up"])
    assert len({call[0]["PhoneCallId"] for call in told}) == 2


@pytest.mark.parametrize(("client", "auth"), LOGONS)
def test_a_client_takes_a_miss_as_final(client: str, auth: str, played: Callable[..., Any]) -> None:
    """It asks once: there are as many misses in the log as in the table, and the exit status tells of them."""
    result = played(client, auth, "reverse")
    expected = sum(call.count("miss") for variant in VARIANTS.values() for call in variant.calls)
    assert sum(MISS in line for line in result.said.splitlines()) == expected, result.said
    assert result.status == 4
