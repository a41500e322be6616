import json
from dataclasses import replace
from typing import Any

import pytest

from ewstape.interaction import UNKNOWN, Operation, Service
from ewstape.report.decoded import decoded
from ewstape.report.line import comment, duration, json_line, line


def test_a_call_is_logged_in_plain_words(play: Any) -> None:
    assert line(decoded(play(1, 0.0, "+99955501234"))) == "PlayOnPhone2  call 9a10  dial +999...  Success  84 ms"


def test_other_operations_have_no_call(make: Any) -> None:
    answer = '<m:GetFolderResponse ResponseClass="Success"/>'
    assert line(decoded(make("GetFolder", "", answer))) == "GetFolder  Success  84 ms"


def test_an_error_is_logged_by_its_code(hang: Any) -> None:
    assert (
        line(decoded(hang(1, 0.0, code="ErrorInvalidPhoneCallId")))
        == "DisconnectPhoneCall  call 9a10  Error ErrorInvalidPhoneCallId  84 ms"
    )


def test_a_missing_response_is_logged_with_its_reason(make: Any) -> None:
    lost = make("IsUMEnabled", "", None, service=Service.UM, error="server went away", took=12.34)
    assert line(lost) == "um:IsUMEnabled  no response: server went away  12.3 s"


def test_what_could_not_be_decoded_says_why(make: Any) -> None:
    raw = make("X", status=500)
    raw = replace(raw, operation=Operation(UNKNOWN), request=replace(raw.request, notes=("not decoded: empty",)))
    assert line(raw) == "unknown  HTTP 500  84 ms  not decoded: empty"


@pytest.mark.parametrize("hostile", ["\x1b]0;x\x07", "\n2026 forged line", "\u202e"])
def test_no_line_lets_control_characters_through(make: Any, hostile: str) -> None:
    interaction = make("GetFolder", "", None, error=hostile)
    interaction = replace(
        interaction,
        operation=Operation(f"Get{hostile}"),
        request=replace(interaction.request, fields={"dial_string": hostile}),
    )
    assert line(interaction).isprintable()
    assert json_line(interaction).isascii()
    assert json_line(interaction).isprintable()
    assert comment(interaction, hostile).isprintable()


def test_a_json_line_holds_the_same_as_data(play: Any) -> None:
    interaction = decoded(play(3, 1.23456, "+99955501234"))
    assert json.loads(json_line(interaction)) == {
        "event": "interaction",
        "number": 3,
        "operation": "PlayOnPhone",
        "spec_name": "PlayOnPhone2",
        "call": "9a10",
        "dial": "+999...",
        "result": "Success",
        "ok": True,
        "status": 200,
        "at": 1.235,
        "took": 0.084,
        "size": len(interaction.response.body),
    }


def test_a_short_dial_string_is_shown_whole(play: Any) -> None:
    assert "dial 100  " in line(decoded(play(1, 0.0, "100")))


def test_a_poll_is_logged_with_what_it_found(poll: Any) -> None:
    sip = "<t:SIPResponseText>Busy Here</t:SIPResponseText><t:SIPResponseCode>486</t:SIPResponseCode>"
    found = decoded(poll(1, 0.0, "Disconnected", "UserBusy", sip=sip))
    state = "Disconnected UserBusy (486 Busy Here)"
    assert line(found) == f"GetPhoneCallInformation  call 9a10  Success  {state}  84 ms"
    assert json.loads(json_line(found))["state"] == state


def test_a_comment_leaves_the_time_to_the_place_it_stands_in(play: Any) -> None:
    found = decoded(play(7, 0.0, "+99955501234"))
    assert comment(found, "interaction 7") == "PlayOnPhone2  call 9a10  dial +999...  Success  interaction 7"


@pytest.mark.parametrize(("seconds", "said"), [(0.0004, "0 ms"), (0.084, "84 ms"), (9.9, "9900 ms"), (61.0, "61.0 s")])
def test_durations_are_in_milliseconds_while_that_is_readable(seconds: float, said: str) -> None:
    assert duration(seconds) == said
