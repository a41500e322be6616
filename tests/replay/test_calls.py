from typing import Any

import pytest

from ewstape.interaction import Service
from ewstape.operations.identifiers import PHONE_CALL_ID
from ewstape.replay.calls import Calls
from ewstape.replay.canonical import Canonical
from ewstape.replay.index import Index
from ewstape.replay.instances import Thread

EWS = Service.EWS


@pytest.fixture
def calls(words: Any) -> Calls:
    recorded = """
        poll call-0 = Connected
        hang call-9 = ErrorInvalidPhoneCallId
        play item-1 100 = call-1
        play item-2 200 = call-1-2
    """
    return Calls(Index(words.interactions(recorded), frozenset()), "poll", "last")


def test_a_new_instance_has_the_recorded_id_unless_the_client_has_a_call_of_that_id(calls: Calls) -> None:
    thread = Thread("call-1")
    instances = [calls.begin(EWS, thread, "call-1", 0.0) for _ in range(2)]
    assert [one.live_call for one in instances] == ["call-1", "call-1-3"]  # call-1-2 is on the tape
    instances[0].ended = True
    assert calls.begin(EWS, thread, "call-1", 0.0).live_call == "call-1"
    assert calls.begin(Service.UM, thread, "call-1", 0.0).live_call == "call-1"


def test_a_request_is_recognised_by_the_id_that_the_client_was_given(calls: Calls) -> None:
    for _ in range(2):
        calls.begin(EWS, Thread("call-1"), "call-1", 0.0)
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
    calls.begin(EWS, Thread("call-1"), "call-1", 0.0)
    calls.rewind()
    assert calls.find((EWS, "call-1"), "call-1") is None
    assert calls.find((EWS, "call-0"), "call-0") is not None
