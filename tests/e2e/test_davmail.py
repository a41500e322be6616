"""DavMail records and replays: a client that asks for the same properties in another order each time it is started."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from davmail import JAR, davmail, imap_session
from processes import Authority, ewstape, lacking, running

from ewstape.cassette import Cassette
from ewstape.sandbox import Sandbox

ENDPOINT = "/EWS/Exchange.asmx"
RUNS = 3


@pytest.fixture
def gateway(need: Callable[[str], str], tmp_path: Path) -> Callable[..., list[str]]:
    """Starts DavMail, has an IMAP session with it, and gives what the session saw."""
    java = need("java")
    if not JAR.is_file():
        lacking("DavMail is not installed (Debian: apt-get install davmail-server)")
    folders: Iterator[Path] = (tmp_path / f"davmail {number}" for number in range(10))

    def run(url: str, **options: Any) -> list[str]:
        with davmail(java, next(folders), url, **options) as port:
            return imap_session(port)

    return run


@pytest.mark.parametrize(("auth", "runs"), [("none", 1), ("basic", RUNS), ("ntlm", 1)])
def test_reverse_over_http(auth: Any, runs: int, tmp_path: Path, gateway: Callable[..., list[str]]) -> None:
    cassette = tmp_path / "tape.yaml"
    with (
        Sandbox(auth=auth) as server,
        running(*ewstape("record", cassette, "--upstream", server.origin, "--listen", "127.0.0.1:0")) as recorder,
    ):
        live = gateway(recorder.url + ENDPOINT)
    assert "Minutes & next steps" in live[3]
    assert "Please call me back." in live[4]
    with running(*ewstape("replay", cassette, "--listen", "127.0.0.1:0")) as tape:
        for _ in range(runs):
            assert gateway(tape.url + ENDPOINT) == live
        assert tape.stop() == 0, tape.said


def test_forward_over_https(
    tmp_path: Path, gateway: Callable[..., list[str]], authority: Authority, proxy_ca: Path
) -> None:
    cassette = tmp_path / "tape.yaml"
    proxy = ("--forward", "--listen", "127.0.0.1:0", "--ca-dir", proxy_ca)
    ca = proxy_ca / "mitmproxy-ca-cert.pem"
    with Sandbox(auth="basic", tls=(authority.cert, authority.key)) as server:
        with running(
            *ewstape("record", cassette, *proxy, "--host", "127.0.0.1", "--upstream-ca", authority.ca)
        ) as recorder:
            recorder.wait_for("listening on")
            live = gateway(server.origin + ENDPOINT, proxy=recorder.url, ca=ca)
        url = server.origin + ENDPOINT
    assert len(Cassette.open(cassette)) > 0
    with running(*ewstape("replay", cassette, *proxy)) as tape:
        for _ in range(RUNS):
            assert gateway(url, proxy=tape.url, ca=ca) == live
        assert tape.stop() == 0, tape.said
