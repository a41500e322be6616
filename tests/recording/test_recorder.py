"""What a proxy saw becomes interactions: redacted, decoded, numbered by start."""

from dataclasses import replace
from pathlib import Path

import pytest

from ewstape.cassette.text import dump
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction, Operation, Request, Response, Service
from ewstape.recording import Exchange, Recorder
from ewstape.redaction import RULES, Redactor
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms, is_pseudonym

SAMPLES = Path(__file__).parents[1] / "wire_samples"
URL = "https://mail.example.com/EWS/Exchange.asmx"
SECRET = (("Authorization", "Basic YWxpY2U6aHVudGVyMg=="), ("Cookie", "exchangecookie=1"), ("Content-Type", "text/xml"))


def exchange(number: int, sample: str = "seed-disconnect-phone-call", *, status: int = 200, url: str = URL) -> Exchange:
    return Exchange(
        number=number,
        connection="one",
        started=1000.5,
        ended=1000.75,
        request=Request(method="POST", url=url, headers=SECRET, body=(SAMPLES / f"{sample}.request.xml").read_bytes()),
        response=Response(status=status, body=(SAMPLES / f"{sample}.response.xml").read_bytes()),
    )


@pytest.fixture
def written() -> list[Interaction]:
    return []


@pytest.fixture
def recorder(written: list[Interaction]) -> Recorder:
    return Recorder(write=written.append, redactor=Redactor(RULES, Pseudonyms(Key.fresh())), began=1000.0)


def test_an_exchange_becomes_an_interaction(recorder: Recorder, written: list[Interaction]) -> None:
    recorder.end(exchange(recorder.begin()))
    [one] = written
    assert one.operation == Operation("DisconnectPhoneCall")
    assert (one.number, one.at, one.took, one.auth, one.error) == (1, 0.5, 0.25, "Basic", "")
    assert is_pseudonym(str(one.request.fields["phone_call_id"]))
    assert [name for name, _ in one.request.headers] == ["Authorization", "Cookie", "Content-Type"]
    assert one.request.headers[0] == ("Authorization", "Basic")
    assert one.response is not None
    assert one.response.fields["response_code"] == "NoError"


def test_the_url_tells_the_service(recorder: Recorder, written: list[Interaction]) -> None:
    """Both services have a PlayOnPhone in the same namespace."""
    legacy = "https://mail.example.com/ews/um2007legacy.asmx"
    recorder.end(exchange(recorder.begin(), "um-play-on-phone", url=legacy))
    recorder.end(exchange(recorder.begin(), "play-on-phone-success"))
    assert [one.operation.service for one in written] == [Service.UM, Service.EWS]


def test_numbers_are_the_order_of_starts(recorder: Recorder, written: list[Interaction]) -> None:
    first, second = recorder.begin(), recorder.begin()
    recorder.end(exchange(second))
    recorder.end(exchange(first))
    assert [one.number for one in written] == [2, 1]


def test_a_recording_goes_on_with_the_next_number(written: list[Interaction]) -> None:
    assert Recorder(write=written.append, redactor=None, began=0.0, next_number=7).begin() == 7


def test_a_refused_logon_is_kept_and_marked(recorder: Recorder, written: list[Interaction]) -> None:
    recorder.end(exchange(recorder.begin(), status=401))
    assert [one.error for one in written] == ["logon failed"]


def test_a_leg_is_not_written(recorder: Recorder, written: list[Interaction]) -> None:
    challenged = Exchange(
        number=recorder.begin(),
        connection="one",
        started=0,
        ended=0,
        request=Request(method="POST", url=URL, body=b"<x/>"),
        response=Response(status=401, headers=(("WWW-Authenticate", "NTLM"),)),
    )
    assert recorder.end(challenged) is None
    assert (written, recorder.count, recorder.logons.legs) == ([], 0, 1)


def test_what_cannot_be_written_is_not_counted(written: list[Interaction]) -> None:
    def refuse(_: Interaction) -> None:
        raise CassetteError("disk full")

    recorder = Recorder(write=refuse, redactor=None, began=0.0)
    with pytest.raises(CassetteError):
        recorder.end(exchange(recorder.begin()))
    assert (written, recorder.count) == ([], 0)


def test_a_password_in_the_url_is_not_written(recorder: Recorder, written: list[Interaction]) -> None:
    recorder.end(exchange(recorder.begin(), url="https://alice:hunter2@mail.example.com/EWS/Exchange.asmx"))
    assert "hunter2" not in repr(written)


def test_a_status_that_http_does_not_have_is_an_error(recorder: Recorder, written: list[Interaction]) -> None:
    """It could be neither loaded nor replayed."""
    recorder.end(exchange(recorder.begin(), status=999))
    assert [(one.response, one.error) for one in written] == [
        (None, "the server answered with 999, which is no status of HTTP")
    ]


def test_fields_and_notes_are_made_from_the_redacted_body(recorder: Recorder, written: list[Interaction]) -> None:
    recorder.end(exchange(recorder.begin(), "play-on-phone-success"))
    [one] = written
    assert str(one.request.fields["dial_string"]).encode() in one.request.body
    assert is_pseudonym(str(one.request.fields["dial_string"]))


def test_what_went_wrong_is_redacted_too(recorder: Recorder, written: list[Interaction]) -> None:
    recorder.end(replace(exchange(recorder.begin()), response=None, error="no route to mbx01.corp.example.net:443"))
    assert "corp" not in written[0].error
    assert written[0].error.startswith("no route to host-")


def test_a_body_that_cannot_be_read_is_withheld_and_says_so(recorder: Recorder, written: list[Interaction]) -> None:
    odd = replace(exchange(recorder.begin()), response=Response(status=500, body=b"<a>alice@corp.example.net"))
    recorder.end(odd)
    assert written[0].response is not None
    assert written[0].response.body == b""
    assert written[0].response.notes[0] == "withheld: not decodable"


def test_without_a_redactor_everything_but_credentials_is_written_as_it_was_sent(written: list[Interaction]) -> None:
    recorder = Recorder(write=written.append, redactor=None, began=0.0)
    sent = exchange(recorder.begin())
    recorder.end(sent)
    assert written[0].request.headers == (("Authorization", "Basic"), ("Content-Type", "text/xml"))
    assert written[0].request.body == sent.request.body
    assert (written[0].request.url, written[0].auth) == (URL, "Basic")


def test_a_body_that_no_cassette_holds_is_left_out_and_said_so(
    written: list[Interaction], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written can be loaded again, and the rest of the recording goes on."""
    for place in ("ewstape.recording.recorder.LARGEST", "ewstape.cassette.bodies.LARGEST"):
        monkeypatch.setattr(place, 2000)
    recorder = Recorder(write=written.append, redactor=None, began=0.0)
    small = exchange(1)
    assert small.response is not None
    large = {"request": replace(small.request, body=small.request.body + b" " * 2000)}
    recorder.end(replace(small, **large))
    recorder.end(replace(small, response=replace(small.response, body=b" " * 2001)))
    assert [(one.operation.name, one.response is None, one.error) for one in written] == [
        ("DisconnectPhoneCall", False, ""),
        ("DisconnectPhoneCall", True, "the response has 2001 bytes, more than a cassette holds (2000)"),
    ]
    assert written[0].request.body == b""
    assert written[0].request.notes == (
        f"withheld: {len(large['request'].body)} bytes, more than a cassette holds (2000)",
    )
    assert all(map(dump, written))
