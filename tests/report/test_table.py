import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from ewstape.interaction import Chunk, Interaction, Operation, Request, Response, Service
from ewstape.report.calls import calls
from ewstape.report.table import Row, operation_of, row, show, to_json


def printed(interactions: list[Interaction], *, width: int = 80, terminal: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, color_system="standard" if terminal else None)
    show(map(row, interactions), calls(interactions), console)
    return out.getvalue()


def test_a_row_says_what_an_interaction_was(play: Any) -> None:
    interaction = play(1, 0.5)
    assert row(interaction) == Row(
        number=1,
        at=0.5,
        operation="PlayOnPhone (PlayOnPhone2)",
        call="9a10",
        result="Success",
        ok=True,
        took=0.084,
        size=len(interaction.response.body),
    )


@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        (Operation("GetFolder"), "GetFolder"),
        (Operation("PlayOnPhone2"), "PlayOnPhone2"),
        (Operation("PlayOnPhone", Service.UM), "um:PlayOnPhone"),
        (Operation("GetUserAvailabilityRequest"), "GetUserAvailabilityRequest (GetUserAvailability)"),
        (Operation("a\nb"), r"a\nb"),
    ],
)
def test_an_operation_has_its_wire_name_and_the_document_s(make: Any, operation: Operation, shown: str) -> None:
    assert operation_of(replace(make("X"), operation=operation)) == shown


def test_a_recording_is_shown_as_a_table_by_number_and_a_line_per_state(recorded: list[Interaction]) -> None:
    assert (
        [line.rstrip() for line in printed(recorded).splitlines()]
        == """\
#   at s  operation                   call  result   ms  bytes
──────────────────────────────────────────────────────────────
1  1.000  PlayOnPhone (PlayOnPhone2)  9a10  Success  84    402
2  1.500  GetPhoneCallInformation     9a10  Success  84    521
3  2.500  GetPhoneCallInformation     9a10  Success  84    518
4  3.500  GetPhoneCallInformation     9a10  Success  84    518
5  4.500  GetPhoneCallInformation     9a10  Success  84    520
6  6.000  DisconnectPhoneCall         9a10  Success  84    360
7  6.500  GetPhoneCallInformation     9a10  Success  84    523

call 9a10  +15550100  at 1.000 s
     0.500  Connecting
     1.500  Alerted
     3.500  Connected
     5.500  Disconnected
            hung up by the client after 5.000 s""".splitlines()
    )


@pytest.mark.parametrize("width", [60, 80, 200])
def test_nothing_is_cut_off_on_a_narrow_terminal(make: Any, width: int) -> None:
    lost = make("GetNonIndexableItemStatistics", "", None, number=123456, at=86399.5, error="z" * 150)
    words = "".join(printed([lost], width=width).split())
    assert words.count("z") == 150
    assert "123456" in words
    assert "86399.500" in words


def test_markup_in_traffic_is_shown_and_not_obeyed(make: Any) -> None:
    text = printed([make("GetFolder", "", None, error="[bold red]x[/] [link=http://example.com]")], width=200)
    assert "[bold red]x[/] [link=http://example.com]" in text


def test_control_characters_in_traffic_are_escaped_on_a_terminal(play: Any) -> None:
    hostile = play(1, 0.0)
    hostile = replace(
        hostile, request=replace(hostile.request, fields={"dial_string": "\x1b[2J\u202e1"}), error="\x9b\n"
    )
    text = printed([hostile], terminal=True, width=200)
    assert r"\x1b[2J\u202e1" in text
    assert r"\x9b\n" in text
    assert "\x1b[2J" not in text


def test_colour_is_for_terminals_only(make: Any) -> None:
    failed = [make("GetFolder", "", None)]
    assert "\x1b[31m" in printed(failed, terminal=True)
    assert "\x1b" not in printed(failed)


def test_an_interaction_as_json_has_its_fields_beside_what_http_says(play: Any, call_id: str) -> None:
    interaction = play(1, 0.5)
    found = to_json(interaction, body=False)
    assert json.loads(json.dumps(found)) == {
        "number": 1,
        "operation": "PlayOnPhone",
        "spec_name": "PlayOnPhone2",
        "at": 0.5,
        "took": 0.084,
        "auth": "",
        "error": "",
        "request": {
            "fields": {"item_id": {"id": "item-1", "change_key": "k"}, "dial_string": "+15550100"},
            "method": "POST",
            "url": "https://mail.example.com/EWS/Exchange.asmx",
            "headers": [],
            "coding": "",
            "notes": [],
        },
        "response": {
            "fields": {"response_class": "Success", "response_code": "NoError", "phone_call_id": call_id},
            "status": 200,
            "reason": "",
            "headers": [],
            "coding": "",
            "notes": [],
        },
    }


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("\ufeff<é/>\r\n\0".encode(), {"body": "\ufeff<é/>\r\n\0"}),
        (b"", {"body": ""}),
        (b"\xff\xfe<\x00", {"body_base64": "//48AA=="}),
    ],
)
def test_bodies_are_exact(body: bytes, shown: dict[str, str]) -> None:
    request = Request(method="POST", url="https://mail.example.com/EWS/Exchange.asmx", body=body)
    interaction = Interaction(
        number=1, operation=Operation("X"), request=request, response=Response(status=200, body=body)
    )
    found: Any = to_json(interaction, body=True)
    for message in (found["request"], found["response"]):
        assert {key: value for key, value in message.items() if key.startswith("body")} == shown


def test_lists_headers_and_chunks_are_in_the_json(make: Any) -> None:
    answered = make("GetFolder")
    response = replace(
        answered.response, fields={"ids": ["a", {"b": "c"}]}, headers=(("A", "1"), ("A", "2")), chunks=(Chunk(0.5, 3),)
    )
    found: Any = to_json(replace(answered, response=response), body=False)
    assert found["response"]["fields"]["ids"] == ["a", {"b": "c"}]
    assert found["response"]["headers"] == [["A", "1"], ["A", "2"]]
    assert found["response"]["chunks"] == [[0.5, 3]]


def test_a_missing_response_is_null(make: Any) -> None:
    assert to_json(make("GetFolder", "", None), body=True)["response"] is None
