"""Every real client records, then replays without the server: Basic and NTLM, reverse and forward, again and again."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from ewstape.cassette import Cassette

POLLS = 5
CLIENTS = ("exchangelib", "zeep", "curl", "requests_ntlm", "javascript")
CASES = [
    (client, auth, mode)
    for mode, client, auth in product(("reverse", "forward"), CLIENTS, ("basic", "ntlm"))
    if (client, auth) != ("requests_ntlm", "basic")
    and (client, auth, mode) != ("javascript", "ntlm", "forward")  # its library refuses NTLM through a proxy
]


@pytest.mark.parametrize(("client", "auth", "mode"), CASES)
def test_the_same_run_gets_the_same_answers_again_and_again(
    client: str, auth: str, mode: str, played: Callable[..., Any]
) -> None:
    """Once and then ten times without a restart, to the letter; the end-to-end run stays free of misses."""
    result = played(client, auth, mode)
    assert result.replayed["identical"] == result.live["one call"]
    assert result.replayed["ten times"] == result.live["one call"] * 10
    if mode == "forward":
        assert result.status == 0, result.said


@pytest.mark.parametrize(("client", "auth", "mode"), CASES)
def test_a_recording_has_one_interaction_an_operation_and_nothing_of_the_logon(
    client: str, auth: str, mode: str, played: Callable[..., Any]
) -> None:
    """In order, the legs of the logon folded into each, and none of their content written."""
    cassette = played(client, auth, mode).cassette
    recorded = Cassette.open(cassette)
    operations = [one.operation.name for one in recorded if "Phone" in one.operation.name]
    polls = ["GetPhoneCallInformation"] * POLLS
    assert operations[: POLLS + 3] == ["PlayOnPhone", *polls, "DisconnectPhoneCall", "GetPhoneCallInformation"]
    assert {one.auth.lower() for one in recorded} == {auth}
    assert {one.response.status for one in recorded if one.response} == {200}
    text = cassette.read_text("utf-8")
    assert "TlRMTVNTUA" not in text
    assert "Basic " not in text
