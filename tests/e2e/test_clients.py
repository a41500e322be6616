"""Every real client records, then replays without the server: Basic and NTLM, reverse and forward, several times."""

from collections.abc import Callable
from pathlib import Path

import pytest
from processes import Authority, ewstape, running

from ewstape.cassette import Cassette

ENDPOINT = "/EWS/Exchange.asmx"
CLIENTS = ("exchangelib", "zeep", "curl", "requests_ntlm")
LOGONS = [
    (client, auth) for client in CLIENTS for auth in ("basic", "ntlm") if (client, auth) != ("requests_ntlm", "basic")
]
RUNS = 3


def check_recorded(cassette: Path, auth: str) -> None:
    """One interaction per operation, in order, the logon folded into each and nothing of it written."""
    recorded = Cassette.open(cassette)
    operations = [
        one.operation.name for one in recorded if "PhoneCall" in one.operation.name or "OnPhone" in one.operation.name
    ]
    polls = ["GetPhoneCallInformation"] * 3
    assert operations == ["PlayOnPhone", *polls, "DisconnectPhoneCall", "GetPhoneCallInformation"]
    assert {one.auth.lower() for one in recorded} == {auth}
    assert {one.response.status for one in recorded if one.response} == {200}
    text = cassette.read_text("utf-8")
    assert "TlRMTVNTUA" not in text
    assert "Basic " not in text


@pytest.mark.parametrize(("client", "auth"), LOGONS)
def test_reverse_over_http(client: str, auth: str, tmp_path: Path, play: Callable[..., list[str]]) -> None:
    cassette = tmp_path / "tape.yaml"
    with (
        running(*ewstape("sandbox", "--auth", auth, "--listen", "127.0.0.1:0")) as server,
        running(*ewstape("record", cassette, "--upstream", server.url, "--listen", "127.0.0.1:0")) as recorder,
    ):
        live = play(client, recorder.url + ENDPOINT, auth=auth)
        assert recorder.stop() == 0
    check_recorded(cassette, auth)
    with running(*ewstape("replay", cassette, "--listen", "127.0.0.1:0")) as tape:
        for _ in range(RUNS):
            assert play(client, tape.url + ENDPOINT, auth=auth) == live
        assert tape.stop() == 0, tape.said


@pytest.mark.parametrize(("client", "auth"), LOGONS)
def test_forward_over_https(  # noqa: PLR0913, PLR0917  two parameters and what fixtures bring
    client: str, auth: str, tmp_path: Path, play: Callable[..., list[str]], authority: Authority, proxy_ca: Path
) -> None:
    cassette = tmp_path / "tape.yaml"
    ca = proxy_ca / "mitmproxy-ca-cert.pem"
    tls = ("--tls-cert", authority.cert, "--tls-key", authority.key)
    proxy = ("--forward", "--listen", "127.0.0.1:0", "--ca-dir", proxy_ca)
    with running(*ewstape("sandbox", "--auth", auth, "--listen", "127.0.0.1:0", *tls)) as server:
        with running(
            *ewstape("record", cassette, *proxy, "--host", "127.0.0.1", "--upstream-ca", authority.ca)
        ) as recorder:
            live = play(client, server.url + ENDPOINT, auth=auth, proxy=recorder.url, ca=ca)
            assert recorder.stop() == 0
        url = server.url + ENDPOINT
    check_recorded(cassette, auth)
    with running(*ewstape("replay", cassette, *proxy)) as tape:
        for _ in range(RUNS):
            assert play(client, url, auth=auth, proxy=tape.url, ca=ca) == live
        assert tape.stop() == 0, tape.said
