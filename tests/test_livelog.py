"""The live log of recordings and replays: which lines, at which level, in which format."""

import json
import logging
from pathlib import Path

import pytest

from ewstape.cassette import Cassette
from ewstape.config import LogFormat
from ewstape.interaction import Request, Response
from ewstape.livelog import LiveLog, reply_line
from ewstape.replay import FaultKind, FaultRule, Faults, Reply, Responder, Tape

CALL = list(Cassette.open(Path(__file__).parents[1] / "cassettes" / "play-on-phone.yaml"))
SUMMARY = "call a275  dialled +1 5...  connected after 3.0 s, for 1.0 s, hung up by the client"


@pytest.fixture(autouse=True)
def _info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "ewstape")


def play(log: LiveLog, responder: Responder, *numbers: int) -> None:
    """Sends recorded requests again, one a second."""
    for now, number in enumerate(numbers):
        log.replayed(responder.respond(CALL[number - 1].request, "client", float(now)), "client", float(now))


def test_a_recorded_call_ends_with_its_summary(caplog: pytest.LogCaptureFixture) -> None:
    log = LiveLog(LogFormat.TEXT)
    beside = []
    for one in CALL:
        log.recorded(one, "client")
        beside.append(len(log.said))
    assert beside == [0, 0, 0, 0, 1, 0]
    assert caplog.messages[0].startswith("PlayOnPhone2  call a275  dial +1 5...  Success  ")
    assert caplog.messages[5].startswith("call a275  dialled +1 5...  connected after ")
    assert len(caplog.messages) == 7


def test_a_replayed_call_is_told_in_the_time_of_its_client(caplog: pytest.LogCaptureFixture) -> None:
    log = LiveLog(LogFormat.TEXT)
    play(log, Responder(Tape(CALL)), 1, 2, 3, 4, 5)
    assert caplog.messages[3:] == [
        "GetPhoneCallInformation  answered with interaction 4",
        "DisconnectPhoneCall  answered with interaction 5",
        SUMMARY,
    ]
    assert log.calls() == [SUMMARY]


def test_of_a_hand_written_cassette_the_bodies_are_enough(caplog: pytest.LogCaptureFixture) -> None:
    folder = Path(__file__).parents[1] / "cassettes"
    bare = list(Cassette.open(folder / "hand-written.yaml"))
    responder, log = Responder(Tape(bare)), LiveLog(LogFormat.TEXT)
    for one in bare:
        log.replayed(responder.respond(one.request, "client"), "client", 0.0)
    assert any(message.startswith("call ") for message in caplog.messages)


def test_json_lines_say_what_they_are_about(caplog: pytest.LogCaptureFixture) -> None:
    log, responder = LiveLog(LogFormat.JSON), Responder(Tape(CALL))
    play(log, responder, 1, 5, 1)
    log.recorded(CALL[0], "client")
    log.end()
    lines = [json.loads(message) for message in caplog.messages]
    assert [line["event"] for line in lines] == [
        *["interaction", "interaction", "call", "interaction"],
        *["interaction", "warning", "warning"],  # the recorded call has the id of the second that was played
    ]
    assert lines[0] == {
        "event": "interaction",
        "note": "PlayOnPhone2  answered with interaction 1",
        "interaction": 1,
        "status": 200,
        "miss": False,
    }


def test_what_is_wrong_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    log = LiveLog(LogFormat.TEXT)
    faults = Faults((FaultRule(fault=FaultKind.UNAUTHORIZED, every=1),))
    play(log, Responder(Tape(CALL), faults=faults), 1)
    play(log, Responder(Tape([])), 1)
    play(log, Responder(Tape(CALL)), 1)
    log.end()
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.WARNING, logging.WARNING, logging.INFO, logging.WARNING]


def test_challenges_of_a_replay_are_counted_by_connection(caplog: pytest.LogCaptureFixture) -> None:
    log = LiveLog(LogFormat.TEXT)
    challenge = Reply(response=Response(status=401), note="logon: NTLM wanted")
    for connection in "ababababab":
        log.replayed(challenge, connection, 0.0)
        log.closed("b")
    assert not [record for record in caplog.records if record.levelno == logging.WARNING]
    log.replayed(challenge, "a", 0.0)
    log.challenged("b")
    assert [record.getMessage()[:43] for record in caplog.records if record.levelno == logging.WARNING] == [
        "warning: a logon goes round in circles: 6 c"
    ]


def test_the_line_of_a_reply_holds_nothing_of_the_client() -> None:
    request = Request(
        method="POST", url="http://x/EWS/Exchange.asmx", body=CALL[0].request.body.replace(b"0100", b"0199")
    )
    for as_json in (False, True):
        said = reply_line(Responder(Tape(CALL)).respond(request, ""), as_json=as_json)
        assert "0199" not in said
        assert "answered with interaction 1" in said
