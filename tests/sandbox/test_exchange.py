from collections.abc import Callable
from typing import Any

import pytest

from ewstape.interaction import Request, Response
from ewstape.sandbox.exchange import Exchange
from ewstape.wire import read_envelope

POLL = '<m:GetPhoneCallInformation><m:PhoneCallId Id="x"/></m:GetPhoneCallInformation>'


def test_an_answer_names_the_version_of_its_server_in_the_header(ask: Callable[..., Any]) -> None:
    answer = ask(POLL)
    assert answer.get("ServerVersionInfo", "Version") == "V2017_07_11"
    assert answer.body.startswith(b'<?xml version="1.0" encoding="utf-8"?><s:Envelope ')
    assert b"\n" not in answer.body


@pytest.mark.parametrize("path", ["/EWS/Exchange.asmx", "/ews/exchange.asmx", "/EWS/EXCHANGE.ASMX?x=1"])
def test_paths_are_compared_without_case(ask: Callable[..., Any], path: str) -> None:
    assert ask(POLL, path).codes == ["ErrorInvalidPhoneCallId"]


@pytest.mark.parametrize("path", ["/", "/owa/", "/autodiscover/autodiscover.svc"])
def test_there_is_nothing_else(ask: Callable[..., Any], path: str) -> None:
    assert ask(POLL, path).status == 404


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("<m:Nope/>", "ErrorInvalidRequest"),
        ("", "ErrorInvalidRequest"),
        ("<PlayOnPhone/>", "ErrorInvalidRequest"),
        ("<m:PlayOnPhone/>", "ErrorSchemaValidation"),
        ("<m:DisconnectPhoneCall><m:PhoneCallId/></m:DisconnectPhoneCall>", "ErrorSchemaValidation"),
        (b"", "ErrorSchemaValidation"),
        (b"not xml", "ErrorSchemaValidation"),
        (b"<!DOCTYPE x><x/>", "ErrorSchemaValidation"),
        (b"<x/>", "ErrorSchemaValidation"),
    ],
    ids=["unknown", "empty body", "no namespace", "no children", "no attribute", "nothing", "text", "DTD", "no SOAP"],
)
def test_a_request_that_makes_no_sense_is_a_fault(ask: Callable[..., Any], payload: Any, code: str) -> None:
    answer = ask(payload)
    assert (answer.status, answer.codes) == (500, [code])
    assert read_envelope(answer.body).fault.fault_code == code


def test_a_number_that_is_none_is_a_schema_violation(ask: Callable[..., Any]) -> None:
    answer = ask(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>'
        '<m:IndexedPageItemView MaxEntriesReturned="many" Offset="0"/>'
        '<m:ParentFolderIds><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindItem>'
    )
    assert (answer.status, answer.codes) == (500, ["ErrorSchemaValidation"])


def test_the_content_type_is_letter_for_letter_what_one_client_compares(envelope: Callable[..., Any]) -> None:
    request = Request(method="POST", url="http://h/EWS/Exchange.asmx", body=envelope(POLL))
    answer = Exchange(0, pause=lambda: None).answer(request)
    assert isinstance(answer, Response)
    assert ("Content-Type", "text/xml; charset=utf-8") in answer.headers


def test_equal_seeds_give_equal_answers_and_others_do_not(new_ask: Callable[..., Any]) -> None:
    request = (
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>'
        '<m:ParentFolderIds><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindItem>'
    )
    bodies = [new_ask(seed)(request).body for seed in (7, 7, 8)]
    assert bodies[0] == bodies[1] != bodies[2]
