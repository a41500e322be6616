"""The cassettes that ship are what readers, tests and examples rely on."""

from pathlib import Path

import pytest

from ewstape.cassette import Cassette, dump, dump_header
from ewstape.interaction import Service
from ewstape.operations import read_request, read_response

FOLDER = Path(__file__, "../../../cassettes").resolve()
WRITTEN = ["play-on-phone", "fault", "disconnect-phone-call"]
SAMPLES = [*WRITTEN, "hand-written"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_loads(name: str) -> None:
    cassette = Cassette.open(FOLDER / f"{name}.yaml")
    assert cassette.torn is None
    assert [one.number for one in cassette] == list(range(1, len(cassette) + 1))


def test_there_is_no_other_sample() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(SAMPLES)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_recorded_sample_is_what_the_writer_writes(name: str) -> None:
    path = FOLDER / f"{name}.yaml"
    cassette = Cassette.open(path)
    assert dump_header(cassette.header) + "".join(map(dump, cassette)) == path.read_text()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_bodies_say_what_the_documents_say(name: str) -> None:
    """The operation is the body's, and so are the fields where they are shown."""
    for one in Cassette.open(FOLDER / f"{name}.yaml"):
        request = read_request(
            one.request.body,
            service=one.operation.service,
            method=one.request.method,
            path=one.request.url.partition(".com")[2],
            content_type="text/xml; charset=utf-8",
        )
        response = read_response(
            one.operation,
            one.response.body,
            status=one.response.status,
            content_type=dict(one.response.headers)["Content-Type"],
        )
        assert request.operation == one.operation
        assert not request.notes
        if name in WRITTEN:
            assert (request.fields, response.fields, response.notes) == (
                one.request.fields,
                one.response.fields,
                one.response.notes,
            )


def test_the_call_goes_through_all_its_states() -> None:
    cassette = Cassette.open(FOLDER / "play-on-phone.yaml")
    assert [one.operation.name for one in cassette] == [
        "PlayOnPhone",
        *["GetPhoneCallInformation"] * 3,
        "DisconnectPhoneCall",
        "GetPhoneCallInformation",
    ]
    states = [
        state
        for one in cassette
        for state in ("Connecting", "Alerted", "Connected", "Disconnected")
        if f">{state}<".encode() in one.response.body
    ]
    assert states == ["Connecting", "Alerted", "Connected", "Disconnected"]
    assert all(b"\n" not in one.response.body for one in cassette)


def test_the_hand_written_sample_sends_no_layout() -> None:
    cassette = Cassette.open(FOLDER / "hand-written.yaml")
    assert [one.operation.service for one in cassette] == [Service.EWS, Service.EWS, Service.UM]
    assert cassette[2].request.url == "https://ewstape.invalid/EWS/UM2007Legacy.asmx"
    assert cassette[0].response.body.startswith(b'<?xml version="1.0" encoding="utf-8"?><s:Envelope ')
    assert all(b">\n" not in one.response.body for one in cassette)


def test_the_faults_keep_their_status_and_text() -> None:
    cassette = Cassette.open(FOLDER / "fault.yaml")
    assert [one.response.status for one in cassette] == [200, 500, 503]
    assert b"ErrorInvalidPhoneCallId" in cassette[0].response.body
    assert b'Name="BackOffMilliseconds"' in cassette[1].response.body
    assert cassette[2].response.body.startswith(b"Service Unavailable\r\n")


def test_the_published_example_is_kept_with_its_trailing_blanks() -> None:
    """MS-OXWUMS 4.2; PyYAML's own dumper shows such text in quotes."""
    body = Cassette.open(FOLDER / "disconnect-phone-call.yaml")[0].response.body
    assert b'MajorVersion="14" \n' in body
    assert b"<ResponseCode>NoError</ResponseCode>" in body
