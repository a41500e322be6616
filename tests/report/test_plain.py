import json
from dataclasses import replace
from typing import Any

import pytest

from ewstape.interaction import Chunk, Interaction, Operation, Request, Response
from ewstape.report.calls import calls
from ewstape.report.plain import call_to_json, to_json


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


def test_a_call_as_json_has_what_its_timeline_shows(recorded: list[Interaction], call_id: str) -> None:
    (call,) = calls(recorded)
    assert json.loads(json.dumps(call_to_json(call))) == {
        "id": call_id,
        "name": "9a10",
        "service": "ews",
        "dial_string": "+15550100",
        "item_id": "item-1",
        "started_at": 1.0,
        "ended_at": 6.0,
        "ended": "hung up by the client after 5.000 s",
        "placed": True,
        "failed": False,
        "states": [
            {"at": at, "state": state, "cause": "", "sip_code": "", "sip_text": ""}
            for at, state in ((1.5, "Connecting"), (2.5, "Alerted"), (4.5, "Connected"), (6.5, "Disconnected"))
        ],
        "spans": [
            {"name": "dialled", "begins": 1.0, "ends": 1.5},
            {"name": "Connecting", "begins": 1.5, "ends": 2.5},
            {"name": "Alerted", "begins": 2.5, "ends": 4.5},
            {"name": "Connected", "begins": 4.5, "ends": 6.0},
        ],
        "interactions": [1, 2, 3, 4, 5, 6, 7],
    }
