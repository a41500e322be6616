"""The settings of a replay hold for what `new_episodes` answers from the tape, and for nothing that goes on."""

import asyncio
import json
from pathlib import Path
from unittest.mock import patch

import pytest
from mitmproxy import http
from mitmproxy.test import tflow, tutils

from ewstape.cassette import Cassette, CassetteWriter, Existing
from ewstape.config import read_config
from ewstape.errors import ConfigError
from ewstape.proxy.hooks import MISS
from ewstape.proxy.mixing import Mixing
from ewstape.proxy.session import header_of, open_session

ROOT = Path(__file__).parents[2]
CALL = list(Cassette.open(ROOT / "cassettes" / "play-on-phone.yaml"))
PLAY, HANG = CALL[0], CALL[4]
NOT_ON_TAPE = (ROOT / "tests" / "wire_samples" / "get-folder.request.xml").read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tape.yaml"
    with CassetteWriter(path, header_of(None, "")) as writer:
        for interaction in CALL:
            writer.write(interaction)
    return path


def begin(path: Path, **more: object) -> Mixing:
    given = {"cassette": str(path), "record_mode": "new_episodes", "redaction": "false", **more}
    session = open_session(read_config(overrides=given), upstream="")
    assert isinstance(session, Mixing)
    return session


def ask(session: Mixing, body: bytes) -> http.HTTPFlow:
    flow = tflow.tflow(req=tutils.treq(method=b"POST", path=b"/EWS/Exchange.asmx", content=body))
    flow.live = True
    session.request(flow)
    return flow


def test_misses_are_those_that_could_not_go_on_to_the_server(path: Path, tmp_path: Path) -> None:
    misses = tmp_path / "misses.jsonl"
    session = begin(path, misses=str(misses))
    asked = [ask(session, body) for body in (PLAY.request.body, HANG.request.body, HANG.request.body, NOT_ON_TAPE)]
    assert [flow.response is not None for flow in asked] == [True, True, True, False]
    assert [flow.metadata.get(MISS) is not None for flow in asked] == [False, False, True, False]
    assert (session.ending.misses, session.failed) == (1, True)
    said = session.done().splitlines()
    assert said[1:] == [
        "replayed 2 of 6 interactions",
        f"unused: {', '.join(f'#{number} GetPhoneCallInformation' for number in (2, 3, 4, 6))}",
        "1 request had no answer",
    ]
    [line] = misses.read_text("ascii").splitlines()
    assert json.loads(line)["operation"] == "DisconnectPhoneCall"


def test_answers_from_the_tape_take_as_long_as_latency_says(path: Path) -> None:
    async def held_back() -> list[float]:
        delays: list[float] = []
        with patch.object(asyncio.get_running_loop(), "call_later", lambda delay, _: delays.append(delay)):
            assert ask(begin(path, latency="2x"), PLAY.request.body).intercepted
        return delays

    assert asyncio.run(held_back()) == [2 * PLAY.took]


@pytest.mark.parametrize(
    ("fault", "status"), [("busy", 500), ("unavailable", 503), ("reset", None)], ids=["busy", "unavailable", "reset"]
)
def test_faults_strike_what_would_be_answered_or_go_on(path: Path, fault: str, status: int | None) -> None:
    session = begin(path, faults=f"[{{fault: {fault}, operation: PlayOnPhone}}]")
    struck, spared = ask(session, PLAY.request.body), ask(session, NOT_ON_TAPE)
    assert (struck.response and struck.response.status_code) == status
    assert (struck.error is not None) == (fault == "reset")
    assert spared.response is None
    assert session.ending.faults == {fault: 1}


def test_live_values_are_shown_on_a_terminal_only_and_the_cassette_is_let_go(path: Path) -> None:
    with pytest.raises(ConfigError, match="needs a terminal"):
        begin(path, show_live="true")
    CassetteWriter(path, header_of(None, ""), existing=Existing.APPEND).close()
