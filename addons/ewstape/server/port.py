"""A player's port in the event loop that runs: opened, and closed with every connection that it accepted."""

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from ewstape.errors import ConfigError
from ewstape.server.connection import Connection, Open

if TYPE_CHECKING:
    from ewstape.player import Player

__all__ = ["Port", "listen"]

_BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes any free one.

    Raises:
        ConfigError: the address cannot be listened on.
    """
    # The protocol is named, or asyncio would leave Nagle's algorithm on for the connections.
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot listen on {host}:{port}: {reason}; choose another address with --listen") from None
    return listener


class Port:
    """Answers what comes to one socket from one player."""

    def __init__(self, server: asyncio.Server, opened: Open, url: str) -> None:
        self.url = url
        """`http://127.0.0.1:PORT`, without a slash at its end."""
        self._server = server
        self._open = opened

    @classmethod
    async def open(cls, player: "Player", listener: socket.socket) -> Self:
        """Answers from now on. The socket is the port's: it is closed with it."""
        opened = Open()
        host, number, *_ = listener.getsockname()
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(player, opened), sock=listener, backlog=_BACKLOG
        )
        return cls(server, opened, f"http://{f'[{host}]' if ':' in host else host}:{number}")

    async def close(self, grace: float = 0.0) -> None:
        """Stops listening and ends every connection; answers under way are given `grace` seconds.

        When it returns, no client has a connection to the player any more, and no request is being answered.
        """
        opened = self._open
        await self._accept_no_more()
        for connection in list(opened.connections):
            connection.shutdown()
        if grace and opened.tasks:
            await asyncio.wait(opened.tasks, timeout=grace)
            await asyncio.sleep(0)  # what was answered just now goes out
        for connection in list(opened.connections):
            connection.abort()
        if unfinished := set(opened.tasks):
            for task in unfinished:
                task.cancel()
            await asyncio.wait(unfinished)
        self._server.close()
        await self._server.wait_closed()

    async def _accept_no_more(self) -> None:
        """Lets connections that were accepted just now come to be: asyncio would lose them, sockets open."""
        for listener in self._server.sockets:
            with suppress(NotImplementedError):  # Windows has another kind of loop
                asyncio.get_running_loop().remove_reader(listener)
        for _ in range(_TICKS):
            await asyncio.sleep(0)


_TICKS = 2
"""Turns of the loop from a connection's acceptance to its protocol."""
