"""Each form in which Exchange words a fault is a file; this table says what it means."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ewstape.interaction import Fields
from ewstape.wire.faults import SoapVersion, build_fault, to_fields
from ewstape.wire.namespaces import TYPES, text_of
from ewstape.wire.safexml import parse
from ewstape.wire.soap import read_envelope

SAMPLES = Path(__file__).parent.parent / "wire_samples"

FAULTS: dict[str, Fields] = {
    "fault-exchange-2007": {
        "fault_code": "Client",
        "fault_string": "The request does not match the schema: 'nowhere' is not a distinguished folder.",
        "response_code": "ErrorSchemaValidation",
        "message": "The request failed schema validation.",
        "line_number": "7",
        "line_position": "42",
    },
    "fault-schema-validation": {
        "fault_code": "ErrorSchemaValidation",
        "fault_string": (
            "The request failed schema validation: the element 'DialString' is missing. Line 9, position 5."
        ),
        "response_code": "ErrorSchemaValidation",
        "message": "The request failed schema validation.",
        "line_number": "9",
        "line_position": "5",
        "violation": "The element 'DialString' is missing.",
    },
    "fault-server-busy": {
        "fault_code": "ErrorServerBusy",
        "fault_string": "The server cannot service this request right now. Try again later.",
        "response_code": "ErrorServerBusy",
        "message": "The server cannot service this request right now. Try again later.",
        "values": {"BackOffMilliseconds": "4500", "Policy": "EWSMaxConcurrency"},
    },
    "fault-connection-count": {
        "fault_code": "ErrorExceededConnectionCount",
        "fault_string": "Zu viele gleichzeitige Verbindungen geöffnet.",
        "response_code": "ErrorExceededConnectionCount",
        "message": "Zu viele gleichzeitige Verbindungen geöffnet.",
        "values": {"MaxConcurrencyLimit": "27", "ErrorMessage": ""},
    },
    "fault-soap-1.2": {
        "fault_code": "ErrorImpersonateUserDenied",
        "fault_string": "The account may not impersonate the requested user.",
        "fault_actor": "https://mail.example.com/EWS/Exchange.asmx",
        "response_code": "ErrorImpersonateUserDenied",
        "message": "The account may not impersonate the requested user.",
    },
    "fault-soap-1.2-without-subcode": {
        "fault_code": "Receiver",
        "fault_string": "Something failed on the way.",
        "fault_actor": "http://www.w3.org/2003/05/soap-envelope/role/next",
    },
    "fault-um-invalid-call-id": {
        "fault_code": "InvalidCallIdException",
        "fault_string": "There is no call with this identifier.",
        "exception_type": "InvalidCallIdException",
    },
    "fault-um-dialing-rules": {
        "fault_code": "DialingRulesException",
        "fault_string": "The number +1 555 0100 is outside the dialing rules.",
        "exception_type": "DialingRulesException",
    },
    "fault-availability": {
        "fault_code": "Client",
        "fault_string": (
            "AccessDeniedException: the user is not the owner. User = S-1-5-21-1000-2000-3000-1105"
            " ---> the user is not the owner."
        ),
        "fault_actor": "https://mail.example.com/EWS/Exchange.asmx",
        "error_code": "-2146233088",
    },
    "fault-invalid-request": {
        "fault_code": "ErrorInvalidRequest",
        "fault_string": "The request is invalid.",
        "response_code": "ErrorInvalidRequest",
        "message": "The request is invalid.",
    },
    "fault-without-detail": {"fault_code": "Server", "fault_string": "Service unavailable."},
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_of_any_generation_is_decoded(case: str) -> None:
    envelope = read_envelope((SAMPLES / f"{case}.response.xml").read_bytes())
    assert envelope.fault is not None
    assert to_fields(envelope.fault) == FAULTS[case]
    assert envelope.soap_version == ("1.2" if "soap-1.2" in case else "1.1")


def test_every_fault_sample_has_its_meaning_in_the_table() -> None:
    assert {path.name.removesuffix(".response.xml") for path in SAMPLES.glob("fault-*")} == set(FAULTS)


def test_a_fault_that_says_nothing_has_no_fields() -> None:
    envelope = read_envelope(
        b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Fault><Value/><x>y</x></Fault></Body></Envelope>'
    )
    assert envelope.fault is not None
    assert to_fields(envelope.fault) == {}


def test_the_first_of_several_details_speaks() -> None:
    """A detail may quote another fault; the outer one is what the client sees."""
    inner = b"<e:Message xmlns:e='urn:e'>inner</e:Message>"
    envelope = read_envelope(build_fault("ErrorTest", "outer").replace(b"</detail>", b"<x>" + inner + b"</x></detail>"))
    assert envelope.fault is not None
    assert envelope.fault.message == "outer"


def as_read(text: str) -> str:
    """What XML can carry of a text: forbidden characters escaped, white space around it gone."""
    forbidden = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    return re.sub(forbidden, lambda match: match[0].encode("unicode_escape").decode(), text).strip()


@pytest.mark.parametrize("soap_version", ["1.1", "1.2"])
@given(message=st.text(st.characters()), code=st.from_regex(r"Error[A-Za-z]{1,40}", fullmatch=True))
@example(message="a\r\nb\rc ]]> <&> \x00\x1b[0m\ufffe\ud800 {code}", code="ErrorNoMatch")
def test_a_built_fault_reads_back_as_it_was_meant(soap_version: SoapVersion, message: str, code: str) -> None:
    body = build_fault(code, message, soap_version=soap_version)
    envelope = read_envelope(body)
    assert envelope.soap_version == soap_version
    text = as_read(message)
    said = {"fault_string": text, "message": text} if text else {}
    assert envelope.fault is not None
    assert to_fields(envelope.fault) == {"fault_code": code, "response_code": code, **said}


@pytest.mark.parametrize("soap_version", ["1.1", "1.2"])
def test_a_built_fault_has_what_clients_insist_on(soap_version: SoapVersion) -> None:
    """An XML declaration, and an error code whose prefix is bound to the types namespace."""
    body = build_fault("ErrorServerBusy", "later", soap_version=soap_version)
    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    code = next(element for element in parse(body).iter() if text_of(element).endswith(":ErrorServerBusy"))
    assert code.nsmap[text_of(code).partition(":")[0]] == TYPES
