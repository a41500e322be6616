from collections.abc import Callable
from math import inf
from typing import Any

import pytest

from ewstape.interaction import Interaction, Service
from ewstape.report.decoded import decoded
from ewstape.report.filters import Filter, failed, numbers, seconds


@pytest.fixture
def interactions(make: Any, recorded: list[Interaction], play: Any, poll: Any) -> list[Interaction]:
    """One whole call, and after it three of other kinds."""
    others = [
        make("GetFolder", "", None, number=8, at=7.0, error="timeout"),
        play(9, 8.0, call="other"),
        poll(10, 9.0, "Disconnected", "UserBusy", call="other"),
        make("PlayOnPhone", number=11, at=10.0, service=Service.UM),
    ]
    return [decoded(one) for one in (*recorded, *others)]


FILTERS: dict[str, tuple[Filter, set[int]]] = {
    "anything": (Filter(), set(range(1, 12))),
    "name on the wire": (Filter(operations=("DisconnectPhoneCall",)), {6}),
    "name of both services": (Filter(operations=("PlayOnPhone",)), {1, 9, 11}),
    "name with its service": (Filter(operations=("um:PlayOnPhone",)), {11}),
    "name in the specification": (Filter(operations=("PlayOnPhone2",)), {1, 9}),
    "in any case": (Filter(operations=("getfolder",)), {8}),
    "pattern": (Filter(operations=("*PhoneCall",)), {6}),
    "either": (Filter(operations=("GetFolder", "Disc*")), {6, 8}),
    "short call": (Filter(call="9a10"), set(range(1, 8))),
    "short call in capitals": (Filter(call="9A10"), set(range(1, 8))),
    "whole call": (Filter(call="other"), {9, 10}),
    "no such call": (Filter(call="ffff"), set()),
    "errors": (Filter(errors=True), {8, 10}),
    "since": (Filter(since=8.0), {9, 10, 11}),
    "until": (Filter(until=1.5), {1, 2}),
    "between": (Filter(since=1.5, until=2.5), {2, 3}),
    "numbers": (Filter(numbers=(range(2, 4), range(9, 10**15))), {2, 3, 9, 10, 11}),
    "together": (Filter(call="other", errors=True), {10}),
    "something else": (Filter(also=lambda one: one.number % 2 == 0), {2, 4, 6, 8, 10}),
}


@pytest.mark.parametrize(("wanted", "found"), FILTERS.values(), ids=FILTERS)
def test_a_filter_lets_through_what_it_names(
    interactions: list[Interaction], wanted: Callable[[Interaction], bool], found: set[int]
) -> None:
    assert {one.number for one in interactions if wanted(one)} == found


def test_a_busy_call_failed_although_the_poll_succeeded(poll: Any) -> None:
    assert failed(decoded(poll(1, 0, "Disconnected", "UserBusy")))
    assert not failed(decoded(poll(1, 0, "Disconnected")))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("90", 90.0),
        ("1.5", 1.5),
        ("250ms", 0.25),
        ("250 ms", 0.25),
        ("1m30s", 90.0),
        ("1 min 30 s", 90.0),
        ("2H", 7200.0),
        ("+10s", 110.0),
        ("+5", 105.0),
    ],
)
def test_a_time_is_read(text: str, value: float) -> None:
    assert seconds(text, after=100.0) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "+", "x", "-5", "1x", "1s x", "10:30", "1e3", "\u0661"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time: write 90"):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "found"), [("7", range(7, 8)), ("7-12", range(7, 13)), ("7-7", range(7, 8)), ("7-", range(7, 10**15 + 1))]
)
def test_numbers_are_read(text: str, found: range) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize("text", ["", "-", "-3", "x", "3-1", "3-x", "1,2", "9" * 16])
def test_what_are_no_numbers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no number of an interaction"):
        numbers(text)


def test_times_have_no_end_unless_one_is_given() -> None:
    assert (Filter().since, Filter().until) == (0.0, inf)
