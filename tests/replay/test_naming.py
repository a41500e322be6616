"""The operation of a request is the same whether it is read by its skeleton or parsed."""

from dataclasses import replace

import pytest

from ewstape.interaction import Operation, Request, Service
from ewstape.operations import read_request
from ewstape.replay.naming import operation_of, place_of

ORIGIN = "https://mail.example.com"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<m:{0} xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><m:PhoneCallId Id="{1}"/></m:{0}>'
    "</s:Body></s:Envelope>"
)
BODIES = {
    "an operation": ENVELOPE.format("DisconnectPhoneCall", "QUJD").encode(),
    "with other values": ENVELOPE.format("DisconnectPhoneCall", "REVG").encode(),
    "in UTF-16": ENVELOPE.format("DisconnectPhoneCall", "QUJD").encode("utf-16"),
    "no XML": b"hello",
    "nothing": b"",
}


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/EWS/Exchange.asmx", Service.EWS),
        ("/ews/exchange.asmx", Service.EWS),
        ("/EWS/UM2007Legacy.asmx", Service.UM),
        ("/owa/", None),
    ],
)
def test_a_place_is_a_path_and_its_service(path: str, service: Service | None) -> None:
    assert place_of(f"{ORIGIN}{path}?x=1") == (path, service)


@pytest.mark.parametrize("service", [Service.EWS, Service.UM])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_it_is_what_the_decoder_says(body: bytes, service: Service) -> None:
    request = Request(method="POST", url=f"{ORIGIN}/EWS/Exchange.asmx", body=body)
    decoded = read_request(body, service=service, method="POST", path="/EWS/Exchange.asmx", content_type="")
    assert operation_of(request, service) == decoded.operation


def test_the_service_is_part_of_the_operation() -> None:
    request = Request(method="POST", url=f"{ORIGIN}/EWS/Exchange.asmx", body=BODIES["an operation"])
    assert operation_of(request, Service.EWS) == Operation("DisconnectPhoneCall")
    assert operation_of(request, Service.UM).service is Service.UM


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_body_that_was_read_before_is_read_anew_where_its_charset_is_another(charset: str) -> None:
    body, content_type = BODIES["an operation"], f"text/xml; charset={charset}"
    headers = (("Content-Type", content_type),)
    request = Request(method="POST", url=f"{ORIGIN}/EWS/Exchange.asmx", headers=headers, body=body)
    assert operation_of(replace(request, headers=()), Service.EWS) == Operation("DisconnectPhoneCall")
    decoded = read_request(
        body, service=Service.EWS, method="POST", path="/EWS/Exchange.asmx", content_type=content_type
    )
    assert operation_of(request, Service.EWS) == decoded.operation
