"""Runs the addon in a mitmproxy of our own, with only the mitmproxy addons that a proxy needs.

mitmdump walks a chain of 36 addons eight times a request, which is most of its time; this one has a handful. What a
user meets is the same addon with the same settings. One master per process: mitmproxy has a global for it.
"""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mitmproxy import ctx, master, options
from mitmproxy.addons import block, core, disable_h2c, next_layer, proxyserver, tlsconfig

from ewstape.config import Config
from ewstape.errors import ConfigError
from ewstape.proxy.addon import EwsTape

__all__ = ["Listen", "Upstream", "serve"]


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen."""

    host: str = "127.0.0.1"
    port: int = 8080
    """0 takes any free port."""

    def __str__(self) -> str:
        """`127.0.0.1:8080`, `[::1]:8080`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """How the proxy meets its clients and the server behind it."""

    url: str = ""
    """The server of a reverse proxy; empty for an ordinary proxy."""
    ca_file: Path | None = None
    """What the server's certificate is checked against, instead of the usual authorities."""
    insecure: bool = False
    """The server's certificate is not checked."""
    ca_folder: Path | None = None
    """Where the proxy's own CA is kept or made; by default where mitmproxy keeps its own."""

    def options(self, listen: Listen) -> dict[str, Any]:
        """Mitmproxy's options that say the same."""
        mode = f"reverse:{self.url}" if self.url else "regular"
        chosen: dict[str, Any] = {"mode": [f"{mode}@{listen.host}:{listen.port}"], "ssl_insecure": self.insecure}
        if self.ca_file:
            chosen["ssl_verify_upstream_trusted_ca"] = str(self.ca_file)
        if self.ca_folder:
            chosen["confdir"] = str(self.ca_folder)
        return chosen


class _Listening:
    """Tells when the proxy listens, and where; stops it if it cannot."""

    def __init__(self, ready: Callable[[str], None]) -> None:
        self._ready = ready
        self.problem = ""

    def running(self) -> None:
        servers = ctx.master.addons.get("proxyserver").servers
        addresses = [address for server in servers for address in server.listen_addrs]
        if addresses:
            host, port, *_ = addresses[0]
            self._ready(f"{f'[{host}]' if ':' in host else host}:{port}")
        else:
            self.problem = "; ".join(str(server.last_exception) for server in servers) or "nothing listens"
            ctx.master.shutdown()


def serve(config: Config, listen: Listen, upstream: Upstream, *, ready: Callable[[str], None]) -> bool:
    """Runs the proxy until SIGINT or SIGTERM, and returns whether a replay failed by what the settings count.

    Args:
        config: what to record or replay.
        listen: where to listen.
        upstream: what is behind the proxy.
        ready: called once with the proxy's HOST:PORT when it accepts connections.

    Raises:
        ConfigError: a setting is wrong, or the address cannot be listened on.
        CassetteError: the cassette cannot be read or written.
    """
    return asyncio.run(_serve(config, listen, upstream, ready))


async def _serve(config: Config, listen: Listen, upstream: Upstream, ready: Callable[[str], None]) -> bool:
    asyncio.get_running_loop().set_exception_handler(_without_cancellations)
    tape, listening = EwsTape(), _Listening(ready)
    chosen = options.Options()
    runner = master.Master(chosen)
    runner.addons.add(
        core.Core(),
        block.Block(),
        disable_h2c.DisableH2C(),
        proxyserver.Proxyserver(),
        next_layer.NextLayer(),
        tlsconfig.TlsConfig(),
        listening,
        tape,
    )
    chosen.update(**upstream.options(listen))
    tape.open(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            # Not signal.signal alone: one that comes just before the loop falls asleep would not wake it.
            asyncio.get_running_loop().add_signal_handler(number, runner.shutdown)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: runner.shutdown())
    await runner.run()
    if listening.problem:
        raise ConfigError(f"cannot listen on {listen}: {listening.problem}; choose another address with --listen")
    return tape.failed


def _without_cancellations(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Python 3.12.1 reports each connection that is cut off at the end as an error, with a traceback."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)
