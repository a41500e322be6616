from typing import Any

import pytest

from ewstape.report.call import Span
from ewstape.report.calls import calls

REFUSED = "ErrorPhoneNumberNotDialable"


def test_stretches_follow_each_other_until_the_call_ends(play: Any, poll: Any, hang: Any) -> None:
    (call,) = calls(
        [play(1, 1), poll(2, 2, "Alerted"), poll(3, 4, "Connected"), hang(4, 6), poll(5, 9, "Disconnected")]
    )
    assert call.spans() == (Span("dialled", 1, 2), Span("Alerted", 2, 4), Span("Connected", 4, 6))
    assert [span.lasts for span in call.spans()] == [1, 2, 2]


def test_a_state_that_was_seen_once_and_nothing_after_it_is_a_stretch_too(play: Any, poll: Any) -> None:
    (call,) = calls([play(1, 0), poll(2, 3, "Connected")])
    assert call.spans() == (Span("dialled", 0, 3), Span("Connected", 3, 3))
    assert (call.ended_at, call.last_at) == (None, 3)


def test_a_call_that_was_under_way_was_not_dialled_here(poll: Any) -> None:
    (call,) = calls([poll(1, 5, "Alerted"), poll(2, 7, "Alerted")])
    assert call.spans() == (Span("Alerted", 5, 7),)


def test_a_call_that_was_not_placed_has_no_stretches(play: Any) -> None:
    (call,) = calls([play(1, 0, code=REFUSED)])
    assert (call.spans(), call.placed, call.failed, call.ended_at) == ((), False, True, None)


@pytest.mark.parametrize(
    ("cause", "failed"), [("UserBusy", True), ("None", False)], ids=["for a cause", "without a cause"]
)
def test_a_call_failed_if_it_ended_for_a_cause(play: Any, poll: Any, cause: str, failed: bool) -> None:
    (call,) = calls([play(1, 0), poll(2, 1, "Disconnected", cause)])
    assert (call.failed, call.failure is not None, call.ended_at) == (failed, failed, 1)
