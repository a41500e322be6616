"""The record modes `once` and `new_episodes`, with real clients, the simulated server, and mitmproxy between them."""

import json
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from string import Template

import pytest
import requests
from driver import CHANGE_KEY, VOICE_MAIL
from processes import CLIENTS, ROOT, ewstape, running

from ewstape.cassette import Cassette
from ewstape.interaction import Request, Response
from ewstape.sandbox import Sandbox

ENDPOINT = "/EWS/Exchange.asmx"
ANY_PORT = ("--listen", "127.0.0.1:0")
XML = {"Content-Type": "text/xml; charset=utf-8"}
SAMPLES = Path(__file__).parents[1] / "wire_samples"
TIME_ZONES = (SAMPLES / "get-server-time-zones.request.xml").read_bytes()
FOLDER = (SAMPLES / "get-folder.request.xml").read_bytes()
SOAP = CLIENTS / "soap"
POLL = "get_phone_call_information"
CLOSED = "http://ewstape.invalid"
"""A server that is not there."""


def operations(cassette: Path) -> list[str]:
    return [one.operation.name for one in Cassette.open(cassette)]


def post(url: str, body: bytes) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url + ENDPOINT, data=body, headers=XML, timeout=30)


def answer(_: Request) -> Response:
    """A server that says the same to everything."""
    return Response(status=200, headers=(("Content-Type", "text/xml"),), body=b"<live/>")


@pytest.mark.parametrize("auth", ["basic", "ntlm"])
def test_once_records_the_first_time_and_is_closed_ever_after(
    auth: str, tmp_path: Path, play: Callable[..., list[str]]
) -> None:
    cassette = tmp_path / "tape.yaml"
    mode = ("record", cassette, "--record-mode", "once", *ANY_PORT)
    with (
        running(*ewstape("sandbox", "--auth", auth, *ANY_PORT)) as server,
        running(*ewstape(*mode, "--upstream", server.url)) as proxy,
    ):
        live = play("curl", proxy.url + ENDPOINT, auth=auth, proxy="", ca=None)
        assert proxy.stop() == 0, proxy.said
    text = cassette.read_bytes()
    with running(*ewstape(*mode, "--upstream", CLOSED)) as proxy:
        assert play("curl", proxy.url + ENDPOINT, auth=auth, proxy="", ca=None) == live
        assert post(proxy.url, TIME_ZONES).status_code == 500
        assert proxy.stop() == 4
        assert "1 request had no answer" in proxy.said
    assert cassette.read_bytes() == text


def test_once_records_onto_a_cassette_without_an_interaction(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    mode = ("record", cassette, "--record-mode", "once", *ANY_PORT)
    with Sandbox(hook=answer) as server:
        for count in (0, 1):
            with running(*ewstape(*mode, "--upstream", server.origin)) as proxy:
                for _ in range(count):
                    assert post(proxy.url, FOLDER).content == b"<live/>"
                assert proxy.url
    assert operations(cassette) == ["GetFolder"]


@pytest.mark.parametrize("auth", ["basic", "ntlm"])
@pytest.mark.parametrize("client", ["curl", "requests_ntlm"])
def test_new_episodes_plays_what_is_there_and_appends_the_rest(
    client: str, auth: str, tmp_path: Path, play: Callable[..., list[str]]
) -> None:
    """The first session records a call, the second plays it, whoever logs on how; only what is new is added."""
    if (client, auth) == ("requests_ntlm", "basic"):
        client = "zeep"
    cassette = tmp_path / "tape.yaml"
    mode = ("record", cassette, "--record-mode", "new_episodes", *ANY_PORT)
    with running(*ewstape("sandbox", "--auth", auth, *ANY_PORT)) as server:
        with running(*ewstape(*mode, "--upstream", server.url)) as proxy:
            live = play(client, proxy.url + ENDPOINT, auth=auth, proxy="", ca=None)
            assert proxy.stop() == 0, proxy.said
        recorded = operations(cassette)
        with running(*ewstape(*mode, "--upstream", server.url)) as proxy:
            assert play(client, proxy.url + ENDPOINT, auth=auth, proxy="", ca=None) == live
            assert operations(cassette) == recorded
            assert proxy.stop() == 0, proxy.said
            assert "recorded 0 interactions" in proxy.said


def test_what_is_appended_is_played_in_the_next_session(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    mode = ("record", cassette, "--record-mode", "new_episodes", *ANY_PORT)
    asked = 0

    def count(request: Request) -> Response:
        nonlocal asked
        asked += 1
        return answer(request)

    with Sandbox(hook=count) as server:
        for session in (1, 2):
            with running(*ewstape(*mode, "--upstream", server.origin)) as proxy:
                for _ in range(2):
                    assert post(proxy.url, TIME_ZONES).content == b"<live/>"
                assert proxy.stop() == 0
            assert asked == 2, f"in session {session}"
    assert operations(cassette) == ["GetServerTimeZones"] * 2


def test_a_call_that_only_the_tape_knows_is_never_asked_about_elsewhere(tmp_path: Path) -> None:
    """What the tape issued means nothing to the server, or something else; hanging up twice was not recorded."""
    cassette = tmp_path / "tape.yaml"
    shutil.copyfile(ROOT / "cassettes" / "play-on-phone.yaml", cassette)
    recorded = list(Cassette.open(cassette))
    reached: list[bytes] = []

    def note(request: Request) -> Response:
        reached.append(request.body)
        return answer(request)

    with Sandbox(hook=note) as server:
        text = cassette.read_text("utf-8")
        upstream = next(line for line in text.splitlines() if line.startswith("upstream:"))
        cassette.write_text(text.replace(upstream, f"upstream: {server.origin}"), "utf-8")
        command = ewstape("record", cassette, "--record-mode", "new_episodes", "--upstream", server.origin, *ANY_PORT)
        with running(*command) as proxy:
            for one in recorded:
                assert post(proxy.url, one.request.body).status_code == 200
            again = next(one.request.body for one in recorded if one.operation.name == "DisconnectPhoneCall")
            refused = post(proxy.url, again)
            assert (refused.status_code, "no answer on tape" in refused.text) == (500, True)
            assert post(proxy.url, TIME_ZONES).content == b"<live/>"
            assert proxy.stop() == 4
    assert reached == [TIME_ZONES]
    assert operations(cassette)[len(recorded) :] == ["GetServerTimeZones"]


def test_what_the_server_issued_is_not_looked_for_on_tape(tmp_path: Path) -> None:
    """A call that the server placed in this session is the server's to the end, though the tape knows such calls."""
    cassette = tmp_path / "tape.yaml"
    shutil.copyfile(ROOT / "cassettes" / "play-on-phone.yaml", cassette)
    [play_on_phone, poll] = [
        (SAMPLES / f"{name}.{part}.xml").read_bytes()
        for name, part in (("play-on-phone-success", "response"), ("get-phone-call-information-connected", "request"))
    ]
    [issued] = [line.split('"')[1] for line in play_on_phone.decode().split("PhoneCallId ") if line.startswith("Id=")]
    reached: list[bytes] = []

    def place(request: Request) -> Response:
        reached.append(request.body)
        return Response(status=200, headers=(("Content-Type", "text/xml"),), body=play_on_phone)

    with Sandbox(hook=place) as server:
        text = cassette.read_text("utf-8")
        upstream = next(line for line in text.splitlines() if line.startswith("upstream:"))
        cassette.write_text(text.replace(upstream, f"upstream: {server.origin}"), "utf-8")
        command = ewstape("record", cassette, "--record-mode", "new_episodes", "--upstream", server.origin, *ANY_PORT)
        ask = poll.replace(poll.partition(b'PhoneCallId Id="')[2].partition(b'"')[0], issued.encode())
        with running(*command) as proxy:
            post(proxy.url, TIME_ZONES)  # answered with a call, as far as identifiers go
            assert post(proxy.url, ask).content == play_on_phone
    assert reached == [TIME_ZONES, ask]


def test_another_upstream_is_refused(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    shutil.copyfile(ROOT / "cassettes" / "play-on-phone.yaml", cassette)
    command = ewstape("record", cassette, "--record-mode", "new_episodes", "--upstream", CLOSED, *ANY_PORT)
    with running(*command) as proxy:
        assert proxy.popen.wait(timeout=30) == 3
        proxy.stop()
        assert "cannot append: its upstream is" in proxy.said


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_overwriting_contradicts_a_mode_that_keeps_what_is_there(mode: str, tmp_path: Path) -> None:
    command = ewstape("record", tmp_path / "t.yaml", "--record-mode", mode, "--overwrite", "--upstream", CLOSED)
    with running(*command) as proxy:
        assert proxy.popen.wait(timeout=30) == 2
        proxy.stop()
        assert f"existing: overwrite contradicts record_mode {mode}" in proxy.said


def test_a_call_that_the_server_has_just_begun_is_asked_about_there_although_the_cassette_is_redacted(
    tmp_path: Path,
) -> None:
    """The tape knows what becomes of an unknown call; this one is known to the server, by an id that is not on tape."""
    cassette = tmp_path / "tape.yaml"
    mode = ("record", cassette, "--record-mode", "new_episodes", *ANY_PORT)
    key = {"EWSTAPE_REDACTION": "true", "EWSTAPE_REDACTION_KEY": secrets.token_hex(32)}
    soap = {name: Template((SOAP / f"{name}.xml").read_text("utf-8")) for name in ("play_on_phone", POLL)}
    with Sandbox() as server:
        with running(*ewstape(*mode, "--upstream", server.origin), env=key) as proxy:
            unknown = post(proxy.url, soap[POLL].substitute(call_id="bm9ib2R5QGV4YW1wbGU=").encode())
            assert b"ErrorInvalidPhoneCallId" in unknown.content
            assert proxy.stop() == 0, proxy.said
        with running(*ewstape(*mode, "--upstream", server.origin), env=key) as proxy:
            play = {"item_id": VOICE_MAIL, "change_key": CHANGE_KEY, "dial_string": "+1 555 0100"}
            begun = post(proxy.url, soap["play_on_phone"].substitute(play).encode())
            [call] = re.findall(rb'PhoneCallId Id="([^"]+)"', begun.content)
            assert b"Connecting" in post(proxy.url, soap[POLL].substitute(call_id=call.decode()).encode()).content
            assert proxy.stop() == 0, proxy.said
    assert call not in cassette.read_bytes()


READ = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetItem>'
    "<m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
    f'<m:ItemIds><t:ItemId Id="{VOICE_MAIL}" ChangeKey="{CHANGE_KEY}"/></m:ItemIds>'
    "</m:GetItem></s:Body></s:Envelope>"
).encode()
PRIVATE = (VOICE_MAIL, CHANGE_KEY, "555 0110", "5550110", "Voice Mail from", "Hello Alex", "Robin", "127.0.0.1")


@pytest.fixture
def redacting() -> dict[str, str]:
    """The environment of a recorder that redacts, with a key of its own."""
    return {"EWSTAPE_REDACTION": "true", "EWSTAPE_REDACTION_KEY": secrets.token_hex(32)}


def left(cassette: Path) -> list[str]:
    """What of the client's and the server's data is in the file."""
    text = cassette.read_text("utf-8")
    return [value for value in PRIVATE if value in text]


def states(lines: list[str]) -> list[tuple[str, str]]:
    """What of a client's answers redaction leaves: the operations and what became of the call."""
    answers = [json.loads(line) for line in lines]
    return [(one["operation"], one.get("PhoneCallState", "")) for one in answers]


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
@pytest.mark.parametrize("client", ["curl", "exchangelib"])
def test_the_second_session_plays_what_the_first_recorded_redacted(
    client: str, mode: str, tmp_path: Path, play: Callable[..., list[str]], redacting: dict[str, str]
) -> None:
    """With the client's real data in its requests, none of which is in the file; nothing is added."""
    cassette = tmp_path / "tape.yaml"
    reached: list[Request] = []
    with Sandbox(auth="ntlm", hook=lambda request: reached.append(request) if request.body else None) as server:
        command = ewstape("record", cassette, "--record-mode", mode, "--upstream", server.origin, *ANY_PORT)
        with running(*command, env=redacting) as proxy:
            live = play(client, proxy.url + ENDPOINT, auth="ntlm")
            assert proxy.stop() == 0, proxy.said
        assert left(cassette) == []
        written, asked = cassette.read_bytes(), len(reached)
        with running(*command, env=redacting) as proxy:
            again = play(client, proxy.url + ENDPOINT, auth="ntlm")
            assert proxy.stop() == 0, proxy.said
    assert states(again) == states(live)
    assert len(reached) == asked > 0  # but for legs of a logon without a body, which nobody can tell from the tape's
    assert cassette.read_bytes() == written


def test_new_episodes_have_the_pseudonyms_of_the_old_and_are_played_in_the_next_session(
    tmp_path: Path, play: Callable[..., list[str]], redacting: dict[str, str]
) -> None:
    """The second session makes the recorded call and reads its voice mail besides; the third asks nobody for either."""
    cassette = tmp_path / "tape.yaml"
    reached: list[Request] = []
    told: list[list[tuple[str, str]]] = []
    subjects: list[bytes] = []
    with Sandbox(hook=reached.append) as server:
        command = ewstape("record", cassette, "--record-mode", "new_episodes", "--upstream", server.origin, *ANY_PORT)
        for reads, reaching in ((False, 6), (True, 7), (True, 7)):
            with running(*command, env=redacting) as proxy:
                told.append(states(play("curl", proxy.url + ENDPOINT)))
                if reads:
                    subjects += re.findall(rb"<t:Subject>(.*?)<", post(proxy.url, READ).content)
                assert proxy.stop() == 0, proxy.said
            assert len(reached) == reaching
            assert left(cassette) == []
    assert told[0] == told[1] == told[2]
    assert b"Voice Mail from" in subjects[0]  # as the server has it
    assert len(subjects) == 2
    first, *_, new = Cassette.open(cassette)
    assert (first.operation.name, new.operation.name) == ("PlayOnPhone", "GetItem")
    [item] = {re.findall(rb'ItemId Id="([^"]+)"', one.request.body)[0] for one in (first, new)}
    assert item.decode() != VOICE_MAIL
