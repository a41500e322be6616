"""Requests and responses as they are on the wire, and what is made of them.

The pairs in `tests/wire_samples` are decoded and compared with the `.expected.yaml` beside them. They come in the
styles of real clients: EWS Managed API, exchangelib, zeep, PHP and node-soap.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from ewstape.interaction import MESSAGES, UNKNOWN, Operation, Service
from ewstape.operations import SPECS, Decoded, call_id, is_write, read_request, read_response, spec_name

SAMPLES = Path(__file__).parents[1] / "wire_samples"
CASES = sorted(path.name.removesuffix(".expected.yaml") for path in SAMPLES.glob("*.expected.yaml"))
TEXT_XML = "text/xml; charset=utf-8"
FIND_ITEM = Operation("FindItem")


def asked(body: bytes, service: Service = Service.EWS, content_type: str = TEXT_XML) -> Decoded:
    return read_request(body, service=service, method="POST", path="/EWS/Exchange.asmx", content_type=content_type)


def answered(operation: Operation, body: bytes, *, status: int = 200) -> Decoded:
    return read_response(operation, body, status=status, content_type=TEXT_XML)


def envelope(payload: str) -> bytes:
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{soap}" xmlns:m="{MESSAGES}"><s:Body>{payload}</s:Body></s:Envelope>'.encode()


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def expected(case: str) -> dict[str, Any]:
    return yaml.load(sample(f"{case}.expected.yaml"), Loader=yaml.CBaseLoader)


@pytest.mark.parametrize("case", CASES)
class TestSample:
    def test_request_is_named_and_decoded(self, case: str) -> None:
        want = expected(case)
        operation = Operation(want["operation"], Service(want["service"]), want.get("namespace", MESSAGES))
        assert asked(sample(f"{case}.request.xml"), operation.service) == Decoded(
            operation, want["request"]["fields"], tuple(want["request"].get("notes", ()))
        )
        assert spec_name(operation) == want.get("spec_name", operation.name)
        assert is_write(operation) == (want["writes"] == "true")

    def test_response_is_decoded(self, case: str) -> None:
        want = expected(case)
        request = asked(sample(f"{case}.request.xml"), Service(want["service"]))
        response = answered(request.operation, sample(f"{case}.response.xml"), status=int(want["response"]["status"]))
        assert response == Decoded(
            request.operation, want["response"]["fields"], tuple(want["response"].get("notes", ()))
        )
        assert call_id(request.operation, request.fields, response.fields) == want.get("call_id")

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_encoding_makes_no_difference(self, case: str, encoding: str) -> None:
        service = Service(expected(case)["service"])
        plain = sample(f"{case}.request.xml")
        text = plain.decode().replace("utf-8", encoding.removesuffix("-sig")).replace("UTF-8", "utf-8")
        assert asked(text.encode(encoding), service) == asked(plain, service)


def test_every_operation_that_is_decoded_in_full_has_samples_of_success_and_of_failure() -> None:
    wants = [expected(case) for case in CASES]
    names = {(want["service"], want["operation"], want["response"]["status"]) for want in wants}
    assert {(service, name) for service, name, status in names if status == "200"} >= {
        (spec.service, spec.name) for spec in SPECS
    }
    assert {(service, name) for service, name, status in names if status == "500"} >= {
        *(("ews", name) for name in ("PlayOnPhone", "GetPhoneCallInformation", "DisconnectPhoneCall")),
        *(("um", name) for name in ("PlayOnPhone", "GetCallInfo", "Disconnect")),
    }


class TestRequestWithoutSoap:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/EWS/Services.wsdl", "Services.wsdl"),
            ("/ews/messages.xsd", "messages.xsd"),
            ("/EWS/Exchange.asmx/s/GetUserPhoto?email=a@example.com", "GetUserPhoto"),
            ("/EWS/Exchange.asmx/", "Exchange.asmx"),
            ("/", UNKNOWN),
        ],
    )
    def test_a_get_is_named_by_the_last_part_of_its_path(self, path: str, name: str) -> None:
        got = read_request(b"", service=Service.EWS, method="GET", path=path, content_type="")
        assert got == Decoded(Operation(name, Service.EWS, ""))

    def test_its_answer_is_left_alone(self) -> None:
        operation = Operation("services.wsdl", Service.EWS, "")
        assert answered(operation, b"<wsdl:definitions xmlns:wsdl='urn:w'/>") == Decoded(operation)
        assert answered(operation, b"<!doctype html><p>Not found", status=404) == Decoded(operation)

    @pytest.mark.parametrize(
        ("body", "note"),
        [
            (b"", "not decoded: empty body"),
            (b"Hello", "not decoded: not well-formed XML: "),
            (b"<a>", "not decoded: not well-formed XML: "),
            (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "not decoded: not SOAP: "),
            (b"<Autodiscover/>", "not decoded: not SOAP: "),
            (envelope(""), "not decoded: the SOAP body is empty"),
            (envelope("<s:Fault><faultcode>s:Client</faultcode></s:Fault>"), "not decoded: a SOAP fault is no request"),
            (envelope("<m:GetFolder>\0</m:GetFolder>"), "not decoded: not well-formed XML: "),
        ],
    )
    def test_a_post_is_unknown_and_says_why(self, body: bytes, note: str) -> None:
        got = asked(body, Service.UM)
        assert (got.operation, got.fields) == (Operation(UNKNOWN, Service.UM), {})
        assert len(got.notes) == 1
        assert got.notes[0].startswith(note)


class TestResponse:
    @pytest.mark.parametrize(
        ("body", "status"), [(b"Service Unavailable", 503), (b"<html><body>No.</body></html>", 500), (b"", 401)]
    )
    @pytest.mark.parametrize("name", ["FindItem", "GetStreamingEvents", "PlayOnPhone", UNKNOWN])
    def test_what_is_not_soap_is_noted_only(self, name: str, body: bytes, status: int) -> None:
        got = answered(Operation(name), body, status=status)
        assert got.fields == {}
        assert len(got.notes) == 1
        assert got.notes[0].startswith("not decoded: ")

    def test_empty_soap_body(self) -> None:
        assert answered(FIND_ITEM, envelope("")).notes == ("not decoded: the SOAP body is empty",)

    @pytest.mark.parametrize(
        ("payload", "note"),
        [
            ("<m:GetItemResponse/>", "answers GetItem, not FindItem"),
            ("<m:FindItem/>", "answers with FindItem, which is no response"),
            ("<FindItemResponse/>", f"FindItemResponse: in namespace '', not '{MESSAGES}'"),
            ("<m:FindItemResponseMessage/>", "FindItemResponseMessage: the schema calls it FindItemResponse"),
            ("<m:FindItemResponse/><m:More/><m:More/>", "2 more elements in the SOAP body"),
        ],
    )
    def test_an_answer_that_does_not_fit_is_noted(self, payload: str, note: str) -> None:
        assert note in answered(FIND_ITEM, envelope(payload)).notes

    def test_answer_to_an_unknown_request_is_decoded_by_its_own_name(self) -> None:
        got = answered(Operation(UNKNOWN), sample("play-on-phone-success.response.xml"))
        assert got.fields["phone_call_id"]
        assert got.notes == ()

    def test_six_operations_answer_with_a_root_of_another_pattern(self) -> None:
        got = answered(Operation("GetPersona"), envelope('<m:GetPersonaResponseMessage ResponseClass="Success"/>'))
        assert got.notes == ()

    @pytest.mark.parametrize(
        ("case", "status", "note"),
        [
            ("play-on-phone-server-busy", 200, "a SOAP fault with HTTP status 200; Exchange sends 500"),
            ("play-on-phone-success", 500, "no SOAP fault, although the HTTP status is 500"),
        ],
    )
    def test_status_that_clients_trip_over_is_noted(self, case: str, status: int, note: str) -> None:
        """The EWS Managed API looks for a fault in a 500 only."""
        assert answered(Operation("PlayOnPhone"), sample(f"{case}.response.xml"), status=status).notes == (note,)

    def test_a_stream_cut_short_keeps_what_came(self) -> None:
        whole = sample("get-streaming-events.response.xml")
        got = answered(Operation("GetStreamingEvents"), whole[: whole.rindex(b"Closed")])
        assert got.fields["envelope_count"] == "2"
        assert [note.partition(":")[0] for note in got.notes] == ["document 3 of the stream"]

    def test_a_stream_may_end_with_a_fault(self) -> None:
        stream = sample("get-streaming-events.response.xml") + sample("subscribe-in-vain.response.xml")
        got = answered(Operation("GetStreamingEvents"), stream)
        assert got.fields["response_code"] == "ErrorExceededSubscriptionCount"
        assert "response_messages" in got.fields
        assert got.notes == ()


def is_plain(field: object) -> bool:
    match field:
        case str():
            return True
        case Mapping():
            return all(isinstance(key, str) and is_plain(value) for key, value in field.items())
        case Sequence():
            return all(map(is_plain, field))
    return False


def check(body: bytes, service: Service, status: int) -> None:
    """Whatever the body is: no exception, plain fields, notes of one line each."""
    request = asked(body, service)
    names = ("PlayOnPhone", "GetPhoneCallInformation", "GetStreamingEvents", "GetCallInfo", "GetUMProperties")
    responses = [
        answered(operation, body, status=status)
        for operation in (request.operation, *(Operation(name, service) for name in names))
    ]
    for decoded in (request, *responses):
        assert is_plain(decoded.fields)
        assert len(decoded.notes) <= 10
        assert all(note.isprintable() and len(note) < 400 for note in decoded.notes)
        found = call_id(decoded.operation, decoded.fields, decoded.fields)
        assert found is None or isinstance(found, str)


ANY_SERVICE = st.sampled_from(Service)
ANY_STATUS = st.sampled_from([200, 302, 401, 500, 503])


class TestNothingRaises:
    @given(st.binary(), ANY_SERVICE, ANY_STATUS)
    @example(b"", Service.EWS, 200)
    def test_for_any_bytes(self, body: bytes, service: Service, status: int) -> None:
        check(body, service, status)

    @given(
        st.sampled_from(sorted(SAMPLES.glob("*.xml"))),
        st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=20)), min_size=1, max_size=4),
        ANY_SERVICE,
        ANY_STATUS,
    )
    def test_for_damaged_samples(
        self, path: Path, cuts: list[tuple[float, int, bytes]], service: Service, status: int
    ) -> None:
        body = path.read_bytes()
        for where, length, instead in cuts:
            start = int(where * len(body))
            body = body[:start] + instead + body[start + length :]
        check(body, service, status)

    @given(st.data(), ANY_SERVICE, ANY_STATUS)
    def test_for_samples_with_their_names_and_values_shuffled(
        self, data: st.DataObject, service: Service, status: int
    ) -> None:
        """Well-formed as a rule, so that the damage gets as far as the decoders."""
        text = data.draw(st.sampled_from(TEXTS))
        for _ in range(data.draw(st.integers(1, 6))):
            old = data.draw(st.sampled_from(WORDS))
            text = text.replace(old, data.draw(st.sampled_from(WORDS)))
        check(text.encode(), service, status)

    @given(st.data())
    def test_for_any_tree_of_known_elements(self, data: st.DataObject) -> None:
        check(envelope(data.draw(TREES)), data.draw(ANY_SERVICE), data.draw(ANY_STATUS))


TEXTS = [path.read_text() for path in sorted(SAMPLES.glob("*.xml"))]
WORDS = sorted(
    {word for text in TEXTS for word in re.findall(r"(?<=:)[A-Z]\w+|(?<=>)[\w ]+(?=<)|(?<=\")\w+(?=\")", text)}
)
ELEMENTS = [word for word in WORDS if re.fullmatch(r"[A-Za-z]\w*", word)]
LEAVES = st.sampled_from(["", "true", "0", "99999999999999999999", "Success", "Error", " x ", "&#xA;", "\u202e"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda name, prefix, attribute, value, parts: (
            f"<{prefix}{name} {attribute}='{value}'>{''.join(parts)}</{prefix}{name}>"
        ),
        st.sampled_from(ELEMENTS),
        st.sampled_from(["m:", "s:", ""]),
        st.sampled_from(["Id", "ResponseClass", "Name", "FieldURI", "TotalItemsInView", "xml:lang"]),
        LEAVES,
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
).filter(lambda tree: tree.startswith("<"))
