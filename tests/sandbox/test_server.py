import http.client
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Never

import pytest
import requests
import trustme

from ewstape.errors import ConfigError
from ewstape.sandbox import Sandbox
from ewstape.sandbox.mailbox import Mailbox

XML = {"Content-Type": "text/xml; charset=utf-8"}
POLL = '<m:GetPhoneCallInformation><m:PhoneCallId Id="x"/></m:GetPhoneCallInformation>'
SUBSCRIBE = "<m:Subscribe><m:StreamingSubscriptionRequest/></m:Subscribe>"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path


def test_it_listens_on_loopback_only_and_says_where(start: Callable[..., Any]) -> None:
    sandbox = start()
    assert sandbox.url == f"{sandbox.origin}/EWS/Exchange.asmx"
    assert sandbox.legacy_url == f"{sandbox.origin}/EWS/UM2007Legacy.asmx"
    assert sandbox.origin.startswith("http://127.0.0.1:")


def test_it_serves_https(start: Callable[..., Any], envelope: Callable[..., Any], certificate: Path) -> None:
    sandbox = start(tls=(certificate / "server.pem", certificate / "server.pem"))
    with requests.post(
        sandbox.url, envelope(POLL), headers=XML, verify=str(certificate / "ca.pem"), timeout=30
    ) as answer:
        assert (sandbox.origin[:8], answer.status_code) == ("https://", 200)


def test_a_client_without_tls_harms_nobody(
    start: Callable[..., Any], envelope: Callable[..., Any], certificate: Path
) -> None:
    sandbox = start(tls=(certificate / "server.pem", certificate / "server.pem"))
    with pytest.raises(requests.ConnectionError):
        requests.post(sandbox.url.replace("https", "http"), envelope(POLL), timeout=30)
    with requests.post(
        sandbox.url, envelope(POLL), headers=XML, verify=str(certificate / "ca.pem"), timeout=30
    ) as answer:
        assert answer.status_code == 200


def test_a_user_who_is_not_let_in_gets_a_final_401(start: Callable[..., Any], envelope: Callable[..., Any]) -> None:
    url = start(auth="basic", user="alex").url
    statuses = []
    for user in ("alex", "robin"):
        with requests.post(url, envelope(POLL), headers=XML, auth=(user, "any"), timeout=30) as answer:
            statuses.append(answer.status_code)
    assert statuses == [200, 401]


def test_the_same_requests_get_the_same_bytes_from_equal_seeds(
    start: Callable[..., Any], connect: Callable[..., Any], envelope: Callable[..., Any], mailbox: Mailbox
) -> None:
    play = f'<m:PlayOnPhone><m:ItemId Id="{mailbox.newest.id}"/><m:DialString>4711</m:DialString></m:PlayOnPhone>'

    def everything(seed: int) -> list[tuple[int, Any, bytes]]:
        connection = connect(start(seed=seed))
        got = []
        for payload in (play, POLL, SUBSCRIBE, "<m:Nope/>", play):
            connection.request("POST", "/EWS/Exchange.asmx", envelope(payload), {**XML, "Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            got.append((answer.status, answer.getheaders(), answer.read()))
        return got

    assert everything(0) == everything(0)
    assert everything(0) != everything(1)


def test_many_clients_at_once_have_calls_of_their_own(
    start: Callable[..., Any], connect: Callable[..., Any], envelope: Callable[..., Any], mailbox: Mailbox
) -> None:
    sandbox = start()
    together = threading.Barrier(16)
    ids = {}

    def play(number: int, connection: Any) -> None:
        dial = f"<m:ItemId Id='{mailbox.newest.id}'/><m:DialString>+1 555 01{number}</m:DialString>"
        together.wait()
        connection.request("POST", "/EWS/Exchange.asmx", envelope(f"<m:PlayOnPhone>{dial}</m:PlayOnPhone>"), XML)
        ids[number] = connection.getresponse().read().partition(b'<PhoneCallId Id="')[2].partition(b'"')[0]

    threads = [threading.Thread(target=play, args=(number, connect(sandbox))) for number in range(10, 26)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids.values()) - {b""}) == 16


def test_closing_ends_open_connections_and_leaves_no_thread(
    connect: Callable[..., Any], envelope: Callable[..., Any]
) -> None:
    before = threading.active_count()
    with Sandbox() as sandbox:
        connection = connect(sandbox)
        connection.request("POST", "/EWS/Exchange.asmx", envelope(POLL), XML)
        connection.getresponse().read()
    assert threading.active_count() == before
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        connection.request("POST", "/EWS/Exchange.asmx", envelope(POLL), XML)
    sandbox.close()


def test_closing_ends_open_connections_under_tls_too(certificate: Path, envelope: Callable[..., Any]) -> None:
    before = threading.active_count()
    with requests.Session() as session, Sandbox(tls=(certificate / "server.pem",) * 2) as sandbox:
        ca = str(certificate / "ca.pem")
        assert session.post(sandbox.url, envelope(POLL), headers=XML, verify=ca, timeout=30).status_code == 200
        sandbox.close()
        assert threading.active_count() == before


def test_a_hook_that_waits_makes_the_answer_late(
    start: Callable[..., Any], connect: Callable[..., Any], envelope: Callable[..., Any]
) -> None:
    release, asked = threading.Event(), threading.Event()

    def wait(_: Any) -> None:
        asked.set()
        release.wait(30)

    connection = connect(start(hook=wait))
    connection.request("POST", "/EWS/Exchange.asmx", envelope(POLL), XML)
    assert asked.wait(30)
    release.set()
    assert connection.getresponse().status == 200


def test_a_hook_can_drop_the_connection(
    start: Callable[..., Any], connect: Callable[..., Any], envelope: Callable[..., Any]
) -> None:
    def drop(_: Any) -> Never:
        raise ConnectionAbortedError

    connection = connect(start(hook=drop))
    connection.request("POST", "/EWS/Exchange.asmx", envelope(POLL), XML)
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()


def test_it_serves_until_it_is_told_to_stop(envelope: Callable[..., Any]) -> None:
    sandbox = Sandbox()
    thread = threading.Thread(target=sandbox.serve_forever)
    thread.start()
    with requests.post(sandbox.url, envelope(POLL), headers=XML, timeout=30) as answer:
        assert answer.status_code == 200
    sandbox.stop()
    thread.join(30)
    assert not thread.is_alive()


def test_a_sandbox_that_was_never_started_can_be_closed() -> None:
    Sandbox().close()


def test_a_port_that_is_taken_is_an_error_with_a_way_out(start: Callable[..., Any]) -> None:
    port = int(start().origin.rpartition(":")[2])
    with pytest.raises(ConfigError, match=rf"cannot listen on 127.0.0.1:{port}: .*; choose another port"):
        Sandbox(port=port)


def test_a_port_that_is_none_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"cannot listen on 127\.0\.0\.1:70000"):
        Sandbox(port=70000)


def test_a_certificate_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "junk.pem").write_text("junk")
    for path in (tmp_path / "missing.pem", tmp_path / "junk.pem"):
        with pytest.raises(ConfigError, match="cannot load the certificate"):
            Sandbox(tls=(path, path))


def test_https_trusts_nobody_by_itself(start: Callable[..., Any], certificate: Path) -> None:
    sandbox = start(tls=(certificate / "server.pem", certificate / "server.pem"))
    connection = http.client.HTTPSConnection(
        sandbox.origin.removeprefix("https://"), context=ssl.create_default_context()
    )
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.connect()
    connection.close()
