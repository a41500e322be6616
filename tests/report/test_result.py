from dataclasses import replace
from typing import Any

import pytest

from ewstape.report.decoded import decoded
from ewstape.report.result import Result, result_of
from ewstape.wire import build_fault


def _message(kind: str, code: str) -> str:
    content = f"<m:ResponseCode>{code}</m:ResponseCode>"
    return f'<m:GetItemResponseMessage ResponseClass="{kind}">{content}</m:GetItemResponseMessage>'


def _messages(*inner: str) -> str:
    return f"<m:GetItemResponse><m:ResponseMessages>{''.join(inner)}</m:ResponseMessages></m:GetItemResponse>"


_GOOD, _BAD = _message("Success", "NoError"), _message("Error", "ErrorItemNotFound")
_WARNED = _message("Warning", "ErrorBatchProcessingStopped")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (_messages(_GOOD), Result("Success", ok=True)),
        (_messages(_GOOD, _GOOD), Result("Success (2)", ok=True)),
        (_messages(_BAD), Result("Error ErrorItemNotFound", ok=False)),
        (_messages(_GOOD, _BAD, _BAD), Result("Error ErrorItemNotFound (2 of 3)", ok=False)),
        (_messages(_WARNED), Result("Warning ErrorBatchProcessingStopped", ok=False)),
        (_messages(*[_GOOD] * 12), Result("Success (12)", ok=True)),
        ('<m:GetItemResponse ResponseClass="Success"/>', Result("Success", ok=True)),
        ("<m:GetItemResponse/>", Result("HTTP 200", ok=True)),
        (None, Result("no response: timeout", ok=False)),
    ],
)
def test_a_response_is_summed_up(make: Any, answer: str | None, result: Result) -> None:
    assert result_of(decoded(make("GetItem", "", answer, error="" if answer else "timeout"))) == result


def test_a_fault_is_named_by_its_code(make: Any) -> None:
    interaction = make("GetItem", "", "", status=500)
    body = build_fault("ErrorServerBusy", "later")
    failed = decoded(_with(interaction, body=body))
    assert result_of(failed) == Result("fault ErrorServerBusy", ok=False)


def test_a_fault_of_the_exchange_2007_service_is_named_by_its_exception(make: Any) -> None:
    fault = (
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>x</faultstring>"
        "<detail><m:ExceptionType>InvalidCallIdException</m:ExceptionType></detail></s:Fault>"
    )
    assert result_of(decoded(make("GetItem", "", fault, status=500))).text == "fault InvalidCallIdException"


def test_what_is_not_soap_is_told_by_its_status(make: Any) -> None:
    assert result_of(decoded(_with(make("GetItem", status=503), body=b"busy"))) == Result("HTTP 503", ok=False)


def test_a_response_cut_short_is_no_success(make: Any) -> None:
    cut = decoded(make("GetItem", "", _messages(_GOOD), error="client went away"))
    assert result_of(cut) == Result("Success, client went away", ok=False)


def test_no_response_for_no_known_reason_is_said(make: Any) -> None:
    assert result_of(make("GetItem", "", None)).text == "no response"


def _with(interaction: Any, *, body: bytes) -> Any:
    return replace(interaction, response=replace(interaction.response, body=body))
