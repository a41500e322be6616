"""Our own mitmproxy as a process: where it listens, and how it ends."""

import signal
import socket
from pathlib import Path

import pytest
from processes import ROOT, ewstape, running

from ewstape.proxy.master import Listen, Upstream

SAMPLE = ROOT / "cassettes" / "play-on-phone.yaml"


def test_an_address_in_use_is_a_mistake_of_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with running(*ewstape("replay", SAMPLE, "--forward", "--listen", address)) as proxy:
            assert proxy.popen.wait(timeout=30) == 2
            proxy.stop()
            assert f"cannot listen on {address}" in proxy.said
            assert "--listen" in proxy.said
            assert "Traceback" not in proxy.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_once_after_the_start_is_heard(number: signal.Signals) -> None:
    """The loop may be just about to fall asleep."""
    with running(*ewstape("replay", SAMPLE, "--forward", "--listen", "127.0.0.1:0")) as proxy:
        assert proxy.url
        assert proxy.stop(number) == 0
        assert "replayed 0 of 6 interactions" in proxy.said


def test_it_listens_on_ipv6() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6")
    with running(*ewstape("replay", SAMPLE, "--forward", "--listen", "[::1]:0")) as proxy:
        assert proxy.url.startswith("http://[::1]:")


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80")])
def test_an_address_is_shown_as_urls_have_it(host: str, shown: str) -> None:
    assert str(Listen(host, 80)) == shown


def test_options_say_what_is_behind(tmp_path: Path) -> None:
    upstream = Upstream(url="https://mail.example.com", ca_file=tmp_path / "ca.pem", ca_folder=tmp_path)
    assert upstream.options(Listen(port=80)) == {
        "mode": ["reverse:https://mail.example.com@127.0.0.1:80"],
        "ssl_insecure": False,
        "ssl_verify_upstream_trusted_ca": str(tmp_path / "ca.pem"),
        "confdir": str(tmp_path),
    }
    assert Upstream().options(Listen("::1", 80)) == {"mode": ["regular@::1:80"], "ssl_insecure": False}
