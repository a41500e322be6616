"""What a recording makes of flows, and what it does when it cannot."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy import flow as mitmproxy_flow
from mitmproxy import http
from mitmproxy.test import taddons, tflow, tutils

from ewstape.cassette import Cassette, CassetteWriter, Header
from ewstape.config import Config, LogFormat
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction
from ewstape.proxy.recording import Recording
from ewstape.redaction import RULES, Redactor
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.report.live import LEGS_OF_ALL

SAMPLES = Path(__file__).parents[1] / "wire_samples"
STREAM = (SAMPLES / "get-streaming-events.request.xml").read_bytes()
FOLDER = (SAMPLES / "get-folder.request.xml").read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


@pytest.fixture
def context() -> Iterator[taddons.context]:
    with taddons.context(loadcore=False) as made:
        yield made


def begin(path: Path, **settings: object) -> Recording:
    header = Header(recorded="2026-11-23T09:14:07Z", upstream="http://mail.example.com", recorder="test")
    return Recording(Config(**settings), CassetteWriter(path, header), None)


def flow(body: bytes = FOLDER, path: bytes = b"/EWS/Exchange.asmx") -> http.HTTPFlow:
    made = tflow.tflow(req=tutils.treq(method=b"POST", path=path, content=body))
    made.live = True
    return made


def refuse(_: Interaction) -> None:
    raise CassetteError("the disk is full")


def test_a_stream_under_way_is_written_at_the_end(path: Path) -> None:
    recording, streamed = begin(path), flow(STREAM)
    recording.requestheaders(streamed)
    streamed.response = tutils.tresp(headers=http.Headers([(b"Content-Type", b"text/xml")]), content=None)
    recording.responseheaders(streamed)
    assert callable(streamed.response.stream)
    assert streamed.response.stream(b"<one/>") == b"<one/>"
    recording.done()
    [one] = Cassette.open(path)
    assert one.error == "the recording was stopped"
    assert one.response is not None
    assert (one.response.body, [chunk.size for chunk in one.response.chunks]) == (b"<one/>", [6])


@pytest.mark.parametrize("length", [True, False], ids=["with its length", "of another operation"])
def test_an_answer_that_is_no_stream_is_kept_back_until_it_is_written(path: Path, length: bool) -> None:
    recording, asked = begin(path), flow(STREAM if length else FOLDER)
    recording.requestheaders(asked)
    headers = [(b"Content-Length", b"4")] if length else []
    asked.response = tutils.tresp(headers=http.Headers(headers), content=b"<x/>")
    recording.responseheaders(asked)
    assert not asked.response.stream
    assert recording.response(asked) is not None


def test_other_traffic_is_not_its_concern(path: Path) -> None:
    recording = begin(path)
    for other in (flow(path=b"/owa/"), flow(path=b"/autodiscover/autodiscover.svc")):
        recording.requestheaders(other)
        other.response = tutils.tresp()
        recording.responseheaders(other)
        assert recording.response(other) is None
    assert recording.done().startswith("recorded 0 interactions")


def test_what_cannot_be_written_is_not_released_and_everything_stops(
    path: Path, context: taddons.context, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CassetteWriter, "write", lambda _, interaction: refuse(interaction))
    stopped: list[bool] = []
    monkeypatch.setattr(context.master, "shutdown", lambda: stopped.append(True))
    recording, first, second, third = begin(path), flow(), flow(), flow()
    for asked in (first, second):
        recording.requestheaders(asked)
        asked.response = tutils.tresp()
    for asked in (first, second):
        assert recording.response(asked) is None
    recording.requestheaders(third)
    assert all(asked.error and asked.error.msg == asked.error.KILLED_MESSAGE for asked in (first, second, third))
    assert stopped == [True]
    assert caplog.text.count("the disk is full") == 1
    recording.done()
    assert isinstance(recording.failure, CassetteError)


def test_a_cassette_that_cannot_be_closed_is_a_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = begin(path)
    monkeypatch.setattr(CassetteWriter, "close", lambda _, clean: refuse(clean))
    assert recording.done() == "ewstape: the disk is full"
    assert recording.failure is not None


def test_a_cassette_that_was_moved_away_is_a_failure(path: Path) -> None:
    asked = flow()
    recording = Recording(Config(), CassetteWriter(path, Header()), Redactor(RULES, Pseudonyms(Key.fresh())))
    recording.requestheaders(asked)
    asked.response = tutils.tresp(content=b"<a><EmailAddress>quillon@velvetholm.io</EmailAddress></a>")
    recording.response(asked)
    path.unlink()
    assert recording.done() == f"ewstape: {path}: there is no such cassette"
    assert recording.failure is not None


def test_something_private_that_is_left_is_a_failure_with_the_way_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ewstape.check.written.leaks_in", lambda *_: iter(["document 2 holds a number"]))
    redactor = Redactor(RULES, Pseudonyms(Key(bytes.fromhex("8f1d0c6a27b94e53a6d2f07c15e83b49"))))
    assert redactor.text("quillon@velvetholm.io") != "quillon@velvetholm.io"
    recording = Recording(Config(), CassetteWriter(path, Header(recorded="2026-11-23T09:14:07Z")), redactor)
    said = recording.done()
    assert said == f"ewstape: {path}: document 2 holds a number; keep the file to yourself, and please report this"
    assert recording.failure is not None
    assert recording.failure.exit_status == 1


@pytest.mark.parametrize(("many", "said"), [(1, True), (2, False)])
def test_a_look_through_many_interactions_is_announced(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, many: int, *, said: bool
) -> None:
    monkeypatch.setattr("ewstape.proxy.recording._MANY", many)
    caplog.set_level("INFO", "ewstape")
    redactor = Redactor(RULES, Pseudonyms(Key.fresh()))
    recording = Recording(Config(log_format=LogFormat.JSON), CassetteWriter(path, Header()), redactor)
    asked = flow()
    recording.requestheaders(asked)
    asked.response = tutils.tresp(content=b"<a><EmailAddress>quillon@velvetholm.io</EmailAddress></a>")
    recording.response(asked)
    recording.done()
    events = [json.loads(line)["event"] for line in caplog.messages]
    assert events == ["interaction", *["check"] * said]


def test_a_recording_of_logons_only_says_what_is_wrong(path: Path) -> None:
    recording, asked = begin(path), flow()
    recording.requestheaders(asked)
    asked.response = tutils.tresp(status_code=401)
    recording.response(asked)
    assert "the server asked for a logon 1 time and no client went on" in recording.done()


def test_the_log_can_be_json(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "ewstape")
    recording, asked = begin(path, log_format=LogFormat.JSON), flow()
    recording.requestheaders(asked)
    asked.response = tutils.tresp()
    recording.response(asked)
    assert json.loads(caplog.messages[0])["operation"] == "GetFolder"
    done = json.loads(recording.done())
    assert done == {"event": "end", "text": f"recorded 1 interaction to {path}", "recorded": 1}


def test_a_server_that_is_not_trusted_shows_the_way_out_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    recording = begin(path)
    for _ in range(2):
        asked = flow()
        recording.requestheaders(asked)
        asked.error = mitmproxy_flow.Error("Certificate verify failed: self-signed certificate")
        recording.error(asked)
    assert [said for said in caplog.messages if "--upstream-ca FILE" in said] == [
        "warning: the server's certificate is not trusted; name the authority that issued it with --upstream-ca FILE"
    ]
    recording.done()


def test_steps_of_a_logon_that_leads_nowhere_are_warned_of(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    recording = begin(path)
    for _ in range(LEGS_OF_ALL):
        asked = flow()
        recording.requestheaders(asked)
        asked.response = tutils.tresp(status_code=401)
        assert recording.response(asked) is None
        recording.client_disconnected(asked.client_conn.id)
    assert caplog.messages[0].startswith("warning: a logon goes round in circles: 20 challenges")
    recording.done()


def test_a_call_that_is_up_when_the_recording_ends_was_left_open(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    call = next(iter(Cassette.open(SAMPLES.parents[1] / "cassettes" / "play-on-phone.yaml")))
    recording, asked = begin(path), flow(call.request.body)
    recording.requestheaders(asked)
    assert call.response is not None
    asked.response = tutils.tresp(content=call.response.body)
    recording.response(asked)
    recording.done()
    assert caplog.messages == ["warning: call a275  dialled +1 5...  left open: neither hung up nor seen to end"]
