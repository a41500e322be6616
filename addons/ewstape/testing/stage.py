"""What stands behind a used cassette, in the background loop: a tape that is played, or a recording that is made.

Both open ports when they are asked for one, and close with everything that came through them.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, override

from ewstape.cassette import Cassette
from ewstape.interaction import Interaction, Request
from ewstape.player import Player, open_tape
from ewstape.proxy.upstream import Upstream
from ewstape.replay import Reply, Tape
from ewstape.report.ending import Ending
from ewstape.testing.importing import mitmproxy_imported
from ewstape.testing.journal import Journal

if TYPE_CHECKING:
    from ewstape.config import Config
    from ewstape.proxy.ports import OpenPort

__all__ = ["Playing", "Stage"]


class Stage(ABC):
    """A cassette in use. All but the journal's making happens in the loop."""

    recording: ClassVar[bool]

    def __init__(self, config: "Config", upstream: Upstream) -> None:
        self.config = config
        self.upstream = upstream
        self.journal = Journal()
        self._closers: list[Callable[[], Awaitable[None]]] = []

    @property
    @abstractmethod
    def interactions(self) -> Sequence[Interaction]:
        """What is on the cassette."""

    @property
    @abstractmethod
    def tape(self) -> Tape | None:
        """What is played, if anything is."""

    @property
    @abstractmethod
    def ending(self) -> Ending:
        """How it went so far."""

    @abstractmethod
    def open_url(self) -> Coroutine[Any, Any, str]:
        """Opens a port that stands for the server: what is to be run in the loop, and gives `http://127.0.0.1:PORT`."""

    @abstractmethod
    def open_proxy(self) -> Coroutine[Any, Any, "OpenPort"]:
        """Opens a port that is an ordinary proxy: what is to be run in the loop."""

    @abstractmethod
    async def finish(self, *, keep: bool) -> list[str]:
        """Closes everything; a recording becomes the cassette if it is to be kept. The lines of a report."""

    async def give_up(self) -> None:
        """Closes everything; nobody waits for it."""
        await self.finish(keep=False)

    async def _close_ports(self) -> None:
        closers, self._closers = self._closers, []
        await asyncio.gather(*(close() for close in closers))


class Playing(Stage):
    """A tape, played by the replay server and by a proxy, whichever is asked for."""

    recording = False

    def __init__(self, config: "Config", upstream: Upstream) -> None:
        """Reads the cassette.

        Raises:
            ConfigError: a setting is wrong.
            CassetteError: the cassette cannot be read.
        """
        super().__init__(config, upstream)
        self._tape = open_tape(config)
        self._player = _Watched(config, self._tape, self.journal)

    @property
    @override
    def interactions(self) -> Sequence[Interaction]:
        return Cassette.open(Path(self.config.cassette))

    @property
    @override
    def tape(self) -> Tape:
        return self._tape

    @property
    @override
    def ending(self) -> Ending:
        return self._player.ending

    @override
    def open_url(self) -> Coroutine[Any, Any, str]:
        from ewstape.server.port import Port, listen

        async def opened() -> str:
            port = await Port.open(self._player, listen("127.0.0.1", 0))
            self._closers.append(port.close)
            return port.url

        return opened()

    @override
    def open_proxy(self) -> Coroutine[Any, Any, "OpenPort"]:
        with mitmproxy_imported():
            from ewstape.testing.proxying import open_port, replaying

        async def opened() -> "OpenPort":
            port = await open_port(replaying(self._player), replace(self.upstream, url=""))
            self._closers.append(port.close)
            return port

        return opened()

    @override
    async def finish(self, *, keep: bool) -> list[str]:
        await self._close_ports()
        return self._player.close()


class _Watched(Player):
    """A player that keeps a journal."""

    def __init__(self, config: "Config", tape: Tape, journal: Journal) -> None:
        super().__init__(config, tape)
        self._journal = journal

    @override
    def answer(self, request: Request, connection: str, now: float) -> Reply:
        reply = super().answer(request, connection, now)
        self._journal.note(request, reply.response, now, reply.miss)
        return reply
