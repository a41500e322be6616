"""Marks and comments on flows."""

from pathlib import Path

import pytest
from mitmproxy import http
from mitmproxy.test import tflow
from mitmproxy.utils.emoji import emoji

from ewstape.cassette import Cassette
from ewstape.proxy import marking
from ewstape.replay import FaultKind, FaultRule, Faults, Responder, Tape
from ewstape.report.live import Event

CALL = list(Cassette.open(Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"))
ENDED = Event(kind="call", text="call ended")
ODD = Event(kind="warning", text="a poll after the end")


@pytest.fixture
def flow() -> http.HTTPFlow:
    return tflow.tflow(resp=True)


@pytest.mark.parametrize("mark", [marking.RECORDED, marking.REPLAYED, marking.MISSED, marking.ODD])
def test_a_mark_is_one_sign_that_mitmproxy_knows(mark: str) -> None:
    assert len(emoji[mark]) == 1


def test_what_is_recorded_says_operation_call_and_result(flow: http.HTTPFlow) -> None:
    marking.recorded(flow, CALL[3], [ENDED])
    assert flow.marked == marking.RECORDED
    assert flow.comment == "GetPhoneCallInformation  call a275  Success  Connected"


def test_what_is_odd_about_it_is_said_as_well(flow: http.HTTPFlow) -> None:
    marking.recorded(flow, CALL[0], [ODD])
    assert flow.marked == marking.ODD
    assert flow.comment == "PlayOnPhone2  call a275  dial +1 5...  Success; a poll after the end"


def test_what_is_replayed_says_from_where(flow: http.HTTPFlow) -> None:
    marking.replayed(flow, Responder(Tape(CALL)).respond(CALL[0].request, ""), ())
    assert flow.marked == marking.REPLAYED
    assert flow.comment == "PlayOnPhone2  call a275  dial +1 5...  Success  interaction 1"


REPLIES = {
    "a miss": (Responder(Tape([])), marking.MISSED, "no answer on tape for PlayOnPhone2: the tape is empty"),
    "a fault": (
        Responder(Tape(CALL), faults=Faults((FaultRule(fault=FaultKind.UNAVAILABLE, every=1),))),
        marking.ODD,
        "not answered; fault put in: unavailable",
    ),
    "a logon": (Responder(Tape(CALL), auth="basic"), "", "logon: Basic wanted"),
}


@pytest.mark.parametrize(("responder", "mark", "words"), REPLIES.values(), ids=REPLIES)
def test_what_has_no_answer_says_why(flow: http.HTTPFlow, responder: Responder, mark: str, words: str) -> None:
    marking.replayed(flow, responder.respond(CALL[0].request, ""), ())
    assert (flow.marked, flow.comment) == (mark, words)


def test_what_users_have_put_on_a_flow_stays(flow: http.HTTPFlow) -> None:
    flow.marked, flow.comment = ":grapes:", "mine"
    marking.recorded(flow, CALL[0], [ODD])
    assert (flow.marked, flow.comment) == (":grapes:", "mine")
