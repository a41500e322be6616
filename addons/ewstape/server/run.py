"""Runs the replay server on one address until the process is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType

from ewstape.config import Config
from ewstape.player import Player, open_tape
from ewstape.replay.index import Progress
from ewstape.server.port import Port, listen

__all__ = ["serve"]

_GRACE = 1
"""Seconds that answers under way are given at the end; a delayed or streamed one would hold it up."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    config: Config, host: str, port: int, *, ready: Callable[[str], None], progress: Progress | None = None
) -> Player:
    """Answers requests from the config's cassette until SIGINT or SIGTERM.

    Args:
        config: the settings.
        host: the address to listen on.
        port: its port; 0 takes any free one.
        ready: called once with the server's URL when it accepts connections.
        progress: told how many of how many documents were read, when a big cassette is read for the first time.

    Returns:
        What was played; to be closed for its report.

    Raises:
        ConfigError: a setting is wrong, or the address cannot be listened on.
        CassetteError: the cassette cannot be read.
        KeyboardInterrupt: it was to stop while the cassette was read for the first time.
    """
    stopped: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopped.append(number)

    def read(done: int, total: int) -> None:
        if stopped:
            raise KeyboardInterrupt
        if progress is not None:
            progress(done, total)

    for number in _SIGNALS:
        signal.signal(number, stop)  # one that comes before the loop runs is heard when it does
    player = Player(config, open_tape(config, read))
    with listen(host, port) as listener:
        asyncio.run(_serve(player, listener, ready, stopped))
    for number in _SIGNALS:
        signal.signal(number, stop)  # the report is given in any case
    return player


async def _serve(player: Player, listener: socket.socket, ready: Callable[[str], None], stopped: list[int]) -> None:
    stop = asyncio.Event()
    for number in _SIGNALS:
        try:
            # Not signal.signal alone: one that comes just before the loop falls asleep would not wake it.
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: stop.set())
    port = await Port.open(player, listener)
    try:
        ready(port.url)
        if not stopped:
            await stop.wait()
    finally:
        await port.close(_GRACE)
