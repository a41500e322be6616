"""What recording costs: requests through mitmdump that only passes them on, and through ours that records them.

    python tests/benchmarks/recording.py [--rounds 5] [--seconds 3] [--connections 1 8]

The load is wrk posting the DisconnectPhoneCall request of MS-OXWUMS 4.2 (646 bytes) over kept connections; the upstream
is a fixed answer (1,087 bytes) from a bare asyncio server. CPU is user and system time of the proxy's process per
answered request, which is steadier than requests per second.
"""

import argparse
import asyncio
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "wire_samples"
REQUEST = SAMPLES / "seed-disconnect-phone-call.request.xml"
RESPONSE = SAMPLES / "seed-disconnect-phone-call.response.xml"
MITMDUMP = (sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()", "-q")
TICKS = os.sysconf("SC_CLK_TCK")


class Upstream(asyncio.Protocol):
    """Answers every request with the same bytes."""

    body = RESPONSE.read_bytes()
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.seen = transport, b""

    def data_received(self, data: bytes) -> None:
        self.seen += data
        head, blank, rest = self.seen.partition(b"\r\n\r\n")
        if not blank:
            return
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        if len(rest) >= int(length[1] if length else 0):
            self.seen = b""
            self.transport.write(self.answer)


def serve_upstream(ready: "list[int]", listening: threading.Event) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])
        listening.set()
        await server.serve_forever()

    asyncio.run(main())


@dataclass
class Contender:
    name: str
    command: tuple[str, ...]
    port: int
    pid: int = 0
    rates: dict[int, list[float]] = field(default_factory=dict)
    costs: dict[int, list[float]] = field(default_factory=dict)

    def cpu(self) -> float:
        """Seconds of CPU that its process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def measure(self, connections: int, seconds: int, script: Path) -> None:
        before = self.cpu()
        load = ("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script))
        said = subprocess.run(
            (*load, f"http://127.0.0.1:{self.port}/EWS/Exchange.asmx"), capture_output=True, text=True, check=True
        ).stdout
        if re.search(r"Non-2xx|Socket errors", said):
            sys.exit(f"{self.name}: {said}")
        answered = re.search(r"(\d+) requests in ([\d.]+)s", said)
        assert answered
        requests, took = int(answered[1]), float(answered[2])
        self.rates.setdefault(connections, []).append(requests / took)
        self.costs.setdefault(connections, []).append((self.cpu() - before) / requests * 1e6)


@contextmanager
def started(contender: Contender) -> Iterator[None]:
    with subprocess.Popen(contender.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        contender.pid = process.pid
        try:
            while process.poll() is None:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", contender.port)) == 0:
                        break
            else:
                sys.exit(f"{contender.name} did not start")
            yield
        finally:
            process.terminate()


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def contenders(folder: Path, upstream: str) -> list[Contender]:
    plain, written, script, own = free_ports(4)
    reverse = ("--mode", f"reverse:{upstream}", "--set", f"confdir={folder}", "--listen-host", "127.0.0.1")
    record = ("--set", "ewstape_record_mode=all", "--set", f"ewstape_cassette={folder / 'script.yaml'}")
    addon = ("-s", str(ROOT / "addons" / "ews_tape.py"))
    listen = ("--listen", f"127.0.0.1:{own}")
    return [
        Contender("mitmdump, passing through", (*MITMDUMP, *reverse, "-p", str(plain)), plain),
        Contender("mitmdump -w", (*MITMDUMP, *reverse, "-p", str(written), "-w", str(folder / "flows")), written),
        Contender(
            "mitmdump -s ews_tape.py, recording", (*MITMDUMP, *reverse, "-p", str(script), *addon, *record), script
        ),
        Contender(
            "ewstape record",
            (sys.executable, "-m", "ewstape", "record", str(folder / "own.yaml"), "--upstream", upstream, *listen),
            own,
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8])
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing (Debian: apt-get install wrk)")
    port: list[int] = []
    listening = threading.Event()
    threading.Thread(target=serve_upstream, args=(port, listening), daemon=True).start()
    listening.wait()
    os.environ["EWSTAPE_REDACTION_KEY"] = secrets.token_hex(32)  # the user's own is left alone
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        script = folder / "post.lua"
        script.write_text(
            f"wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'text/xml; charset=utf-8'\n"
            f"wrk.body = [==[{REQUEST.read_text('utf-8')}]==]\n",
            "utf-8",
        )
        all_of_them = contenders(folder, f"http://127.0.0.1:{port[0]}")
        for contender in all_of_them:
            stack.enter_context(started(contender))
            contender.measure(1, 1, script)  # warm-up, not counted
            contender.rates.clear()
            contender.costs.clear()
        for _ in range(options.rounds):
            for connections in options.connections:
                for contender in all_of_them:
                    contender.measure(connections, options.seconds, script)
    base = all_of_them[0]
    print("| | connections | requests/s | ratio | CPU us/request | ratio |\n|---|---|---|---|---|---|")
    for contender in all_of_them:
        for connections in options.connections:
            rate, cost = (statistics.median(found[connections]) for found in (contender.rates, contender.costs))
            ratio = statistics.median(
                a / b for a, b in zip(contender.rates[connections], base.rates[connections], strict=True)
            )
            cheaper = statistics.median(
                b / a for a, b in zip(contender.costs[connections], base.costs[connections], strict=True)
            )
            print(f"| {contender.name} | {connections} | {rate:,.0f} | {ratio:.2f} | {cost:,.0f} | {cheaper:.2f} |")


if __name__ == "__main__":
    main()
