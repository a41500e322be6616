"""What a cassette costs a test: ewstape in process, vcrpy in process, and a mitmdump for each test, side by side.

    python tests/benchmarks/testing.py [--rounds 5] [--tests 20]

Every figure is from processes of its own that take turns (A B C A B C ...), and is the median. A *start* begins before
the first import of the contender, ends with the first answer, and has the import of requests, the client of all, before
it. A *test* opens the cassette, posts its six requests (a call that is placed, polled and hung up) over a new session,
and closes it; the first of a process does not count. Recording the cassette for vcrpy and for mitmdump is not timed.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TAPE = ROOT / "cassettes" / "play-on-phone.yaml"
HOST = "http://mail.example.com"
PATH = "/EWS/Exchange.asmx"
MITMDUMP = (sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()")
sys.path.insert(0, str(ROOT / "addons"))

type Post = Callable[[bytes], int]


# --- contenders: each opens the cassette and gives a way to post to it -----------------------------------------------


@contextmanager
def with_url(_: Path) -> Iterator[Post]:
    import ewstape

    with ewstape.use_cassette(TAPE) as cassette:
        yield posting(cassette.url)


@contextmanager
def with_proxy(folder: Path) -> Iterator[Post]:
    import ewstape

    with ewstape.use_cassette(TAPE, ca_dir=folder / "ca") as cassette:
        yield posting(HOST + PATH, cassette.proxy_url)


@contextmanager
def with_vcrpy(folder: Path) -> Iterator[Post]:
    import vcr

    with vcr.use_cassette(str(folder / "vcr.yaml"), record_mode="none", match_on=["method", "uri", "body"]):
        yield posting(HOST + PATH)


@contextmanager
def with_mitmdump(folder: Path) -> Iterator[Post]:
    """The program's own server replay, from flows in its format."""
    command = [*MITMDUMP, "--listen-host", "127.0.0.1", "-p", "0", "--set", f"confdir={folder / 'ca'}", "-S"]
    with subprocess.Popen([*command, str(folder / "flows")], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "listening at" in line)
        try:
            yield posting(HOST + PATH, f"http://127.0.0.1:{line.strip(' .\n').rpartition(':')[2]}")
        finally:
            process.terminate()


CONTENDERS: dict[str, tuple[str, Callable[[Path], AbstractContextManager[Post]]]] = {
    "ewstape, url": ("ewstape", with_url),
    "ewstape, proxy_url": ("ewstape", with_proxy),
    "vcrpy, in process": ("vcr", with_vcrpy),
    "mitmdump for each test": ("mitmproxy", with_mitmdump),
}


def posting(url: str, proxy: str = "") -> Post:
    import requests

    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": proxy} if proxy else {}

    def post(body: bytes) -> int:
        answer = session.post(url, data=body, headers={"Content-Type": "text/xml; charset=utf-8"}, timeout=20)
        assert answer.ok, answer.text
        return len(answer.content)

    return post


# --- measuring -------------------------------------------------------------------------------------------------------


def bodies(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.request"))]


def measure(name: str, folder: Path, tests: int) -> dict[str, float]:
    """In a process of its own: seconds for the start, and medians of opening (and closing) and of a whole test."""
    import requests  # noqa: F401  every contender's client

    asked, opens, whole = bodies(folder), [], []
    contender = CONTENDERS[name][1]
    began, cpu = time.perf_counter(), time.process_time()
    with contender(folder) as post:
        opened = time.perf_counter() - began
        post(asked[0])
        start, start_cpu = time.perf_counter() - began, time.process_time() - cpu
    with lasting(name):
        for _ in range(tests + 1):
            began = time.perf_counter()
            with contender(folder) as post:
                opens.append(time.perf_counter() - began)
                for body in asked:
                    post(body)
            whole.append(time.perf_counter() - began)
    figures = {"open first": opened, "start": start, "start, CPU": start_cpu}
    return figures | {"open": statistics.median(opens[1:]), "test": statistics.median(whole[1:])}


@contextmanager
def lasting(name: str) -> Iterator[None]:
    """As the pytest plugin does, keeps the thread (and mitmproxy in it) from test to test."""
    if not name.startswith("ewstape"):
        yield
        return
    from ewstape.testing.background import BACKGROUND

    with BACKGROUND:
        yield


def prepare(folder: Path) -> None:
    """The same six interactions for every contender."""
    import ewstape

    recorded = list(ewstape.load(TAPE))
    documents: list[dict[str, Any]] = []
    for number, interaction in enumerate(recorded):
        assert interaction.response is not None
        (folder / f"{number}.request").write_bytes(interaction.request.body)
        request = {"method": "POST", "uri": HOST + PATH, "body": interaction.request.body.decode(), "headers": {}}
        answer = {"status": {"code": 200, "message": "OK"}, "body": {"string": interaction.response.body.decode()}}
        answer["headers"] = {"Content-Type": ["text/xml; charset=utf-8"]}
        documents.append({"request": request, "response": answer})
    (folder / "vcr.yaml").write_text(json.dumps({"version": 1, "interactions": documents}), "utf-8")
    with (folder / "flows").open("wb") as file:
        write_flows(file, documents)
    with ewstape.use_cassette(TAPE, ca_dir=folder / "ca") as cassette:
        assert cassette.ca_file  # making an authority is not what is measured


def write_flows(file: Any, documents: list[dict[str, Any]]) -> None:
    from mitmproxy import http, io
    from mitmproxy.test import tflow

    writer = io.FlowWriter(file)
    for document in documents:
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        flow = tflow.tflow()
        flow.request = http.Request.make("POST", HOST + PATH, document["request"]["body"].encode(), headers)
        flow.response = http.Response.make(200, document["response"]["body"]["string"].encode(), headers)
        writer.add(flow)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tests", type=int, default=20)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], Path(options.one[1]), options.tests)))
        return
    for name, (module, _) in CONTENDERS.items():
        if importlib.util.find_spec(module) is None:
            print(f"missing, so left out: {name} (pip install {'vcrpy' if module == 'vcr' else module})")
    names = [name for name, (module, _) in CONTENDERS.items() if importlib.util.find_spec(module)]
    results: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder)
        for _ in range(options.rounds):
            for name in names:
                tests = "3" if name.startswith("mitmdump") else str(options.tests)
                command = [sys.executable, "-W", "ignore", __file__, "--tests", tests, "--one", name, str(folder)]
                results[name].append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
    columns = list(results[names[0]][0])
    print(f"{'milliseconds':<24}" + "".join(f"{column:>13}" for column in columns))
    for name in names:
        medians = (statistics.median(one[column] for one in results[name]) for column in columns)
        print(f"{name:<24}" + "".join(f"{median * 1000:>13.1f}" for median in medians))


if __name__ == "__main__":
    main()
