"""What a live log says beside its lines, and when."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ewstape.interaction import Fields, Interaction, Operation, Request, Response
from ewstape.report.decoded import decoded
from ewstape.report.live import LEGS_OF_ALL, LEGS_OF_ONE, REFUSALS, REMEMBERED, Event, Live

SIP = "<t:SIPResponseText>Busy Here</t:SIPResponseText><t:SIPResponseCode>486</t:SIPResponseCode>"


def said(live: Live, *interactions: Interaction) -> list[str]:
    return [event.line for one in interactions for event in live.add(decoded(one))]


def test_a_call_is_summed_up_when_the_client_hangs_up(recorded: Sequence[Interaction]) -> None:
    live = Live()
    assert said(live, *recorded[:-2]) == []
    assert live.lines() == ["call 9a10  dialled +155...  under way: Connected"]
    summary = "call 9a10  dialled +155...  connected after 3.5 s, for 1.5 s, hung up by the client"
    assert said(live, *recorded[-2:]) == [summary]
    assert live.lines() == [summary]
    assert live.end() == ()


ENDS = {
    "busy": (("UserBusy", SIP), "busy after 2.5 s, not connected: UserBusy (486 Busy Here)"),
    "no answer": (("NoAnswer", ""), "no answer after 2.5 s, not connected: NoAnswer"),
    "at the other end": (("None", ""), "ended after 2.5 s, not connected"),
}


@pytest.mark.parametrize(("found", "words"), ENDS.values(), ids=ENDS)
def test_a_poll_that_finds_the_call_over_says_why(play: Any, poll: Any, found: tuple[str, str], words: str) -> None:
    cause, sip = found
    live = Live()
    said(live, play(1, 1.0), poll(2, 2.0, "Connecting"), poll(3, 3.0, "Connecting"))
    assert said(live, poll(4, 3.5, "Disconnected", cause, sip=sip)) == [f"call 9a10  dialled +155...  {words}"]


def test_the_summary_as_data(play: Any, poll: Any) -> None:
    live = Live()
    said(live, play(1, 1.0), poll(2, 2.0, "Connected"))
    [event] = live.add(decoded(poll(3, 3.5, "Disconnected", "Other", sip=SIP)))
    facts = json.loads(event.json_line)
    assert facts.pop("text") == event.text
    assert facts == {
        "event": "call",
        "call": "9a10",
        "dial": "+155...",
        "connected_after": 1.0,
        "lasted": 2.5,
        "cause": "Other",
        "sip_code": "486",
        "sip_text": "Busy Here",
        "ended": "connected after 1.0 s, for 1.5 s, ended for another reason: Other (486 Busy Here)",
    }


def test_a_call_that_was_refused_was_not_placed(play: Any) -> None:
    refused = play(1, 0.0, code="ErrorPhoneNumberNotDialable")
    assert said(Live(), refused) == ["call  dialled +155...  not placed: Error ErrorPhoneNumberNotDialable"]


def test_polls_may_complete_after_the_client_has_hung_up(play: Any, poll: Any, hang: Any) -> None:
    """The poll began before, and completes when the call is over; one that began after that is odd."""
    live = Live()
    said(live, play(1, 0.0), poll(3, 2.0, "Disconnected"))
    assert said(live, poll(2, 1.0, "Connected"), hang(4, 2.5)) == []
    words = "warning: GetPhoneCallInformation for call 9a10, after a poll has seen it end"
    assert said(live, poll(5, 3.0, "Disconnected"), poll(6, 4.0, "Disconnected")) == [words]


def test_polls_after_hanging_up_are_no_oddity_until_one_has_seen_the_end(play: Any, poll: Any, hang: Any) -> None:
    live = Live()
    said(live, play(1, 0.0), hang(2, 1.0))
    assert said(live, poll(3, 2.0, "Connected"), poll(4, 3.0, "Disconnected")) == []


def test_what_does_not_succeed_ends_no_call(play: Any, poll: Any, hang: Any, make: Any) -> None:
    live = Live()
    said(live, play(1, 0.0))
    lost = make("DisconnectPhoneCall", '<m:PhoneCallId Id="x"/>', None, error="gone")
    assert said(live, hang(2, 1.0, code="ErrorInvalidPhoneCallId"), replace(poll(3, 2.0, "x"), response=None)) == []
    assert [event.kind for event in live.add(decoded(lost))] == ["warning"]
    assert live.lines() == ["call 9a10  dialled +155...  under way"]


def test_a_call_that_nobody_placed_is_warned_of_once(poll: Any, hang: Any) -> None:
    words = "warning: DisconnectPhoneCall for call 9a10, which did not begin here"
    assert said(Live(), hang(1, 0.0), poll(2, 1.0, "Connected"), hang(3, 2.0)) == [words]


def test_calls_that_are_up_at_the_end_were_left_open(play: Any, poll: Any) -> None:
    live = Live()
    said(live, play(1, 0.0), poll(2, 1.0, "Connected"))
    [event] = live.end()
    assert event.line == "warning: call 9a10  dialled +155...  left open: neither hung up nor seen to end"
    assert json.loads(event.json_line)["warning"] == "call_left_open"
    assert live.end() == ()


def test_a_call_that_begins_again_was_left_open_before(play: Any) -> None:
    live = Live()
    assert said(live, play(1, 0.0), play(2, 5.0)) == [
        "warning: call 9a10  dialled +155...  left open: neither hung up nor seen to end"
    ]


def test_a_call_goes_by_the_id_that_its_client_knows(play: Any, hang: Any) -> None:
    live = Live()
    live.add(decoded(play(1, 0.0)), call="b")
    assert [event.kind for event in live.add(decoded(hang(2, 1.0)), call="a")] == ["warning"]
    assert [event.kind for event in live.add(decoded(hang(3, 1.0)), call="b")] == ["call"]


def answered(status: int = 200, fields: Fields | None = None, error: str = "") -> Interaction:
    return Interaction(
        number=1,
        operation=Operation("GetFolder"),
        request=Request(method="POST", url="https://mail.example.com/EWS/Exchange.asmx"),
        response=Response(status=status, fields=fields or {}),
        error=error,
    )


def test_throttling_is_warned_of_each_time() -> None:
    live = Live()
    busy = answered(500, {"response_code": "ErrorServerBusy", "fault": {"values": {"BackOffMilliseconds": "1500"}}})
    assert [event.line for one in (busy, answered(429)) for event in live.add(one)] == [
        "warning: the server throttles the client: ErrorServerBusy for GetFolder, and asks to wait 1.5 s (1 so far)",
        "warning: the server throttles the client: HTTP 429 for GetFolder (2 so far)",
    ]
    assert [event.facts["warning"] for event in live.add(answered(fields={"response_code": "ErrorServerBusy"}))] == [
        "throttled"
    ]


def test_one_connection_that_is_challenged_again_and_again_goes_round_in_circles() -> None:
    live = Live()
    events = [event for _ in range(LEGS_OF_ONE + 3) for event in live.challenged("a")]
    assert [event.facts["warning"] for event in events] == ["logon_loops"]


def test_so_do_many_connections_of_which_none_gets_through() -> None:
    live = Live()
    events = [event for number in range(LEGS_OF_ALL) for event in live.challenged(str(number))]
    assert [event.facts["count"] for event in events] == [LEGS_OF_ALL]


def test_a_logon_that_leads_to_an_operation_is_none_of_these() -> None:
    live = Live()
    events: list[Event] = []
    for _ in range(LEGS_OF_ALL):
        events += [*live.challenged("a"), *live.challenged("a"), *live.add(answered(), "a")]
        events += [*live.challenged("b")]
        live.forget("b")
    assert events == []


def test_refused_logons_in_a_row_may_lock_the_account() -> None:
    live = Live()
    refused = answered(401, error="logon failed")
    assert [live.add(one) for one in [refused] * (REFUSALS - 1) + [answered()]][-1] == ()
    events = [event for _ in range(REFUSALS + 1) for event in live.add(refused)]
    assert [event.facts["warning"] for event in events] == ["logon_refused"]


def test_nothing_of_the_traffic_gets_through_unescaped(play: Any, poll: Any) -> None:
    live = Live()
    hostile = decoded(play(1, 0.0))
    hostile = replace(hostile, request=replace(hostile.request, fields={"dial_string": "\x1b]\n"}))
    live.add(hostile)
    seen = decoded(poll(2, 1.0, "Disconnected", "\u202eUserBusy"))
    [event] = live.add(seen)
    assert event.line.isprintable()
    assert event.json_line.isascii()
    assert all(line.isprintable() for line in live.lines())


def test_calls_that_are_over_are_not_remembered_for_ever(play: Any, hang: Any) -> None:
    live, begun, ended = Live(), decoded(play(1, 0.0)), decoded(hang(2, 1.0))
    for number in range(REMEMBERED + 1):
        live.add(begun, call=str(number))
        live.add(ended, call=str(number))
    assert len(live.lines()) == REMEMBERED


def test_an_operation_without_a_call_says_nothing() -> None:
    live = Live()
    assert live.add(answered()) == ()
    assert live.add(replace(answered(), operation=Operation("FindItem"), response=None, error="gone")) == ()
