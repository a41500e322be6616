"""A recorder under load, under signals, and with answers that come in pieces."""

import base64
import http.client
import json
import re
import signal
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from processes import ewstape, running

from ewstape.cassette import Cassette
from ewstape.interaction import Request, Response
from ewstape.redaction import RULES, Redactor
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.sandbox import Sandbox

ENDPOINT = "/EWS/Exchange.asmx"
XML = {"Content-Type": "text/xml; charset=utf-8"}
ANY_PORT = ("--listen", "127.0.0.1:0")


def disconnect(call: str) -> bytes:
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<m:DisconnectPhoneCall xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">'
        f'<m:PhoneCallId Id="{call}"/></m:DisconnectPhoneCall></s:Body></s:Envelope>'
    ).encode()


def echo(request: Request) -> Response:
    """Answers with the id that was asked about, so that a mixed-up answer shows."""
    found = re.search(rb'Id="([^"]*)"', request.body)
    assert found
    return Response(status=200, headers=tuple(XML.items()), body=b"<answer>" + found[1] + b"</answer>")


class Client:
    """One connection that is kept."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def ask(self, call: str) -> bytes:
        self._connection.request("POST", ENDPOINT, body=disconnect(call), headers=XML)
        return self._connection.getresponse().read()

    def close(self) -> None:
        self._connection.close()


def test_a_thousand_interactions_over_32_connections_are_all_there_and_right(tmp_path: Path) -> None:
    """None lost, none mixed up, and the numbers follow the order in which they began."""
    cassette = tmp_path / "tape.yaml"
    with (
        Sandbox(hook=echo) as server,
        running(*ewstape("record", cassette, "--upstream", server.origin, *ANY_PORT)) as proxy,
    ):

        def work(worker: int) -> None:
            client = Client(proxy.url)
            for turn in range(1000 // 32 + (worker < 1000 % 32)):
                call = f"{worker}-{turn}"
                assert client.ask(call) == f"<answer>{call}</answer>".encode()
            client.close()

        with ThreadPoolExecutor(32) as pool:
            list(pool.map(work, range(32)))
        assert proxy.stop() == 0
    recorded = list(Cassette.open(cassette))
    assert len(recorded) == 1000
    calls = []
    for one in recorded:
        call = one.request.fields["phone_call_id"]
        assert one.response is not None
        assert one.response.body == f"<answer>{call}</answer>".encode()
        calls.append(call)
    assert len(set(calls)) == 1000
    by_start = sorted(recorded, key=lambda one: one.number)
    assert [one.number for one in by_start] == list(range(1, 1001))
    assert [one.at for one in by_start] == sorted(one.at for one in recorded)
    for worker in range(32):
        mine = [str(one.request.fields["phone_call_id"]) for one in by_start]
        turns = [int(call.partition("-")[2]) for call in mine if call.startswith(f"{worker}-")]
        assert turns == sorted(turns)


def call_id(worker: int, turn: int) -> str:
    """What looks like the id of a call, and stands for nothing else in a cassette."""
    return base64.b64encode(f"{worker}-{turn}@example.com".encode()).decode()


def echo_call(request: Request) -> Response:
    """Answers with the request, in which only the id is private."""
    return Response(status=200, headers=tuple(XML.items()), body=request.body)


def kill_under_load(
    cassette: Path, origin: str, after: int, *, workers: int = 4, key: Key | None = None
) -> tuple[int, int]:
    """Kills a recorder when its clients have received so many answers; gives how many were written and received.

    With a key it redacts, and what it has written must hold none of the ids that went through it.
    """
    received: list[str] = []
    enough = threading.Event()
    environment = {"EWSTAPE_REDACTION": "true", "EWSTAPE_REDACTION_KEY": key.secret.hex()} if key else {}
    with running(*ewstape("record", cassette, "--upstream", origin, *ANY_PORT), env=environment) as proxy:
        url = proxy.url

        def work(worker: int) -> None:
            client = Client(url)
            try:
                for turn in range(100_000):
                    call = call_id(worker, turn)
                    if client.ask(call) == disconnect(call):
                        received.append(call)
                    if len(received) >= after:
                        enough.set()
            except (OSError, http.client.HTTPException):
                return  # the recorder is gone
            finally:
                client.close()

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(workers)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        proxy.popen.kill()
        for thread in threads:
            thread.join()
    tape = Cassette.open(cassette)
    written = {str(one.request.fields["phone_call_id"]) for one in tape}
    expected = set(map(pseudonyms(key), received)) if key else set(received)
    assert len(expected) == len(received)
    assert expected <= written, f"lost: {sorted(expected - written)}"
    if key:
        raw = cassette.read_text("utf-8", errors="replace")  # a torn end and all
        asked = (call_id(worker, turn) for worker in range(workers) for turn in range(len(received) + 1))
        assert [call for call in asked if call in raw or call in proxy.said] == []
    return len(written), len(received)


def pseudonyms(key: Key) -> Callable[[str], str]:
    """What stands in a cassette for the id of a call."""
    redactor = Redactor(RULES, Pseudonyms(key))

    def pseudonym(call: str) -> str:
        redacted = redactor.request(Request(method="POST", url="http://127.0.0.1" + ENDPOINT, body=disconnect(call)))
        return redacted.body.partition(b' Id="')[2].partition(b'"')[0].decode()

    return pseudonym


KILLS = 200
REDACTION = pytest.mark.parametrize("key", [None, Key.fresh()], ids=["raw", "redacted"])


@REDACTION
@pytest.mark.parametrize("after", [1, 7, 40, 133])
def test_killed_at_any_moment_it_has_what_clients_had(after: int, key: Key | None, tmp_path: Path) -> None:
    with Sandbox(hook=echo_call) as server:
        kill_under_load(tmp_path / "tape.yaml", server.origin, after, key=key)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@REDACTION
def test_killed_at_200_random_moments_it_has_what_clients_had(key: Key | None, tmp_path: Path) -> None:
    """The same at 200 moments of a run, a few hundred interactions wide."""
    import random

    moments = random.Random(2010)
    written = received = torn = 0
    with Sandbox(hook=echo_call) as server:
        for turn in range(KILLS):
            cassette = tmp_path / f"{turn}.yaml"
            counts = kill_under_load(cassette, server.origin, moments.randint(1, 400), workers=8, key=key)
            written, received = written + counts[0], received + counts[1]
            torn += Cassette.open(cassette).torn is not None
            cassette.unlink()
    print(f"{KILLS} kills: {received} answers received, {written} interactions written, {torn} torn tails")


def test_after_a_kill_the_cassette_goes_on(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    with Sandbox(hook=echo_call) as server:
        before, _ = kill_under_load(cassette, server.origin, 5)
        with cassette.open("ab") as file:
            file.write(b"---\noperation: Torn\nrequest:\n")
        with running(*ewstape("record", cassette, "--upstream", server.origin, "--append", *ANY_PORT)) as proxy:
            # The same port is needed for the header's upstream to agree, and the sandbox kept it.
            client = Client(proxy.url)
            assert client.ask("again") == disconnect("again")
            client.close()
            assert proxy.stop() == 0
    recorded = Cassette.open(cassette)
    assert len(recorded) == before + 1
    assert recorded[-1].request.fields["phone_call_id"] == "again"
    assert recorded[-1].number > max(one.number for one in recorded[:-1])
    assert (tmp_path / "tape.yaml.torn").read_bytes() == b"---\noperation: Torn\nrequest:\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_clean_stop(number: int, tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    with (
        Sandbox(hook=echo) as server,
        running(*ewstape("record", cassette, "--upstream", server.origin, *ANY_PORT), forked=False) as proxy,
    ):
        requests.post(proxy.url + ENDPOINT, data=disconnect("x"), headers=XML, timeout=30)
        assert proxy.stop(number) == 0
        assert "recorded 1 interaction" in proxy.said
    assert len(Cassette.open(cassette)) == 1
    assert stat.S_IMODE(cassette.stat().st_mode) == 0o600


def test_an_overwritten_cassette_stays_until_the_clean_stop(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    with Sandbox(hook=echo) as server:
        for call in ("old", "new"):
            with running(*ewstape("record", cassette, "--upstream", server.origin, "--overwrite", *ANY_PORT)) as proxy:
                requests.post(proxy.url + ENDPOINT, data=disconnect(call), headers=XML, timeout=30)
                assert [one.request.fields["phone_call_id"] for one in Cassette.open(cassette)] in (["old"], [])
                assert proxy.stop() == 0
            assert [one.request.fields["phone_call_id"] for one in Cassette.open(cassette)] == [call]


def test_a_full_disk_stops_the_recorder_and_keeps_the_answer_back(tmp_path: Path) -> None:
    """What cannot be written is not released: the client sees a broken connection, the user an error and a status."""
    cassette = tmp_path / "tape.yaml"
    limited = ("sh", "-c", 'ulimit -f 8; exec "$@"', "sh")  # 8 blocks of 512 bytes stand for the disk
    with Sandbox(hook=echo) as server:
        command = ewstape("record", cassette, "--upstream", server.origin, *ANY_PORT)
        with running(*limited, *command, env={"PYTHONDONTWRITEBYTECODE": "1"}) as proxy:
            url, answered = proxy.url, 0

            def until_it_breaks() -> None:
                nonlocal answered
                for turn in range(100):
                    body = disconnect(str(turn))
                    requests.post(url + ENDPOINT, data=body, headers=XML, timeout=30).raise_for_status()
                    answered = turn + 1

            with pytest.raises(requests.ConnectionError):
                until_it_breaks()
            assert proxy.popen.wait(timeout=60) == 3
            proxy.stop()
            assert "cannot be written" in proxy.said
            assert "Traceback" not in proxy.said
    recorded = Cassette.open(cassette)
    assert recorded.torn is None
    assert len(recorded) == answered


def test_the_log_can_be_json_and_is_escaped(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    evil = "\u202eevil&#10;line"
    with Sandbox(hook=echo) as server:
        command = ewstape("record", cassette, "--upstream", server.origin, "--log-format", "json", *ANY_PORT)
        with running(*command) as proxy:
            requests.post(proxy.url + ENDPOINT, data=disconnect(evil), headers=XML, timeout=30)
            line = proxy.wait_for("DisconnectPhoneCall")
    assert json.loads(line)["operation"] == "DisconnectPhoneCall"
    assert "\u202e" not in line


def test_a_streamed_answer_arrives_as_it_is_sent(tmp_path: Path) -> None:
    """The server holds its second part back until the client has the first: buffering would never end."""
    import socketserver

    go_on = threading.Event()
    envelope = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:GetStreamingEventsResponse '
        b'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"/></s:Body></s:Envelope>'
    )

    class Streaming(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            while (line := self.rfile.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            self.rfile.read(length)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
            for wait in (False, True):
                assert not wait or go_on.wait(60)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(envelope), envelope))
            self.wfile.write(b"0\r\n\r\n")

    ask = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:GetStreamingEvents '
        b'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"/></s:Body></s:Envelope>'
    )
    cassette = tmp_path / "tape.yaml"
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Streaming) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        upstream = f"http://127.0.0.1:{server.server_address[1]}"
        with running(*ewstape("record", cassette, "--upstream", upstream, *ANY_PORT)) as proxy:
            with requests.post(proxy.url + ENDPOINT, data=ask, headers=XML, stream=True, timeout=60) as answer:
                pieces = answer.iter_content(len(envelope))
                assert next(pieces) == envelope
                go_on.set()
                assert b"".join(pieces) == envelope
            assert len(Cassette.open(cassette)) == 1  # written before the end of the stream was released
            assert proxy.stop() == 0
        server.shutdown()
    [recorded] = Cassette.open(cassette)
    assert recorded.response is not None
    assert recorded.response.body == envelope * 2
    assert [chunk.size for chunk in recorded.response.chunks] == [len(envelope)] * 2
