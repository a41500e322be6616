from typing import Any

import pytest

from ewstape.interaction import Service
from ewstape.operations.identifiers import PHONE_CALL_ID
from ewstape.replay.calls import Calls
from ewstape.replay.canonical import Canonical
from ewstape.replay.index import Index, Thread
from ewstape.replay.kept import Kept

EWS = Service.EWS
CALL_1 = Thread(7, "call-1", unknown=False)


@pytest.fixture
def calls(words: Any) -> Calls:
    recorded = """
        poll call-0 = Connected
        hang call-9 = ErrorInvalidPhoneCallId
        play item-1 100 = call-1
        play item-2 200 = call-1-2
    """
    return Calls(Index.of(Kept(words.interactions(recorded))), "poll", "last")


def test_a_new_instance_has_the_recorded_id_unless_the_client_has_a_call_of_that_id(calls: Calls) -> None:
    instances = [calls.begin(EWS, CALL_1, "call-1", 0.0) for _ in range(2)]
    assert [one.live_call for one in instances] == ["call-1", "call-1-3"]  # call-1-2 is on the tape
    calls.end(EWS, instances[0])
    assert instances[0].ended
    assert calls.begin(EWS, CALL_1, "call-1", 0.0).live_call == "call-1"
    assert calls.begin(Service.UM, CALL_1, "call-1", 0.0).live_call == "call-1"


def test_a_request_is_recognised_by_the_id_that_the_client_was_given(calls: Calls) -> None:
    for _ in range(2):
        calls.begin(EWS, CALL_1, "call-1", 0.0)
    asked = Canonical(b"key", (PHONE_CALL_ID,), ("call-1-3",))
    assert calls.recognised(asked, (EWS, "call-1-3")).values == ("call-1",)
    assert calls.recognised(asked, (EWS, "call-7")) is asked
    assert calls.recognised(asked, None) is asked
    assert (calls.derived("call-1-3"), calls.derived("call-1")) == (True, False)


def test_a_call_that_was_placed_before_may_have_an_id_of_the_clients_own(calls: Calls) -> None:
    found = calls.find((EWS, "mine"), "call-0")
    assert found is not None
    calls.learn((EWS, "mine"), found)
    assert (found.live_call, calls.recorded_id((EWS, "mine"))) == ("mine", "call-0")
    calls.forget_strangers()
    assert calls.recorded_id((EWS, "mine")) == "call-0"


def test_a_call_that_is_not_placed_is_not_found(calls: Calls) -> None:
    assert calls.find((EWS, "call-1"), "call-1") is None
    assert calls.find((EWS, "mine"), "call-1") is None


def test_wrong_ids_are_forgotten_when_the_client_begins_again(calls: Calls) -> None:
    found = calls.find((EWS, "wrong"), "call-9")
    assert found is not None
    calls.learn((EWS, "wrong"), found)
    assert not calls.derived("wrong")
    calls.forget_strangers()
    assert calls.recorded_id((EWS, "wrong")) == "wrong"
    assert calls.find((EWS, "wrong"), "call-9") is not found


def test_rewound_only_what_was_up_before_is_there(calls: Calls) -> None:
    calls.begin(EWS, CALL_1, "call-1", 0.0)
    calls.rewind()
    assert calls.find((EWS, "call-1"), "call-1") is None
    assert calls.find((EWS, "call-0"), "call-0") is not None


def test_the_lowest_number_that_is_free_is_used_again(calls: Calls) -> None:
    instances = [calls.begin(EWS, CALL_1, "call-1", 0.0) for _ in range(5)]
    for number in (3, 1, 3):
        calls.end(EWS, instances[number])
    assert [calls.begin(EWS, CALL_1, "call-1", 0.0).live_call for _ in range(3)] == ["call-1-3", "call-1-5", "call-1-7"]


def test_an_id_that_a_call_from_before_has_is_used_once_that_has_ended(calls: Calls) -> None:
    earlier = calls.find((EWS, "call-0"), "call-0")
    assert earlier is not None
    assert calls.begin(EWS, CALL_1, "call-0", 0.0).live_call == "call-0-2"
    calls.end(EWS, earlier)
    assert calls.begin(EWS, CALL_1, "call-0", 0.0).live_call == "call-0"


def test_a_call_that_is_placed_over_and_over_looks_for_its_number_once(calls: Calls) -> None:
    taken: list[int] = []
    is_taken = calls._is_taken  # noqa: SLF001  how often it is asked is the fact
    calls._is_taken = lambda call: taken.append(1) or is_taken(call)  # type: ignore[func-returns-value, method-assign]  # noqa: SLF001
    for _ in range(500):
        calls.begin(EWS, CALL_1, "call-1", 0.0)
    assert len(taken) <= 501
