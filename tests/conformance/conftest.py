"""The two fronts as real processes on real sockets, and a plain client that sees what is on the wire."""

import http.client
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from processes import PATIENCE, Process, ewstape, running

from ewstape.cassette import CassetteWriter, Existing, Header
from ewstape.interaction import Interaction

PATH = "/EWS/Exchange.asmx"
XML = {"Content-Type": "text/xml; charset=utf-8"}


@dataclass(frozen=True)
class Got:
    """A response as it was on the wire."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Wire:
    """One kept connection."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)

    def send(self, body: Any = b"", *, method: str = "POST", path: str = PATH, **options: Any) -> Got:
        headers = {**XML, **options.pop("headers", {})}
        self._connection.request(method, path, body=body, headers=headers, **options)
        response = self._connection.getresponse()
        content = response.read()
        return Got(response.status, response.reason, tuple(response.getheaders()), content)

    def close(self) -> None:
        self._connection.close()


FRONTS = {"server": (), "mitmproxy": ("--https",)}
"""The options of `ewstape replay` that choose each front."""


@dataclass
class Front:
    """A front that plays a cassette."""

    name: str
    process: Process

    @property
    def url(self) -> str:
        return self.process.url.replace("https:", "http:")  # the mitmproxy front answers both

    @contextmanager
    def connect(self) -> Iterator[Wire]:
        wire = Wire(self.url)
        try:
            yield wire
        finally:
            wire.close()

    def send(self, *arguments: Any, **options: Any) -> Got:
        with self.connect() as wire:
            return wire.send(*arguments, **options)


@pytest.fixture(params=FRONTS)
def front(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def front_options(front: str) -> tuple[str, ...]:
    return FRONTS[front]


@pytest.fixture
def write_tape(tmp_path: Path) -> Callable[[Sequence[Interaction]], Path]:
    def write(interactions: Sequence[Interaction]) -> Path:
        path = tmp_path / "tape.yaml"
        with CassetteWriter(path, Header(), existing=Existing.OVERWRITE) as writer:
            for interaction in interactions:
                writer.write(interaction)
        return path

    return write


@pytest.fixture
def replay(front: str, write_tape: Callable[..., Path]) -> Callable[..., AbstractContextManager[Front]]:
    """Plays interactions, or a cassette file, on the front, with further options of `ewstape replay`."""

    @contextmanager
    def play(tape: Path | Sequence[Interaction], *options: object, settings: str = "") -> Iterator[Front]:
        path = tape if isinstance(tape, Path) else write_tape(tape)
        arguments = [path, "--listen", "127.0.0.1:0", *FRONTS[front], *options]
        if settings:
            file = path.parent / "settings.yaml"
            file.write_text(settings, "utf-8")
            arguments += ["--config", file]
        with running(*ewstape("replay", *arguments), cwd=path.parent) as process:
            yield Front(front, process)

    return play
