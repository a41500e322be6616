from base64 import b64decode
from typing import Any

import pytest

from ewstape.interaction import Interaction, Service
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.report.calls import Call, CallLog, State, calls, short_name, state_of
from ewstape.report.decoded import decoded


def test_a_call_is_told_from_all_that_carries_its_id(recorded: list[Interaction], call_id: str) -> None:
    assert calls(recorded) == (
        Call(
            id=call_id,
            service=Service.EWS,
            dial_string="+15550100",
            item_id="item-1",
            started_at=1.0,
            states=(
                State(at=1.5, state="Connecting"),
                State(at=2.5, state="Alerted"),
                State(at=4.5, state="Connected"),
                State(at=6.5, state="Disconnected"),
            ),
            ended="hung up by the client after 5.000 s",
            ended_at=6.0,
            last_at=6.5,
            interactions=(1, 2, 3, 4, 5, 6, 7),
        ),
    )


@pytest.mark.parametrize(
    ("cause", "ended"),
    [
        ("UserBusy", "busy"),
        ("NoAnswer", "no answer"),
        ("Unavailable", "number not available"),
        ("Other", "ended for another reason"),
        ("None", "ended"),
        ("Novel", "Novel"),
    ],
)
def test_a_call_that_ends_by_itself_says_why(play: Any, poll: Any, hang: Any, cause: str, ended: str) -> None:
    (call,) = calls([play(1, 0), poll(2, 1, "Disconnected", cause), hang(3, 2)])
    assert call.ended == ended


def test_a_call_that_was_not_placed_says_why_and_has_no_id(play: Any) -> None:
    first, second = calls([play(1, 0, code="ErrorPhoneNumberNotDialable"), play(2, 1)])
    assert (first.id, first.name, first.ended) == ("", "", "not placed: Error ErrorPhoneNumberNotDialable")
    assert second.ended == "not seen to end"


def test_a_refused_disconnect_ends_nothing(play: Any, hang: Any) -> None:
    (call,) = calls([play(1, 0), hang(2, 1, code="ErrorInvalidPhoneCallId")])
    assert (call.ended, call.interactions) == ("not seen to end", (1, 2))


def test_a_call_placed_before_the_recording_is_a_call_too(poll: Any) -> None:
    (call,) = calls([poll(1, 7.0, "Connected", call="some-id")])
    assert (call.id, call.dial_string, call.started_at) == ("some-id", "", 7.0)


def test_a_poll_without_an_answer_or_a_state_adds_none(make: Any, play: Any, call_id: str) -> None:
    asked = f'<m:PhoneCallId Id="{call_id}"/>'
    failed = '<m:GetPhoneCallInformationResponse ResponseClass="Error"/>'
    lost = make("GetPhoneCallInformation", asked, None, number=2, error="timeout")
    (call,) = calls([play(1, 0), lost, make("GetPhoneCallInformation", asked, failed, number=3)])
    assert (call.states, call.interactions) == ((), (1, 2, 3))


def test_a_sip_code_is_part_of_the_state(play: Any, poll: Any) -> None:
    sip = "<t:SIPResponseText>Busy Here</t:SIPResponseText><t:SIPResponseCode>486</t:SIPResponseCode>"
    (call,) = calls([play(1, 0), poll(2, 1, "Disconnected", "UserBusy", sip=sip)])
    assert str(call.states[0]) == "Disconnected UserBusy (486 Busy Here)"


def test_calls_of_the_exchange_2007_service_are_calls(make: Any) -> None:
    service = Service.UM
    given = "<m:PlayOnPhoneResponse><m:PlayOnPhoneResponse>id@um</m:PlayOnPhoneResponse></m:PlayOnPhoneResponse>"
    info = (
        "<m:GetCallInfoResponse><m:GetCallInfoResponse><m:CallState>Alerted</m:CallState>"
        "<m:EventCause>None</m:EventCause></m:GetCallInfoResponse></m:GetCallInfoResponse>"
    )
    asked = "<m:entryId>entry</m:entryId><m:DialString>100</m:DialString>"
    (call,) = calls(
        [
            make("PlayOnPhone", asked, given, service=service),
            make("GetCallInfo", "<m:CallId>id@um</m:CallId>", info, number=2, at=1.0, service=service),
            make(
                "Disconnect", "<m:CallId>id@um</m:CallId>", "<m:DisconnectResponse/>", number=3, at=2.0, service=service
            ),
        ]
    )
    assert (call.id, call.service, call.dial_string, call.item_id) == ("id@um", service, "100", "entry")
    assert call.states == (State(at=1.0, state="Alerted"),)
    assert call.ended == "hung up by the client after 2.000 s"


def test_what_belongs_to_no_call_is_left_out(make: Any) -> None:
    assert calls([make("GetFolder"), make("IsUMEnabled", service=Service.UM)]) == ()


def test_calls_come_in_the_order_they_began(play: Any) -> None:
    assert [call.id for call in calls([play(2, 5.0, call="later"), play(1, 1.0, call="sooner")])] == ["sooner", "later"]


def test_a_short_name_is_taken_from_a_pseudonym_and_else_made(call_id: str) -> None:
    assert short_name(call_id) == "9a10"
    made = {short_name(one) for one in ("call-1", "call-2", "Zm9v", "\udcff")}
    assert len(made) == 4
    assert all(len(name) == 4 and int(name, 16) >= 0 for name in made)


def test_a_short_name_is_the_beginning_of_what_redaction_writes() -> None:
    """So a call has one name in all cassettes that are redacted with one key, and in a text that quotes the digits."""
    written = Pseudonyms(Key(bytes.fromhex("8f1d0c6a27b94e53a6d2f07c15e83b49"))).of("AAMkAGVm" * 8, Kind.ID)
    digits = b64decode(written).removeprefix(b"ewstape:id:").decode()
    assert short_name(written) == digits[:4]


def test_a_log_tells_each_interaction_the_place_of_its_call(make: Any, play: Any, poll: Any) -> None:
    log = CallLog()
    seen = [play(1, 0, call="one"), make("GetFolder"), play(2, 1, call="two"), poll(3, 2, "Alerted", call="one")]
    assert [log.add(decoded(interaction)) for interaction in seen] == [0, None, 1, 0]
    assert [(place, call.id) for place, call in log.calls()] == [(0, "one"), (1, "two")]


def test_states_are_told_right_in_whatever_order_the_polls_ended(play: Any, poll: Any) -> None:
    first, late = poll(2, 1, "Connecting"), [poll(5, 4, "Alerted"), poll(4, 3, "Connecting"), poll(3, 2, "Alerted")]
    (call,) = calls([play(1, 0), *late, first])
    assert [(state.at, state.state) for state in call.states] == [
        (1, "Connecting"),
        (2, "Alerted"),
        (3, "Connecting"),
        (4, "Alerted"),
    ]


def test_only_a_poll_finds_a_state(play: Any, poll: Any, hang: Any, make: Any) -> None:
    found = [state_of(decoded(one)) for one in (play(1, 0), hang(2, 1), make("GetFolder"), poll(3, 2, "Alerted"))]
    assert found == [None, None, None, State(at=2, state="Alerted")]
