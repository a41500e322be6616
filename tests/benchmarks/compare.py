"""ewstape beside its peers: the same requests, the same answers, in turn on this machine.

    python tests/benchmarks/compare.py [--quick] [--only NAME ...] [--peers FOLDER] [--markdown FILE] [--json FILE]

Prints a report in Markdown, or writes it. Installs nothing: what is missing is said, and left out. See README.md.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from comparison.cases import CASES, ONE
from comparison.contenders import BY_NAME, CONTENDERS
from comparison.machine import described
from comparison.measuring import measure
from comparison.report import report
from comparison.run import Run, say
from comparison.running import started

HERE = Path(__file__).parent
QUICK = {"rounds": 1, "seconds": 1, "warm_up": 1, "posts": 10, "largest": 1_000, "connections": (1,)}


def main() -> None:
    """Runs the comparison."""
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM):  # either way contenders are ended, and what was measured is reported
        signal.signal(number, signal.default_int_handler)
    peers: Path = options.peers.resolve()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing (Debian: apt-get install wrk)")
    cases = [case for case in CASES if not options.cases or case.name in options.cases]
    names = options.contenders or frozenset(BY_NAME)
    for one in CONTENDERS:
        taking_part = one.name in names and any(one.name in case.contenders for case in cases)
        if taking_part and (missing := one.missing(peers)):
            say(f"{one.title} is left out, for want of {', '.join(missing)}: see {HERE / 'README.md'}")
    durations = {name: getattr(options, name) for name in QUICK} | (QUICK if options.quick else {})
    with tempfile.TemporaryDirectory(prefix="ewstape-benchmark-") as name, ExitStack() as stack:
        run = Run(folder=Path(name), peers=peers, certificate=_certificate(Path(name)), **durations)
        if any(case.name in {"record", "clients"} for case in cases):
            server = BY_NAME["nginx" if shutil.which("nginx") else "uvicorn"]
            running = stack.enter_context(started(run.enter(server, ONE)))
            run = replace(run, upstream=running.place.url)
        try:
            for case in cases:
                measure(run, case, names)
                _write(run, options, peers, durations)  # after each, so that a run that is broken off is not in vain
        except KeyboardInterrupt:
            say("interrupted: what was measured so far is reported")
            _write(run, options, peers, durations)
        if options.markdown is None:
            print(report(run.results, described(peers, durations)))


def _certificate(folder: Path) -> Path:
    """A certificate with its key, as mitmproxy makes them; its folder serves as that of the proxies' authority."""
    from mitmproxy.certs import CertStore

    authority = folder / "authority"
    CertStore.from_store(authority, "mitmproxy", 2048)
    return authority / "mitmproxy-ca.pem"


def _write(run: Run, options: argparse.Namespace, peers: Path, durations: dict[str, object]) -> None:
    """The files that are asked for."""
    machine = described(peers, durations)
    if options.markdown:
        options.markdown.write_text(report(run.results, machine), "utf-8")
    if options.json:
        figures = {"machine": machine, "figures": list(run.results.plain())}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke run: one round, one second, small cassettes")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="cases and contenders; of each kind all if none is named"
    )
    parser.add_argument("--peers", type=Path, default=HERE, help="the folder in which `npm install` was run")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the report there instead of printing it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure of every round there")
    parser.add_argument("--rounds", type=int, default=3, help="[default: %(default)s]")
    parser.add_argument("--seconds", type=int, default=2, help="of a visit [default: %(default)s]")
    parser.add_argument("--warm-up", type=int, default=3, metavar="SECONDS", help="[default: %(default)s]")
    parser.add_argument("--posts", type=int, default=100, help="of a Python client [default: %(default)s]")
    parser.add_argument("--largest", type=int, default=100_000, metavar="COUNT", help="leaves larger cassettes out")
    parser.add_argument("--connections", type=int, nargs="+", default=(1, 8, 32), help="[default: 1 8 32]")
    options = parser.parse_args()
    known = {case.name for case in CASES}
    if unknown := set(options.only) - known - set(BY_NAME):
        names = f"cases {', '.join(sorted(known))}; contenders {', '.join(BY_NAME)}"
        parser.error(f"no such case or contender: {', '.join(sorted(unknown))}; there are {names}")
    options.cases = known & set(options.only)
    options.contenders = frozenset(set(BY_NAME) & set(options.only))
    return options


if __name__ == "__main__":
    main()
