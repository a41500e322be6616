"""What the tripwire tests share: a server that must never be reached, and programs that tell whenever they try."""

import os
import re
import select
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from processes import PATIENCE, ROOT, Process, running

WIRED = Path(__file__).with_name("wired.py")
SCRIPT = ROOT / "addons" / "ews_tape.py"
type Address = tuple[str, int]


class Tripwire:
    """A server, TCP and UDP, at the end of every way out. The kernel accepts for it, so no connection is overlooked."""

    def __init__(self) -> None:
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.address: Address = self.tcp.getsockname()
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(self.address)
        self.tcp.setblocking(False)
        self.udp.setblocking(False)
        self._touched = 0

    def __str__(self) -> str:
        return "{}:{}".format(*self.address)

    @property
    def touched(self) -> int:
        """Connections and datagrams so far."""
        with suppress(BlockingIOError):
            while True:
                self.tcp.accept()[0].close()
                self._touched += 1
        with suppress(BlockingIOError):
            while True:
                self.udp.recv(1)
                self._touched += 1
        return self._touched


@dataclass
class Wired:
    """A program that runs with every way to the network wired."""

    process: Process
    _alarm: int
    """The reading end of the pipe that it tells its attempts through."""
    _told: bytes = b""

    @property
    def attempts(self) -> list[str]:
        """What it tried so far."""
        with suppress(BlockingIOError):  # nothing more, so far
            while True:
                self._told += os.read(self._alarm, 65536)
        return self._told.decode().splitlines()

    def wait_for(self, *attempts: str) -> None:
        """Returns when each of these was tried; fails when that takes too long."""
        while not all(any(wanted in line for line in self.attempts) for wanted in attempts):
            ready, _, _ = select.select([self._alarm], [], [], PATIENCE)
            assert ready, self.attempts

    @property
    def at(self) -> Address:
        """Where our own command listens."""
        url = urlsplit(self.process.url)
        assert url.hostname
        assert url.port
        return url.hostname, url.port

    def listening(self, mode: str) -> Address:
        """Where mitmdump listens in a mode, by the words that it logs."""
        line = self.process.wait_for(f"{mode} listening at 127.0.0.1:")
        return "127.0.0.1", int(line.rpartition(":")[2].rstrip("."))


type Wire = Callable[..., AbstractContextManager[Wired]]


@pytest.fixture(scope="session")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Wire:
    """Starts a program, as `module:function` and its arguments; see `running` for `forked`."""

    @contextmanager
    def start(program: str, *arguments: object, forked: bool = True) -> Iterator[Wired]:
        folder = tmp_path_factory.mktemp("wired")
        alarm = folder / "alarm"
        os.mkfifo(alarm)
        listening = os.open(alarm, os.O_RDWR | os.O_NONBLOCK)  # to write as well, so that it has no end
        command = (sys.executable, str(WIRED), str(alarm), program, *map(str, arguments))
        # The package of this checkout, whatever is installed: the programs run in a folder of their own.
        try:
            with running(*command, cwd=folder, env={"PYTHONPATH": str(ROOT / "addons")}, forked=forked) as process:
                yield Wired(process, listening)
        finally:
            os.close(listening)

    return start


@pytest.fixture(scope="session")
def ewstape(wired: Wire) -> Wire:
    """Starts our own command on a free port."""
    return lambda *arguments, **how: wired("ewstape.cli:main", *arguments, "--listen", "127.0.0.1:0", **how)


@pytest.fixture(scope="session")
def mitmdump(wired: Wire, proxy_ca: Path) -> Wire:
    """Starts mitmdump with the script, replaying unless told otherwise."""

    def start(
        *arguments: object, script: Path = SCRIPT, forked: bool = True, **settings: object
    ) -> AbstractContextManager[Wired]:
        sets = [word for name, value in settings.items() for word in ("--set", f"ewstape_{name}={value}")]
        command = ("-s", script, "--set", f"confdir={proxy_ca}", *sets, *arguments)
        return wired("mitmproxy.tools.main:mitmdump", *command, forked=forked)

    return start


@pytest.fixture(scope="session")
def proxy_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for mitmproxy's own CA, so that the user's is left alone."""
    return tmp_path_factory.mktemp("mitmproxy")


@pytest.fixture(scope="module")
def tripwire() -> Iterator[Tripwire]:
    wire = Tripwire()
    yield wire
    wire.tcp.close()
    wire.udp.close()


@pytest.fixture(scope="session")
def cassette() -> Path:
    """A call with one write that can be used up."""
    return ROOT / "cassettes" / "play-on-phone.yaml"


def _talk(at: Address, *sends: bytes) -> bytes:
    received = before = b""
    with socket.create_connection(at, timeout=20) as client, suppress(ConnectionError):
        for number, data in enumerate(sends):
            if number:
                before = received = received + client.recv(65536)
            client.sendall(data)
        while not _whole(received[len(before) :]) and (piece := client.recv(65536)):
            received += piece
    return received


def _whole(answer: bytes) -> bool:
    """Whether an HTTP answer has all of its body, as far as it says how long that is."""
    head, found, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: (\d+)", head, re.MULTILINE)
    return bool(found and length and len(body) >= int(length[1]))


@pytest.fixture(scope="session")
def talk() -> Callable[..., bytes]:
    """Says what it is told to; gives what comes back until that is a whole answer or the other side closes.

    Each part but the first is sent when something came back for the one before.
    """
    return _talk


@pytest.fixture(scope="session")
def modes() -> Callable[..., list[str]]:
    """Arguments for mitmdump to run these modes at once, each on a free port of its own."""

    def listen(*specs: str) -> list[str]:
        with ExitStack() as held:
            probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in specs]
            ports = [probe.getsockname()[1] for probe in probes]
        pairs = zip(specs, ports, strict=True)
        return [word for spec, port in pairs for word in ("--mode", f"{spec}@127.0.0.1:{port}")]

    return listen


def _ask(at: Address, data: bytes, *, answered: bool = True) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(20)
        client.connect(at)
        client.send(data)
        return client.recv(65536) if answered else b""


@pytest.fixture(scope="session")
def ask() -> Callable[..., bytes]:
    """Sends a datagram; gives the one that comes back, if one is to."""
    return _ask
