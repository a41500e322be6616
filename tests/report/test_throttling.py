from typing import Any

import pytest

from ewstape.interaction import Operation, Response
from ewstape.operations import read_response
from ewstape.report.throttling import asks_to_wait, is_busy
from ewstape.wire import build_fault

BUSY = "ErrorServerBusy"
ANSWERS: dict[str, tuple[dict[str, Any], str, float | None]] = {
    "a fault with its back-off": (
        {"fields": {"response_code": BUSY, "fault": {"values": {"BackOffMilliseconds": "297749"}}}},
        BUSY,
        297.749,
    ),
    "a fault without": ({"fields": {"response_code": BUSY, "fault": {}}}, BUSY, None),
    "a back-off that is no number": (
        {"fields": {"response_code": BUSY, "fault": {"values": {"BackOffMilliseconds": "-1e9"}}}},
        BUSY,
        None,
    ),
    "one part of the answer": (
        {"fields": {"response_messages": [{"response_code": "NoError"}, {"response_code": BUSY}]}},
        BUSY,
        None,
    ),
    "HTTP": ({"status": 429, "headers": (("Retry-After", " 30 "),)}, "HTTP 429", 30.0),
    "HTTP with a date": (
        {"status": 503, "headers": (("Retry-After", "Mon, 23 Nov 2026 09:14:07 GMT"),)},
        "HTTP 503",
        None,
    ),
}


@pytest.mark.parametrize(("answer", "said", "seconds"), ANSWERS.values(), ids=ANSWERS)
def test_the_server_says_how_long_to_wait(answer: dict[str, Any], said: str, seconds: float | None) -> None:
    response = Response(**{"status": 500, **answer})
    assert asks_to_wait(response) == (said, seconds)
    assert is_busy(response) == (said == BUSY)


def test_a_fault_as_it_is_on_the_wire_is_recognised() -> None:
    body = build_fault(BUSY, "later")
    answered = read_response(Operation("GetFolder"), body, status=500, content_type="")
    assert is_busy(Response(status=500, body=body, fields=answered.fields))


@pytest.mark.parametrize("fields", [{}, {"response_messages": "odd"}, {"response_messages": {"response_code": BUSY}}])
def test_what_is_not_busy(fields: Any) -> None:
    assert not is_busy(Response(status=200, fields=fields))
