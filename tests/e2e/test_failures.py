"""What goes wrong on the way is recorded as what it was, and the client never suffers from what we cannot decode."""

import gzip
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from processes import ewstape, running

from ewstape.cassette import Cassette
from ewstape.interaction import Interaction, Request, Response
from ewstape.sandbox import Sandbox

ENDPOINT = "/EWS/Exchange.asmx"
XML = {"Content-Type": "text/xml; charset=utf-8"}
SAMPLES = Path(__file__).parents[1] / "wire_samples"
POLL = (SAMPLES / "get-phone-call-information-connected.request.xml").read_bytes()
SEED = (SAMPLES / "seed-disconnect-phone-call.request.xml").read_bytes()


def only(cassette: Path) -> Interaction:
    [interaction] = Cassette.open(cassette)
    return interaction


ODD_BODIES = {
    "not xml": b"hello",
    "truncated": SEED[: len(SEED) // 2],
    "DTD bomb": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><x>&b;</x>',
    "1 MB attribute": b'<x a="' + b"a" * 1_000_000 + b'"/>',
    "300 deep": b"<x>" * 300 + b"</x>" * 300,
    "invalid UTF-8": b"<?xml version='1.0' encoding='utf-8'?><x>\xff\xfe</x>",
    "every byte": bytes(range(256)),
    "a NUL reference": SEED.replace(b"OWVl4NWb3N29t", b"&#0;"),
}


@dataclass(frozen=True)
class Passed:
    """What became of the odd bodies, by name."""

    answered: dict[str, tuple[int, bytes]]
    recorded: dict[str, Interaction]
    replayed: dict[str, tuple[int, bytes]]
    said: str
    """What the recorder logged."""


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Passed:
    """All of them through one recorder, to a server that sends them back, and then from the tape."""
    cassette = tmp_path_factory.mktemp("odd") / "tape.yaml"

    def echo(request: Request) -> Response:
        return Response(status=200, headers=(("Content-Type", "text/xml"),), body=request.body)

    def send(url: str) -> dict[str, tuple[int, bytes]]:
        answers = {
            name: requests.post(url + ENDPOINT, data=body, headers=XML, timeout=30) for name, body in ODD_BODIES.items()
        }
        return {name: (answer.status_code, answer.content) for name, answer in answers.items()}

    with (
        Sandbox(hook=echo) as server,
        running(*ewstape("record", cassette, "--upstream", server.origin, "--listen", "127.0.0.1:0")) as proxy,
    ):
        answered = send(proxy.url)
        assert proxy.stop() == 0
    recorded = dict(zip(ODD_BODIES, Cassette.open(cassette), strict=True))
    with running(*ewstape("replay", cassette, "--listen", "127.0.0.1:0")) as tape:
        return Passed(answered, recorded, send(tape.url), proxy.said)


@pytest.mark.xdist_group("odd bodies")
@pytest.mark.parametrize("name", ODD_BODIES)
def test_a_body_that_cannot_be_decoded_passes_and_is_kept_byte_for_byte(name: str, passed: Passed) -> None:
    """Both ways: the odd body is request and answer at once."""
    body = ODD_BODIES[name]
    assert passed.answered[name] == (200, body)
    recorded = passed.recorded[name]
    assert recorded.request.body == body
    assert recorded.response is not None
    assert recorded.response.body == body
    assert any("not decoded" in note for note in recorded.request.notes)
    assert passed.replayed[name] == (200, body)
    assert "Traceback" not in passed.said


def test_a_server_that_is_not_there_is_recorded(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    with socket.socket() as closed:  # bound and never listening: connections are refused
        closed.bind(("127.0.0.1", 0))
        upstream = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with running(*ewstape("record", cassette, "--upstream", upstream, "--listen", "127.0.0.1:0")) as proxy:
            assert requests.post(proxy.url + ENDPOINT, data=SEED, headers=XML, timeout=30).status_code == 502
    recorded = only(cassette)
    assert recorded.operation.name == "DisconnectPhoneCall"
    assert recorded.response is None
    assert "refused" in recorded.error.lower() or "connect" in recorded.error.lower()


def test_an_answer_that_breaks_off_is_recorded(tmp_path: Path) -> None:
    """The server promises more than it sends and hangs up."""
    cassette = tmp_path / "tape.yaml"
    with socket.create_server(("127.0.0.1", 0)) as server:
        upstream = f"http://127.0.0.1:{server.getsockname()[1]}"
        with running(*ewstape("record", cassette, "--upstream", upstream, "--listen", "127.0.0.1:0")) as proxy:
            where = urlsplit(proxy.url)
            with socket.create_connection((where.hostname, where.port), timeout=30) as client:
                client.sendall(
                    b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                    % (ENDPOINT.encode(), len(SEED), SEED)
                )
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(30)
                    connection.recv(65536)
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<half"
                    )
                assert client.recv(65536).startswith(b"HTTP/1.1 502")
    recorded = only(cassette)
    assert recorded.error
    assert recorded.response is not None
    assert recorded.response.status == 200


def test_a_client_that_goes_away_is_recorded(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    with socket.create_server(("127.0.0.1", 0)) as server:
        upstream = f"http://127.0.0.1:{server.getsockname()[1]}"
        with running(*ewstape("record", cassette, "--upstream", upstream, "--listen", "127.0.0.1:0")) as proxy:
            where = urlsplit(proxy.url)
            with socket.create_connection((where.hostname, where.port), timeout=30) as client:
                client.sendall(
                    b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                    % (ENDPOINT.encode(), len(SEED), SEED)
                )
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(30)
                    connection.recv(65536)
                    client.close()
                    proxy.wait_for("DisconnectPhoneCall")
    recorded = only(cassette)
    assert recorded.response is None
    assert "disconnect" in recorded.error.lower()


def test_server_errors_are_answers(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"

    def busy(_: Request) -> Response:
        return Response(status=503, headers=(("Content-Type", "text/plain"),), body=b"Service Unavailable")

    with (
        Sandbox(hook=busy) as server,
        running(*ewstape("record", cassette, "--upstream", server.origin, "--listen", "127.0.0.1:0")) as proxy,
    ):
        assert requests.post(proxy.url + ENDPOINT, data=SEED, headers=XML, timeout=30).status_code == 503
    recorded = only(cassette)
    assert recorded.response is not None
    assert (recorded.response.status, recorded.response.body) == (503, b"Service Unavailable")


def test_a_wrong_content_encoding_is_kept_as_it_came(tmp_path: Path) -> None:
    """An answer that says gzip and is not: the client gets what the server sent, and the cassette has it too."""
    cassette = tmp_path / "tape.yaml"

    def lie(_: Request) -> Response:
        return Response(
            status=200, headers=(("Content-Type", "text/xml"), ("Content-Encoding", "gzip")), body=b"not gzip"
        )

    with (
        Sandbox(hook=lie) as server,
        running(*ewstape("record", cassette, "--upstream", server.origin, "--listen", "127.0.0.1:0")) as proxy,
    ):
        answer = requests.post(proxy.url + ENDPOINT, data=SEED, headers=XML, timeout=30, stream=True)
        assert answer.raw.read(decode_content=False) == b"not gzip"
        answer.close()
    recorded = only(cassette)
    assert recorded.response is not None
    assert (recorded.response.body, recorded.response.coding) == (b"not gzip", "")
    assert ("Content-Encoding", "gzip") in recorded.response.headers


def test_gzip_is_taken_off_in_the_cassette_and_put_on_again_for_who_takes_it(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    body = b"<answer>" + b"x" * 5000 + b"</answer>"

    def zipped(_: Request) -> Response:
        return Response(
            status=200, headers=(("Content-Type", "text/xml"), ("Content-Encoding", "gzip")), body=gzip.compress(body)
        )

    with (
        Sandbox(hook=zipped) as server,
        running(*ewstape("record", cassette, "--upstream", server.origin, "--listen", "127.0.0.1:0")) as proxy,
    ):
        assert requests.post(proxy.url + ENDPOINT, data=POLL, headers=XML, timeout=30).content == body
    recorded = only(cassette)
    assert recorded.response is not None
    assert (recorded.response.body, recorded.response.coding) == (body, "gzip")
    with running(*ewstape("replay", cassette, "--listen", "127.0.0.1:0")) as tape:
        for accepted, coding in (("gzip", "gzip"), ("identity", None)):
            again = requests.post(
                tape.url + ENDPOINT, data=POLL, headers={**XML, "Accept-Encoding": accepted}, timeout=30
            )
            assert (again.content, again.headers.get("Content-Encoding")) == (body, coding)


def test_other_traffic_passes_unrecorded_and_unlogged(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"

    def anything(_: Request) -> Response:
        return Response(status=200, body=b"owa")

    with (
        Sandbox(hook=anything) as server,
        running(*ewstape("record", cassette, "--upstream", server.origin, "--listen", "127.0.0.1:0")) as proxy,
    ):
        assert requests.get(proxy.url + "/owa/secret-page", timeout=30).content == b"owa"
        assert proxy.stop() == 0
        assert "secret-page" not in proxy.said
    assert len(Cassette.open(cassette)) == 0
