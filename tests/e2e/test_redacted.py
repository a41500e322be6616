"""A redacted cassette holds nothing of the client's data and still answers the client that sends it."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from driver import CHANGE_KEY, VOICE_MAIL
from processes import PATIENCE, ewstape, finished, running

from ewstape.sandbox import Sandbox

ANY_PORT = ("--listen", "127.0.0.1:0")
ENDPOINT = "/EWS/Exchange.asmx"
PRIVATE = (VOICE_MAIL, CHANGE_KEY, "555 0110", "5550110", "Voice Mail from", "Hello Alex", "Robin", "127.0.0.1")


def states(lines: list[str]) -> list[tuple[str, str]]:
    """What of a client's answers redaction leaves: the operations and what became of the call."""
    answers = [json.loads(line) for line in lines]
    return [(answer["operation"], answer.get("PhoneCallState", "")) for answer in answers]


@pytest.mark.parametrize("client", ["curl", "zeep", "requests_ntlm", "exchangelib"])
def test_real_clients_replay_from_redacted_cassettes(
    client: str, tmp_path: Path, play: Callable[..., list[str]]
) -> None:
    cassette = tmp_path / "tape.yaml"
    redacting = {"EWSTAPE_REDACTION": "true", "EWSTAPE_REDACTION_KEY": secrets.token_hex(32)}
    with Sandbox(auth="ntlm") as server:
        command = ewstape("record", cassette, "--upstream", server.origin, *ANY_PORT)
        with running(*command, env=redacting) as recorder:
            live = play(client, recorder.url + ENDPOINT, auth="ntlm")
            assert recorder.stop() == 0, recorder.said
            logged = recorder.said.partition("\n")[2]  # the first line says where it listens
    written = cassette.read_text("utf-8")
    assert [value for value in PRIVATE if value in written or value in logged] == []
    checked = finished(*ewstape("check", cassette))
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout
    with running(*ewstape("replay", cassette, *ANY_PORT)) as tape:
        for _ in range(2):
            assert states(play(client, tape.url + ENDPOINT, auth="ntlm")) == states(live)
        assert tape.stop() == 0, tape.said


def test_without_redaction_it_says_so(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    with running(
        *ewstape("record", cassette, "--upstream", "http://127.0.0.1:9", "--no-redaction", *ANY_PORT)
    ) as recorder:
        recorder.wait_for("redaction is off")
        assert recorder.url
        assert recorder.stop() == 0
    assert "redaction: [authentication, cookies]\n" in cassette.read_text("utf-8")


def test_a_passphrase_is_no_key(tmp_path: Path) -> None:
    command = ewstape("record", tmp_path / "tape.yaml", "--upstream", "http://127.0.0.1:9", *ANY_PORT)
    with running(*command, env={"EWSTAPE_REDACTION": "true", "EWSTAPE_REDACTION_KEY": "correct horse"}) as recorder:
        assert recorder.popen.wait(timeout=PATIENCE) == 2
        recorder.stop()
        assert "correct horse" not in recorder.said
        assert "EWSTAPE_REDACTION_KEY" in recorder.said
