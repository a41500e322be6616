import base64

import pytest

from ewstape.replay.instances import Instance, Position, Thread, derived_call_id
from ewstape.replay.miss import Reason

READ, WRITE = 0, 1


def call() -> tuple[Thread, list[float]]:
    """Placed 10 s into the recording; read at 11, 12 and 14 s, ended at 20 s, read at 25 s."""
    thread = Thread("call-1", [10.0])
    for group, at in ((READ, 11.0), (READ, 12.0), (READ, 14.0), (WRITE, 20.0), (READ, 25.0)):
        position = [11.0, 12.0, 14.0, 20.0, 25.0].index(at)
        thread.add(group, position, at, write=group == WRITE)
    return thread, [11.0, 12.0, 14.0, 20.0, 25.0]


def test_polls_walk_the_states_of_a_phase_and_repeat_the_last() -> None:
    instance = Instance(*call(), pace="poll", repeat="last")
    assert [instance.answer(READ, 0.0) for _ in range(4)] == [0, 1, 2, 2]
    assert [instance.answer(WRITE, 0.0), instance.answer(READ, 0.0), instance.answer(READ, 0.0)] == [3, 4, 4]
    assert instance.answer(WRITE, 0.0) is Reason.USED_UP


def test_or_they_are_used_up() -> None:
    instance = Instance(*call(), pace="poll", repeat="error")
    assert [instance.answer(READ, 0.0) for _ in range(5)] == [0, 1, 2, Reason.USED_UP, Reason.USED_UP]
    assert [instance.answer(WRITE, 0.0), instance.answer(READ, 0.0)] == [3, 4]


@pytest.mark.parametrize(
    ("elapsed", "position"), [(0.0, 0), (0.9, 0), (1.0, 0), (1.9, 0), (2.0, 1), (3.9, 1), (4.0, 2), (900.0, 2)]
)
def test_at_the_recorded_pace_states_come_by_time_since_the_phase_began(elapsed: float, position: Position) -> None:
    instance = Instance(*call(), pace="recorded", repeat="last", since=1000.0)
    assert instance.answer(READ, 1000.0 + elapsed) == position
    assert instance.answer(READ, 1000.0 + elapsed) == position


def test_a_write_begins_a_phase_and_its_time() -> None:
    instance = Instance(*call(), pace="recorded", repeat="last", since=0.0)
    assert instance.answer(WRITE, 2.0) == 3
    assert (instance.phase, instance.since) == (1, 2.0)
    assert instance.answer(READ, 2.0) == 4


def test_without_a_start_time_runs_from_the_first_request() -> None:
    instance = Instance(*call(), pace="recorded", repeat="last")
    assert instance.answer(READ, 500.0) == 0
    assert instance.answer(READ, 502.0) == 1


def test_a_call_has_no_answers_from_other_phases_and_the_mailbox_has() -> None:
    for thread, earlier in ((Thread("call-1"), Reason.OTHER_PHASE), (Thread(), 0)):
        thread.add(READ, 0, 1.0, write=False)
        thread.add(WRITE, 1, 2.0, write=True)
        instance = Instance(thread, [1.0, 2.0], "poll", "last")
        instance.answer(WRITE, 0.0)
        assert instance.answer(READ, 0.0) == earlier


def test_a_derived_id_is_base64_if_the_recorded_one_is_and_names_nobody() -> None:
    recorded = base64.b64encode(b"00000000-0000-4000-8000-000000000001@um.example.org").decode()
    derived = [derived_call_id(recorded, number) for number in (2, 3)]
    decoded = [base64.b64decode(one, validate=True).decode() for one in derived]
    assert len({recorded, *derived}) == 3
    assert all(one.endswith("@replay.example.com") for one in decoded)
    assert derived == [derived_call_id(recorded, number) for number in (2, 3)]


def test_a_derived_id_of_a_word_is_the_word_and_a_number() -> None:
    assert derived_call_id("call-1", 2) == "call-1-2"


def test_a_read_is_ahead_until_its_first_phase_is_reached() -> None:
    thread = Thread()
    thread.add(WRITE, 0, 1.0, write=True)
    thread.add(READ, 1, 2.0, write=False)
    instance = Instance(thread, [1.0, 2.0], "poll", "last")
    assert (instance.is_ahead(READ), instance.is_ahead(WRITE)) == (True, False)
    instance.answer(WRITE, 0.0)
    assert not instance.is_ahead(READ)
