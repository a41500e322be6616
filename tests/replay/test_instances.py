import base64
from dataclasses import replace
from typing import Any

import pytest

from ewstape.interaction import Service
from ewstape.replay.index import Index
from ewstape.replay.instances import Instance, Pace, Repeat, derived_call_id
from ewstape.replay.kept import Kept
from ewstape.replay.miss import Reason

CALL = """
    poll call-1 = Connecting
    poll call-1 = Alerted
    poll call-1 = Connected
    hang call-1 = Success
    poll call-1 = Disconnected
"""
READ, WRITE = 1, 2  # the groups; 0 is the play


@pytest.fixture
def call(words: Any) -> Any:
    """Placed 10 s into the recording; read at 11, 12 and 14 s, ended at 20 s, read at 25 s."""
    made = words.interactions("play item-1 100 = call-1" + CALL)
    times = (10.0, 11.0, 12.0, 14.0, 20.0, 25.0)
    index = Index.of(Kept([replace(one, at=at) for one, at in zip(made, times, strict=True)]))
    thread = index.started(0)

    def instance(pace: Pace, repeat: Repeat = "last", since: float | None = None) -> Any:
        return Instance(index, thread, pace, repeat, since=since)

    return instance


def test_polls_walk_the_states_of_a_phase_and_repeat_the_last(call: Any) -> None:
    instance = call("poll")
    assert [instance.answer(READ, 0.0) for _ in range(4)] == [1, 2, 3, 3]
    assert [instance.answer(WRITE, 0.0), instance.answer(READ, 0.0), instance.answer(READ, 0.0)] == [4, 5, 5]
    assert instance.answer(WRITE, 0.0) is Reason.USED_UP


def test_or_they_are_used_up(call: Any) -> None:
    instance = call("poll", "error")
    assert [instance.answer(READ, 0.0) for _ in range(5)] == [1, 2, 3, Reason.USED_UP, Reason.USED_UP]
    assert [instance.answer(WRITE, 0.0), instance.answer(READ, 0.0)] == [4, 5]


@pytest.mark.parametrize(
    ("elapsed", "rank"), [(0.0, 1), (0.9, 1), (1.0, 1), (1.9, 1), (2.0, 2), (3.9, 2), (4.0, 3), (900.0, 3)]
)
def test_at_the_recorded_pace_states_come_by_time_since_the_phase_began(call: Any, elapsed: float, rank: int) -> None:
    instance = call("recorded", since=1000.0)
    assert instance.answer(READ, 1000.0 + elapsed) == rank
    assert instance.answer(READ, 1000.0 + elapsed) == rank


def test_a_write_begins_a_phase_and_its_time(call: Any) -> None:
    instance = call("recorded", since=0.0)
    assert instance.answer(WRITE, 2.0) == 4
    assert (instance.phase, instance.since) == (1, 2.0)
    assert instance.answer(READ, 2.0) == 5


def test_without_a_start_time_runs_from_the_first_request(call: Any) -> None:
    instance = call("recorded")
    assert instance.answer(READ, 500.0) == 1
    assert instance.answer(READ, 502.0) == 2


def test_a_call_has_no_answers_from_other_phases_and_the_mailbox_has(words: Any) -> None:
    recorded = "poll call-0 = Connected \n hang call-0 = Success \n find inbox = none \n create a = made"
    index = Index.of(Kept(words.interactions(recorded)))
    for thread, earlier in ((index.placed_before((Service.EWS, "call-0")), Reason.OTHER_PHASE), (index.mailbox, 2)):
        assert thread is not None
        instance = Instance(index, thread, "poll", "last")
        read, write = (0, 1) if thread.call else (2, 3)
        instance.answer(write, 0.0)
        assert instance.answer(read, 0.0) == earlier


def test_a_derived_id_is_base64_if_the_recorded_one_is_and_names_nobody() -> None:
    recorded = base64.b64encode(b"00000000-0000-4000-8000-000000000001@um.example.org").decode()
    derived = [derived_call_id(recorded, number) for number in (2, 3)]
    decoded = [base64.b64decode(one, validate=True).decode() for one in derived]
    assert len({recorded, *derived}) == 3
    assert all(one.endswith("@replay.example.com") for one in decoded)
    assert derived == [derived_call_id(recorded, number) for number in (2, 3)]


def test_a_derived_id_of_a_word_is_the_word_and_a_number() -> None:
    assert derived_call_id("call-1", 2) == "call-1-2"


def test_a_read_is_ahead_until_its_first_phase_is_reached(words: Any) -> None:
    index = Index.of(Kept(words.interactions("create a = made \n find inbox = one")))
    instance = Instance(index, index.mailbox, "poll", "last")
    assert (instance.is_ahead(1), instance.is_ahead(0)) == (True, False)
    instance.answer(0, 0.0)
    assert not instance.is_ahead(1)
