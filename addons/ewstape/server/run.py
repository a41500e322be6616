"""Runs the application on uvicorn with httptools, on one address, until the process is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Callable
from typing import override

from uvicorn.config import Config as UvicornConfig
from uvicorn.server import Server

from ewstape.config import Config
from ewstape.errors import ConfigError
from ewstape.player import Player, open_tape
from ewstape.server.app import Application
from ewstape.server.protocol import HttpProtocol

__all__ = ["serve"]

_KEEP_ALIVE = 600
"""Seconds that an idle connection is kept: clients poll with pauses, and NTLM logs on the connection."""
_BACKLOG = 2048
_GRACE = 1
"""Seconds that answers under way are given at the end; a delayed or streamed one would hold it up."""


class _Server(Server):
    """A server that tells when it listens."""

    def __init__(self, config: UvicornConfig, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve(config: Config, host: str, port: int, *, ready: Callable[[str], None]) -> Player:
    """Answers requests from the config's cassette until SIGINT or SIGTERM.

    Args:
        config: the settings.
        host: the address to listen on.
        port: its port; 0 takes any free one.
        ready: called once with the server's URL when it accepts connections.

    Returns:
        What was played; to be closed for its report.

    Raises:
        ConfigError: a setting is wrong, or the address cannot be listened on.
        CassetteError: the cassette cannot be read.
    """
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops at them and then raises them again: that is for us to ignore.
        signal.signal(number, lambda caught, _: stopped.append(caught))
    player = Player(config, open_tape(config))
    with _listen(host, port) as listener:
        bound = listener.getsockname()
        url = f"http://{f'[{bound[0]}]' if ':' in bound[0] else bound[0]}:{bound[1]}"
        server = _Server(
            UvicornConfig(
                Application(player),
                loop="asyncio",
                http=_protocol(player),
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=_KEEP_ALIVE,
                timeout_graceful_shutdown=_GRACE,
            ),
            lambda: ready(url),
        )
        server.should_exit = bool(stopped)
        asyncio.run(server.serve([listener]))
    return player


def _protocol(player: Player) -> type[HttpProtocol]:
    """For uvicorn, which wants the class of its protocols: here one that knows the player."""
    return type("_Protocol", (HttpProtocol,), {"on_close": staticmethod(player.closed)})


def _listen(host: str, port: int) -> socket.socket:
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
