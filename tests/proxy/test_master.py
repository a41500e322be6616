"""Our own mitmproxy as a process: where it listens, and how it ends."""

import signal
import socket

import pytest
from processes import ROOT, ewstape, running

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
