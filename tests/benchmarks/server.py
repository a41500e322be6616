"""What the replay server costs: beside uvicorn answering from a dictionary, which is the most that can be hoped for.

    python tests/benchmarks/server.py [--rounds 5] [--seconds 2] [--connections 1 8] [--interactions 10 1000]

The load is wrk posting GetPhoneCallInformation requests over kept connections: one and the same again and
again, and requests that are never repeated (a wsa:MessageID of their own each, as WCF clients send them), so that no
cache of bytes can help. uvicorn runs on asyncio with httptools, without logs; its dictionary is keyed by the recorded
body. Then, for both fronts: process start to first answer beside mitmdump with a trivial addon, and the latency of
clients that leave Nagle's algorithm on.
"""

import argparse
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from recording import MITMDUMP, ROOT, Contender, free_ports, started

PATH = "/EWS/Exchange.asmx"
SAMPLES = ROOT / "tests" / "wire_samples"
REQUEST = SAMPLES / "get-phone-call-information-connected.request.xml"
RESPONSE = SAMPLES / "get-phone-call-information-connected.response.xml"
BODY = REQUEST.read_text("utf-8")
CEILING = """
import sys, uvicorn
requests, answer = {body.encode(): body.encode() for body in [open(sys.argv[2]).read()]}, open(sys.argv[3], "rb").read()
headers = [(b"content-type", b"text/xml; charset=utf-8"), (b"content-length", b"%d" % len(answer))]
async def app(scope, receive, send):
    message = await receive()
    body = message["body"]
    while message.get("more_body"):
        message = await receive()
        body += message["body"]
    requests.get(body)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
uvicorn.run(app, port=int(sys.argv[1]), http="httptools", loop="asyncio", ws="none", lifespan="off", access_log=False,
            log_level="critical", server_header=False, date_header=False)
"""
TRIVIAL = """
from mitmproxy import http
class Trivial:
    def request(self, flow): flow.response = http.Response.make(200, b"<x/>", {"Content-Type": "text/xml"})
addons = [Trivial()]
"""
LUA = """
wrk.method = 'POST'
wrk.headers['Content-Type'] = 'text/xml; charset=utf-8'
local before, after, unique, count = [==[%s]==], [==[%s]==], %s, 0
wrk.body = before .. after
request = unique and function()
  count = count + 1
  local name = '<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">urn:uuid:%%012d</a:MessageID>'
  return wrk.format(nil, nil, nil, before .. string.format(name, count) .. after)
end
"""


def write_cassette(path: Path, size: int) -> None:
    """As many interactions, the one that is asked for among them, the others each for a call of its own."""
    from ewstape.cassette import CassetteWriter, Existing, Header
    from ewstape.interaction import Interaction, Operation, Request, Response

    headers = (("Content-Type", "text/xml; charset=utf-8"),)
    with CassetteWriter(path, Header(), existing=Existing.OVERWRITE) as writer:
        for number in range(1, size + 1):
            body = BODY if number == 1 else BODY.replace(' Id="', f' Id="{number:06}')
            request = Request(method="POST", url=f"https://mail.example.com{PATH}", headers=headers, body=body.encode())
            response = Response(status=200, headers=headers, body=RESPONSE.read_bytes())
            operation = Operation("GetPhoneCallInformation")
            writer.write(Interaction(number=number, operation=operation, request=request, response=response))


def write_load(folder: Path, *, unique: bool) -> Path:
    script = folder / f"{unique}.lua"
    before, body, after = BODY.partition("<soap-env:Body>")
    before, after = f"{before}<soap-env:Header>", f"</soap-env:Header>{body}{after}"
    script.write_text(LUA % (before, after, "true" if unique else "false"), "utf-8")
    return script


def replay(tape: Path, port: int, *options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "ewstape", "replay", str(tape), "--listen", f"127.0.0.1:{port}", *options)


def compare_rates(folder: Path, sizes: list[int], connections: list[int], rounds: int, seconds: int) -> None:
    script = folder / "ceiling.py"
    script.write_text(CEILING)
    ceiling, *ports = free_ports(1 + len(sizes))
    command = (sys.executable, str(script), str(ceiling), str(REQUEST), str(RESPONSE))
    contenders = [Contender("uvicorn, a dictionary", command, ceiling)]
    for size, port in zip(sizes, ports, strict=True):
        write_cassette(folder / f"{size}.yaml", size)
        contenders.append(
            Contender(f"ewstape replay, {size:,} interactions", replay(folder / f"{size}.yaml", port), port)
        )
    print("| | requests | connections | requests/s | ratio | CPU us/request | ratio |\n|---|---|---|---|---|---|---|")
    for unique in (False, True):
        load = write_load(folder, unique=unique)
        with ExitStack() as stack:
            for contender in contenders:
                stack.enter_context(started(contender))
                contender.measure(1, 1, load)  # warm-up, not counted
                contender.rates.clear()
                contender.costs.clear()
            for _ in range(rounds):
                for number in connections:
                    for contender in contenders:
                        contender.measure(number, seconds, load)
        base = contenders[0]
        for contender in contenders:
            for number in connections:
                rates, costs = contender.rates[number], contender.costs[number]
                ratio = statistics.median(a / b for a, b in zip(rates, base.rates[number], strict=True))
                cheaper = statistics.median(b / a for a, b in zip(costs, base.costs[number], strict=True))
                rate, cost = statistics.median(rates), statistics.median(costs)
                print(
                    f"| {contender.name} | {'never repeated' if unique else 'repeated'} | {number} "
                    f"| {rate:,.0f} | {ratio:.2f} | {cost:,.0f} | {cheaper:.2f} |",
                    flush=True,
                )
        base.rates.clear()
        base.costs.clear()
        for contender in contenders[1:]:
            contender.rates.clear()
            contender.costs.clear()


def post(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", PATH, BODY.encode(), {"Content-Type": "text/xml; charset=utf-8"})
    response = connection.getresponse()
    response.read()
    assert response.status == 200


def to_first_answer(command: tuple[str, ...], port: int) -> float:
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None:
                try:
                    post(http.client.HTTPConnection("127.0.0.1", port))
                except OSError:
                    time.sleep(0.002)
                else:
                    return time.monotonic() - began
            sys.exit(f"{command} did not start")
        finally:
            process.terminate()


class NagleConnection(http.client.HTTPConnection):
    """http.client sets TCP_NODELAY; urllib3 through a proxy does not, nor do clients in other languages."""

    def connect(self) -> None:
        super().connect()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)


def latency(kind: type[http.client.HTTPConnection], port: int) -> float:
    connection, times = kind("127.0.0.1", port), []
    for _ in range(60):
        began = time.monotonic()
        post(connection)
        times.append(time.monotonic() - began)
    return statistics.median(times[20:]) * 1000


def compare_starts(folder: Path, rounds: int) -> None:
    tape, trivial = folder / "start.yaml", folder / "trivial.py"
    write_cassette(tape, 10)
    trivial.write_text(TRIVIAL)
    server, proxy, mitmdump = free_ports(3)
    reverse = ("--mode", f"reverse:http://127.0.0.1:9@127.0.0.1:{mitmdump}", "--set", "connection_strategy=lazy")
    reverse = (*reverse, "--set", f"confdir={folder}")
    commands = {
        "mitmdump, trivial addon": ((*MITMDUMP, *reverse, "-s", str(trivial)), mitmdump),
        "ewstape replay": (replay(tape, server), server),
        "ewstape replay --https": (replay(tape, proxy, "--https", "--ca-dir", str(folder)), proxy),
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, (command, port) in commands.items():
            took[name].append(to_first_answer(command, port))
    print("\n| | start to first answer, ms | ratio |\n|---|---|---|")
    base = statistics.median(took["mitmdump, trivial addon"][1:])
    for name, times in took.items():
        print(f"| {name} | {statistics.median(times[1:]) * 1000:,.0f} | {statistics.median(times[1:]) / base:.2f} |")
    print("\n| | latency, ms | with Nagle's algorithm |\n|---|---|---|")
    for name, (command, port) in list(commands.items())[1:]:
        with started(Contender(name, command, port)):
            print(
                f"| {name} | {latency(http.client.HTTPConnection, port):.2f} | {latency(NagleConnection, port):.2f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--interactions", type=int, nargs="*", default=[10, 1000])
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing (Debian: apt-get install wrk)")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.interactions:
            compare_rates(folder, options.interactions, options.connections, options.rounds, options.seconds)
        compare_starts(folder, options.rounds)


if __name__ == "__main__":
    main()
