"""Which request meets which fault is decided by the rules, the seed and the requests so far."""

from typing import Any

import msgspec
import pytest

from ewstape.interaction import Operation, Service
from ewstape.replay.faults import FaultKind, FaultRule, Faults

POLL = Operation("GetPhoneCallInformation")
PLAY = Operation("PlayOnPhone")


def rules(*lines: dict[str, Any]) -> tuple[FaultRule, ...]:
    return msgspec.convert(lines, tuple[FaultRule, ...])


def struck(faults: Faults, operation: Operation, times: int) -> str:
    return "".join("x" if faults.strike(operation) else "." for _ in range(times))


def test_without_rules_nothing_strikes() -> None:
    assert struck(Faults(), POLL, 5) == "....."


def test_a_plain_rule_strikes_each_time() -> None:
    assert struck(Faults(rules({"fault": "reset"})), POLL, 3) == "xxx"


def test_every_third_request_for_the_operation_is_struck() -> None:
    faults = Faults(rules({"fault": "busy", "operation": "GetPhoneCallInformation", "every": 3}))
    assert struck(faults, PLAY, 4) == "...."
    assert struck(faults, POLL, 7) == "..x..x."
    assert faults.injected == {FaultKind.BUSY: 2}


@pytest.mark.parametrize("name", ["PlayOnPhone", "PlayOnPhone2", "*"])
def test_an_operation_goes_by_its_name_on_the_wire_and_by_that_of_the_specification(name: str) -> None:
    assert struck(Faults(rules({"fault": "busy", "operation": name})), PLAY, 1) == "x"


def test_the_service_may_stand_before_the_name() -> None:
    faults = Faults(rules({"fault": "busy", "operation": "um:PlayOnPhone"}))
    assert struck(faults, PLAY, 1) == "."
    assert struck(faults, Operation("PlayOnPhone", Service.UM), 1) == "x"


def test_the_same_seed_strikes_the_same_requests() -> None:
    table = rules({"fault": "reset", "probability": 0.5})
    once, again, other = (struck(Faults(table, seed), POLL, 64) for seed in (1, 1, 2))
    assert once == again != other
    assert 8 < once.count("x") < 56


@pytest.mark.parametrize(("probability", "expected"), [(0, "....."), (1, "xxxxx")])
def test_the_ends_of_probability_are_certain(probability: float, expected: str) -> None:
    assert struck(Faults(rules({"fault": "reset", "probability": probability})), POLL, 5) == expected


def test_other_operations_do_not_disturb_a_rule() -> None:
    table = rules(
        {"fault": "reset", "operation": "GetPhoneCallInformation", "probability": 0.5},
        {"fault": "busy", "operation": "PlayOnPhone", "probability": 0.5},
    )
    alone, mixed = Faults(table, 7), Faults(table, 7)
    expected = struck(alone, POLL, 20)
    got = ""
    for _ in range(20):
        mixed.strike(PLAY)
        got += struck(mixed, POLL, 1)
    assert got == expected


def test_the_first_rule_that_strikes_counts() -> None:
    faults = Faults(rules({"fault": "busy", "every": 2}, {"fault": "reset"}))
    kinds = [rule.fault for _ in range(4) if (rule := faults.strike(POLL))]
    assert kinds == ["reset", "busy", "reset", "busy"]


def test_rewinding_begins_the_decisions_again_and_keeps_the_count() -> None:
    faults = Faults(rules({"fault": "reset", "every": 2}, {"fault": "busy", "probability": 0.5}), seed=3)
    first = [faults.strike(POLL) for _ in range(9)]
    faults.rewind()
    assert [faults.strike(POLL) for _ in range(9)] == first
    assert sum(faults.injected.values()) == 2 * sum(rule is not None for rule in first)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"fault": "flood"},
        {"fault": "busy", "every": 0},
        {"fault": "busy", "probability": 1.5},
        {"fault": "busy", "every": 1, "probability": 0.5},
        {"fault": "busy", "evry": 1},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        rules(wrong)
