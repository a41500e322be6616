"""Phone calls, drawn: what of a call becomes which part of its lane."""

from typing import Any

import pytest

from ewstape.cassette import Header
from ewstape.interaction import Interaction
from ewstape.report.html import gather
from ewstape.report.html.lanes import clock_axis, dial_axis, legible_by_clock
from ewstape.report.html.values import Lane

SIP = "<t:SIPResponseText>Busy Here</t:SIPResponseText><t:SIPResponseCode>486</t:SIPResponseCode>"


def lanes(*interactions: Interaction) -> tuple[Lane, ...]:
    return gather(Header(), interactions, source="x").lanes


def test_a_lane_goes_from_dialling_through_the_states_to_the_hang_up(recorded: list[Interaction]) -> None:
    [lane] = lanes(*recorded)
    assert [(one.state, one.begin, one.end) for one in lane.segments] == [
        ("", 1.0, 1.5),
        ("Connecting", 1.5, 2.5),
        ("Alerted", 2.5, 4.5),
        ("Connected", 4.5, 6.0),
    ]
    assert (lane.name, lane.dial_string, lane.outcome, lane.reason) == ("9a10", "+15550100", "done", "")
    assert (lane.began, lane.hung_up, lane.ended, lane.polls) == (1.0, 6.0, 6.0, 5)


def test_a_call_that_fails_says_why(play: Any, poll: Any) -> None:
    [lane] = lanes(play(1, 0.0), poll(2, 1.0, "Connecting"), poll(3, 3.0, "Disconnected", "UserBusy", sip=SIP))
    assert (lane.outcome, lane.ending, lane.reason) == ("failed", "busy", "UserBusy, 486 Busy Here")
    assert [one.state for one in lane.segments] == ["", "Connecting"]
    assert (lane.ended, lane.hung_up) == (3.0, None)


def test_a_call_that_was_not_placed_is_a_short_failure(play: Any) -> None:
    [lane] = lanes(play(1, 2.0, code="ErrorPhoneNumberNotDialable"))
    assert (lane.outcome, lane.ending) == ("failed", "not placed: Error ErrorPhoneNumberNotDialable")
    assert (lane.began, lane.ended) == (2.0, pytest.approx(2.084))


def test_a_call_that_is_not_seen_to_end_stays_open(play: Any, poll: Any) -> None:
    [lane] = lanes(play(1, 0.0), poll(2, 1.0, "Connected"))
    assert (lane.outcome, lane.ended) == ("open", pytest.approx(1.084))


def test_a_hang_up_that_was_refused_ends_nothing(play: Any, hang: Any) -> None:
    [lane] = lanes(play(1, 0.0), hang(2, 1.0, code="ErrorInvalidPhoneCallId"))
    assert (lane.outcome, lane.hung_up) == ("open", None)


def test_short_calls_of_a_long_recording_are_drawn_from_their_beginnings(play: Any, hang: Any) -> None:
    drawn = lanes(
        *(
            one
            for at in (0, 1000)
            for one in (play(at + 1, float(at), call=f"c{at}"), hang(at + 2, at + 9.0, call=f"c{at}"))
        )
    )
    assert (clock_axis(drawn).begin, clock_axis(drawn).end) == (0.0, 1009.0)
    assert dial_axis(drawn).end == 9.0
    assert not legible_by_clock(drawn)
    assert legible_by_clock(drawn[:1])


def test_one_call_that_is_far_longer_leaves_the_others_legible(play: Any, hang: Any) -> None:
    lengths = [10.0] * 10 + [4000.0]
    calls = [
        (play(2 * n, 0.0, call=f"c{n}"), hang(2 * n + 1, length, call=f"c{n}")) for n, length in enumerate(lengths)
    ]
    assert dial_axis(lanes(*(one for call in calls for one in call))).end == 20.0


def test_a_call_that_was_hung_up_did_not_fail_although_sip_says_200(play: Any, poll: Any, hang: Any) -> None:
    ended = poll(4, 3.0, "Disconnected", sip=SIP.replace("486", "200").replace("Busy Here", "OK"))
    [lane] = lanes(play(1, 0.0), poll(2, 1.0, "Connected"), hang(3, 2.0), ended)
    assert (lane.outcome, lane.reason) == ("done", "")
