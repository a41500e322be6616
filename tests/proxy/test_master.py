"""Our own mitmproxy as a process: where it listens, and how it ends."""

import asyncio
import signal
import socket
from pathlib import Path

import pytest
from mitmproxy import exceptions, hooks
from processes import ROOT, ewstape, running

from ewstape.config import Config
from ewstape.errors import ConfigError
from ewstape.proxy.master import Listen, Upstream, make_master, serve

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
    with running(*ewstape("replay", SAMPLE, "--forward", "--listen", "127.0.0.1:0"), forked=False) as proxy:
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


class Addon:
    """Notes that it is told; has others with it, if any are given."""

    def __init__(self, name: str, told: list[str], *addons: object, halts: bool = False) -> None:
        self.name, self.told, self.addons, self.halts = name, told, addons, halts

    async def running(self) -> None:
        self.told.append(self.name)
        if self.halts:
            raise exceptions.AddonHalt


def test_addons_are_told_in_their_order_whenever_they_came() -> None:
    told: list[str] = []

    async def main() -> None:
        runner = make_master(object(), Addon("first", told, Addon("within", told)))
        try:
            event = hooks.RunningHook()
            runner.options.update(server=False)
            await runner.addons.trigger_event(event)
            last = Addon("last", told)
            runner.addons.add(last)
            runner.addons.chain.insert(0, runner.addons.register(Addon("new", told)))
            await runner.addons.trigger_event(event)
            runner.addons.remove(last)
            runner.addons.add(Addon("halts", told, halts=True), Addon("unheard", told))
            await runner.addons.trigger_event(event)
        finally:
            await runner.done()

    asyncio.run(main())
    assert told == ["first", "within", "new", "first", "within", "last", "new", "first", "within", "halts"]


@pytest.mark.parametrize(
    ("file", "reason"), [("", "File exists"), ("mitmproxy-ca.pem", "holds no CA of mitmproxy that can be read")]
)
def test_a_ca_that_cannot_be_opened_is_refused_before_anything_listens(tmp_path: Path, file: str, reason: str) -> None:
    folder = tmp_path / "ca"
    if file:
        folder.mkdir()
    (folder / file).write_text("no certificate")
    listened: list[str] = []
    with pytest.raises(ConfigError, match=rf"^{folder}: {reason}; name another folder .* --ca-dir"):
        serve(Config(cassette=str(SAMPLE)), Listen(port=0), Upstream(ca_folder=folder), ready=listened.append)
    assert not listened
