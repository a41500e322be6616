"""Reading messages by their templates gives what decoding each of them gives, whatever is put into them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.interaction import Operation, Service
from ewstape.operations import Decoded, Reader, _decode, read_request, read_response, reader
from ewstape.wire.skeleton import put_together, taken_apart

FOLDER = Path(__file__).parents[1] / "wire_samples"
SAMPLES = sorted(FOLDER.glob("*.xml"))
TYPE = "text/xml; charset=utf-8"
TELLING = (
    "Success",
    "Error",
    "Warning",
    "true",
    "false",
    "0",
    "1",
    "7",
    "None",
    "NoError",
    "Disconnected",
    "2147483648",
)
"""Values that decoders tell from others."""


def operation_of(sample: Path) -> Operation:
    asked = FOLDER / sample.name.replace(".response.", ".request.")
    return by_request(asked.read_bytes()).operation if asked.exists() else Operation("GetItem")


def by_request(body: bytes, service: Service = Service.EWS) -> Decoded:
    return read_request(body, service=service, method="POST", path="", content_type=TYPE)


def both(known: Reader, sample: Path, body: bytes) -> tuple[Decoded, Decoded]:
    """By a reader and without one."""
    if ".request." in sample.name:
        asked = known.request(body, service=Service.EWS, method="POST", path="", content_type=TYPE)
        return asked, by_request(body)
    operation, status = operation_of(sample), 500 if "fault" in sample.name else 200
    return (
        known.response(operation, body, status=status, content_type=TYPE),
        read_response(operation, body, status=status, content_type=TYPE),
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_template_makes_no_difference_for_any_value(sample: Path) -> None:
    """Each value in turn becomes each of those that decoders know, and some that none knows."""
    body, known = sample.read_bytes(), Reader()
    cut = taken_apart(body)
    for _ in range(5):
        found, expected = both(known, sample, body)
        assert repr(found) == repr(expected)
    if cut is None:
        return
    for place, value in enumerate(cut.values):
        if value in cut.names:
            continue
        for other in (*TELLING, "id/5+A==", "a text", "x" * 400):
            found, expected = both(known, sample, put_together(cut, {place: other}))
            assert repr(found) == repr(expected)


TEXT = st.one_of(st.sampled_from(TELLING), st.text("a1 :<&=\"'>\t\nä", min_size=1, max_size=4))


@given(values=st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=8))
def test_a_template_makes_no_difference_for_several_values(values: list[tuple[str, str, str, str]]) -> None:
    known, sample = Reader(), FOLDER / "play-on-phone-not-dialable.response.xml"
    for first, second, third, fourth in [("Success", "NoError", "a", "0")] * 3 + values:
        body = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:PlayOnPhoneResponse '
            f'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" ResponseClass="{first}">'
            f"<m:MessageText>{third}</m:MessageText><m:ResponseCode>{second}</m:ResponseCode>"
            f'<m:DescriptiveLinkKey>{fourth}</m:DescriptiveLinkKey><m:MessageXml><Value Name="{third}">{fourth}</Value>'
            f"<Value Name='b'>{second}</Value></m:MessageXml></m:PlayOnPhoneResponse></s:Body></s:Envelope>"
        ).encode()
        found, expected = both(known, sample, body)
        assert repr(found) == repr(expected)


def test_a_familiar_message_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    sample, known = FOLDER / "play-on-phone-success.request.xml", Reader()
    cut = taken_apart(sample.read_bytes())
    assert cut is not None
    place = next(at for at, value in enumerate(cut.values) if value.startswith(b'="QUFN'))
    for number in range(5):
        both(known, sample, put_together(cut, {place: f"item-{number}"}))
    monkeypatch.setattr(_decode, "read_envelope", None)
    body = put_together(cut, {place: "item-9"})
    asked = known.request(body, service=Service.EWS, method="POST", path="", content_type=TYPE)
    assert asked.fields["item_id"] == {"id": "item-9", "change_key": "CQAAABYAAAAx"}


def test_what_is_no_template_is_decoded_as_ever() -> None:
    known = Reader()
    asked = known.request(b"", service=Service.EWS, method="GET", path="/ews/Services.wsdl", content_type="")
    assert asked.operation.name == "Services.wsdl"
    assert known.response(Operation("GetItem"), b"<a", status=200, content_type=TYPE).notes
    assert not known.response(Operation("GetItem"), b"<a/>", status=200, content_type="text/xml; charset=utf-16").fields


def test_templates_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MOST", 2)
    known = Reader()
    for sample in SAMPLES:
        for _ in range(4):
            found, expected = both(known, sample, sample.read_bytes())
            assert found == expected
    assert len(known._learned) <= 2  # noqa: SLF001  the bound is what the test is about
