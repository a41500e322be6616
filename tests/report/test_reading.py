from collections.abc import Iterator
from typing import Any

from ewstape.interaction import Interaction
from ewstape.report.filters import Filter
from ewstape.report.reading import Reading


def test_all_that_passes_is_counted(recorded: list[Interaction]) -> None:
    reading = Reading(Filter())
    assert len(list(reading.chosen(recorded))) == 7
    assert reading.summary() == "7 interactions in 5.58 s; 1 call"


def test_what_is_left_out_is_counted_and_the_calls_of_the_rest_are_whole(play: Any, poll: Any) -> None:
    reading = Reading(Filter(call="one", operations=("Get*",)))
    all_of_them = [play(1, 0, call="one"), play(2, 1, call="two"), poll(3, 2, "Disconnected", "UserBusy", call="one")]
    assert [one.number for one in reading.chosen(all_of_them)] == [3]
    ((place, call),) = reading.calls()
    assert (place, call.interactions, call.failed) == (0, (1, 3), True)
    assert reading.summary() == "1 of 3 interactions in 84 ms; 1 call, 1 failed"


def test_failures_are_counted(make: Any) -> None:
    reading = Reading(Filter())
    list(reading.chosen([make("GetFolder", "", None), make("GetFolder", number=2, at=1.0)]))
    assert reading.summary() == "2 interactions in 1.08 s, 1 failed"


def test_nothing_at_all_is_said_as_well() -> None:
    assert Reading(Filter()).summary() == "0 interactions"


def test_interactions_pass_one_by_one(make: Any) -> None:
    taken = 0

    def source() -> Iterator[Interaction]:
        nonlocal taken
        while True:
            taken += 1
            yield make("GetFolder", number=taken)

    next(Reading(Filter()).of(source()))
    assert taken == 1
