"""Runs the addon in a mitmproxy of our own, with only the mitmproxy addons that a proxy needs.

mitmdump walks a chain of 36 addons eight times a request, which is most of its time; this one has a handful, and asks
only those that have something to do. What a user meets is the same addon with the same settings. One master per
process: mitmproxy has a global for it.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any, override

from mitmproxy import addonmanager, ctx, exceptions, hooks, master, options
from mitmproxy.addons import block, core, disable_h2c, next_layer, proxyserver, tlsconfig
from mitmproxy.options import CONF_DIR

from ewstape.config import Config
from ewstape.errors import ConfigError
from ewstape.proxy.addon import EwsTape
from ewstape.proxy.upstream import Listen, Upstream

__all__ = ["Listen", "Upstream", "make_master", "serve"]


def make_master(*own: object) -> master.Master:
    """A mitmproxy in the running loop, with what a proxy needs and our `own` addons after it."""
    runner = master.Master(options.Options())
    runner.addons = _Concerned(runner)
    runner.addons.add(  # type: ignore[no-untyped-call]  # it has no annotations
        core.Core(),
        block.Block(),
        disable_h2c.DisableH2C(),
        proxyserver.Proxyserver(),
        next_layer.NextLayer(),
        _Certificates(),
        *own,
    )
    return runner


class _Concerned(addonmanager.AddonManager):
    """Calls those addons that have the hook at all; the original enters and leaves every other one as well."""

    def __init__(self, runner: master.Master) -> None:
        super().__init__(runner)  # type: ignore[no-untyped-call]  # it has no annotations
        self._known: list[object] = []
        self._having: dict[str, list[object]] = {}

    async def trigger_event(self, event: hooks.Hook) -> None:
        """Tells all addons of an event."""
        if self._known != self.chain:
            self._known, self._having = list(self.chain), {}
        having = self._having.get(event.name)
        if having is None:
            having = self._having[event.name] = [
                addon for addon in self.chain if any(hasattr(one, event.name) for one in addonmanager.traverse([addon]))
            ]
        for addon in having:
            try:
                with addonmanager.safecall():
                    await self.invoke_addon(addon, event)
            except exceptions.AddonHalt:
                return


class _Certificates(tlsconfig.TlsConfig):
    """As mitmproxy's, but opens its authority only when `confdir` is set, which is before anything listens, and refuses
    one that it cannot open: the original tells the log and listens, and no client's TLS is answered.
    """

    name = "tlsconfig"

    @override
    def running(self) -> None:
        pass

    @override
    def configure(self, updated: set[str]) -> None:
        try:
            super().configure(updated)  # type: ignore[no-untyped-call]  # it has no annotations
        except (OSError, ValueError) as error:
            place = getattr(error, "filename", None) or ctx.options.confdir
            reason = getattr(error, "strerror", None) or "holds no CA of mitmproxy that can be read"
            way_out = "name another folder for the proxy's CA with --ca-dir (in Python ca_dir)"
            raise exceptions.OptionsError(f"{place}: {reason}; {way_out}") from None


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
            self.problem = "; ".join(_reason(server.last_exception) for server in servers) or "nothing listens"
            ctx.master.shutdown()


def _reason(error: BaseException | None) -> str:
    """The system's words alone, where it has some: mitmproxy's own name the address again."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number is not None and number > 0 else str(error)


def serve(config: Config, listen: Listen, upstream: Upstream, *, ready: Callable[[str], None]) -> None:
    """Runs the proxy until SIGINT or SIGTERM.

    Args:
        config: what to record or replay.
        listen: where to listen.
        upstream: what is behind the proxy.
        ready: called once with the proxy's HOST:PORT when it accepts connections.

    Raises:
        ConfigError: a setting is wrong, or the address cannot be listened on.
        CassetteError: the cassette cannot be read or written.
        SystemExit: with the status of a recording that had to stop, or of a replay that failed by `fail_on`.
    """
    asyncio.run(_serve(config, listen, upstream, ready))


async def _serve(config: Config, listen: Listen, upstream: Upstream, ready: Callable[[str], None]) -> None:
    asyncio.get_running_loop().set_exception_handler(_quietly)
    tape, listening = EwsTape(), _Listening(ready)
    runner = make_master(listening, tape)
    try:
        runner.options.update(**{"confdir": CONF_DIR} | upstream.options(listen))
    except exceptions.OptionsError as error:
        raise ConfigError(str(error)) from None
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


def _quietly(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Python 3.12.1 reports each connection that is cut off at the end as an error, with a traceback."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)
