"""Contenders as processes: started, seen to answer rightly, looked at, and ended. Nothing else is ever ended."""

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from comparison.contender import Contender, Place
from comparison.exchanges import CONTENT_TYPE, HOST, PATH, Corpus, PhoneCall

PATIENCE = 180
"""Seconds in which a contender must answer."""
_IDS = re.compile(rb'(?<= Id=")[^"]*')
_PAUSE = 0.003
"""Seconds between two attempts to get the first answer."""
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Unfit(Exception):  # noqa: N818  it is a verdict
    """A contender does not do what the case asks for; says why."""


class Silent(Unfit):
    """A contender that was loaded has not answered at all in that time."""


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contender that is fed with a corpus, and how it is started."""

    contender: Contender
    corpus: Corpus
    place: Place
    command: tuple[str, ...]
    environment: Mapping[str, str]
    pid: int = 0
    """0 as long as it does not run."""
    took: float = 0.0
    """Seconds from the start of its process to its first answer."""

    @property
    def target(self) -> str:
        """What stands in the first line of requests."""
        return f"http://{HOST}{PATH}" if self.contender.forward else PATH

    def cpu(self) -> float:
        """Seconds of CPU that its processes have used."""
        fields = [_stat(pid) for pid in _tree(self.pid)]
        return sum(int(one[11]) + int(one[12]) for one in fields) / _TICKS

    def memory(self) -> float:
        """MiB that its processes hold."""
        return sum(int(_stat(pid)[21]) for pid in _tree(self.pid)) * _PAGE / 2**20


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text("ascii").split():
            yield from _tree(int(child))


@contextmanager
def started(entry: Entry) -> Iterator[Entry]:
    """The contender's process, from its first right answer on.

    Raises:
        Unfit: it ends, says nothing, or answers wrongly.
    """
    if entry.contender.in_process:
        yield entry
        return
    began = time.perf_counter()
    with (entry.place.folder / "log").open("wb") as log:
        process = subprocess.Popen(
            entry.command,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=entry.place.folder,
            env=entry.environment,
            start_new_session=True,
        )
    try:
        yield replace(entry, pid=process.pid, took=_first_answer(process, entry) - began)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _first_answer(process: "subprocess.Popen[bytes]", entry: Entry) -> float:
    first, deadline = entry.corpus[0], time.perf_counter() + PATIENCE
    status = 0
    while time.perf_counter() < deadline:
        with suppress(OSError, http.client.HTTPException):
            status, answer = post(entry.place, entry.target, first.request)
            if status == http.HTTPStatus.OK:
                if answer != first.answer and not _redacted(entry.corpus):
                    raise Unfit(f"wrong answer: {answer[:80]!r}")
                return time.perf_counter()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PAUSE)
            raise Unfit(f"ended with {process.returncode}: {_last_words(entry.place)}")
    raise Unfit(f"no answer in {PATIENCE} s (last status {status}): {_last_words(entry.place)}")


def _redacted(corpus: Corpus) -> bool:
    """Whether answers hold pseudonyms, which are others each time."""
    return isinstance(corpus, PhoneCall) and corpus.redacted


def _last_words(place: Place) -> str:
    return (place.folder / "log").read_text("utf-8", "replace").strip()[-200:].replace("\n", " ")


def connection(place: Place) -> http.client.HTTPConnection:
    """A connection to a contender; its certificate is not the subject here."""
    if place.https:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", place.port, timeout=60, context=context)
    return http.client.HTTPConnection("127.0.0.1", place.port, timeout=60)


def post(place: Place, where: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to one request."""
    link = connection(place)
    try:
        link.request("POST", where, body, {"Content-Type": CONTENT_TYPE})
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


def requests_of(entry: Entry) -> list[bytes]:
    """The bodies that a client sends for a call, from a tape at its beginning.

    A redacted tape hands out an id of its own for the call, which the client sends back.
    """
    if entry.contender.own:
        post(entry.place, entry.target.replace(PATH, "/.ewstape/rewind"), b"")
    bodies = [exchange.request for exchange in entry.corpus]
    if not _redacted(entry.corpus):
        return bodies
    _, answer = post(entry.place, entry.target, bodies[0])
    issued = re.search(rb'PhoneCallId Id="([^"]+)"', answer)
    if issued is None:
        raise Unfit(f"no call: {answer[:80]!r}")
    post(entry.place, entry.target.replace(PATH, "/.ewstape/rewind"), b"")
    return [re.sub(rb'(?<=PhoneCallId Id=")[^"]+', issued[1], body) for body in bodies]


def check_answers(entry: Entry) -> None:
    """Whether a sample, or for a call all of it in order, is answered with the right bytes.

    Raises:
        Unfit: it is not.
    """
    corpus, count = entry.corpus, len(entry.corpus)
    if entry.contender.in_process:
        return
    if isinstance(corpus, PhoneCall):
        asked = list(enumerate(requests_of(entry)))
    else:
        asked = [(number, corpus[number].request) for number in sorted({0, count // 2, count - 1})]
    for number, request in asked:
        status, answer = post(entry.place, entry.target, request)
        expected = corpus[0 if entry.contender.fixed else number].answer
        right = answer == expected or (_redacted(corpus) and _IDS.sub(b"", answer) == _IDS.sub(b"", expected))
        if status != http.HTTPStatus.OK or not right:
            raise Unfit(f"request {number + 1}: status {status}, {answer[:80]!r}")
