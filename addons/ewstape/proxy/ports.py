"""One mitmproxy for any number of sessions, each with ports of its own: which session a flow is for, its port tells.

A process can have one mitmproxy only. So a session is added and taken away while others go on; when it is taken away,
its ports are closed and so is every connection through them. What comes to no session's port gets nowhere.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mitmproxy import connection, dns, exceptions, http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master
from mitmproxy.options import CONF_DIR
from mitmproxy.proxy import server_hooks
from mitmproxy.proxy.mode_servers import ServerInstance

from ewstape.errors import ConfigError
from ewstape.proxy.addon import ALWAYS, RECORDING, decrypt_only
from ewstape.proxy.hooks import Hooks
from ewstape.proxy.lock import Lock, Way
from ewstape.proxy.master import make_master
from ewstape.proxy.upstream import CA_FILE, Listen, Upstream

__all__ = ["OpenPort", "Ports"]


@dataclass(frozen=True, slots=True)
class _Guest:
    """A session at a port, and whether it may reach its server."""

    hooks: Hooks
    lock: Lock


class OpenPort:
    """A port of a session."""

    def __init__(self, url: str, ca_file: Path, close: Callable[[], Awaitable[None]]) -> None:
        self.url = url
        """`http://127.0.0.1:PORT`."""
        self.ca_file = ca_file
        """The certificate of the proxy's authority, PEM."""
        self.close = close
        """Stops listening and ends every connection through this port; none is left when it returns."""


class Ports:
    """A running mitmproxy and the sessions that it serves."""

    def __init__(self, runner: Master, switch: "_Switch") -> None:
        self._runner = runner
        self._switch = switch
        self._wanted: dict[str, Any] = {}

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[Self]:
        """A mitmproxy in the running loop, for as long as the context lasts."""
        switch = _Switch()
        runner = make_master(switch)
        runner.options.update(mode=[], **ALWAYS, **RECORDING)
        task = asyncio.create_task(runner.run())
        begun = asyncio.create_task(switch.is_running.wait())
        try:
            await asyncio.wait({task, begun}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                begun.cancel()
                await task
            yield cls(runner, switch)
        finally:
            runner.shutdown()
            await task

    async def open(self, hooks: Hooks, upstream: Upstream, hosts: tuple[str, ...] = ()) -> OpenPort:
        """A port of loopback for a session: a reverse proxy if the upstream has a URL, else an ordinary one.

        Args:
            hooks: the session's; one that replays is never let out.
            upstream: what is behind the port.
            hosts: patterns of the hosts that may be decrypted; all if there are none.

        Raises:
            ConfigError: mitmproxy refuses the settings, or serves a session with other ones.
        """
        listen = Listen(port=0)
        self._configure(_DEFAULTS | decrypt_only(hosts, ()) | upstream.trust())
        instance: ServerInstance[Any] = ServerInstance.make(upstream.options(listen)["mode"][0], self._proxyserver)
        try:
            await instance.start()
        except OSError as error:
            raise ConfigError(f"cannot listen on {listen}: {error}") from None
        guest = _Guest(hooks, Lock())
        guest.lock.way = Way.OPEN if hooks.session and hooks.session.forwards else Way.REPLAY
        numbers = {address[1] for address in instance.listen_addrs}
        self._switch.guests |= dict.fromkeys(numbers, guest)

        async def close() -> None:
            await instance.stop()
            await self._disconnect(numbers)
            for number in numbers:
                del self._switch.guests[number]

        host, number, *_ = instance.listen_addrs[0]
        return OpenPort(f"http://{host}:{number}", self._ca_file, close)

    @property
    def _ca_file(self) -> Path:
        return Path(self._runner.options.confdir).expanduser() / CA_FILE

    @property
    def _proxyserver(self) -> Proxyserver:
        found = self._runner.addons.get("proxyserver")
        assert isinstance(found, Proxyserver)
        return found

    def _configure(self, wanted: dict[str, Any]) -> None:
        """Sets options, which are mitmproxy's and so for all sessions."""
        if wanted == self._wanted:
            return
        if self._switch.guests:
            raise ConfigError(
                "a proxy with another CA folder, other hosts or another upstream CA is open in this process; close it"
            )
        try:
            self._runner.options.update(**wanted)
        except exceptions.OptionsError as error:
            raise ConfigError(str(error)) from None
        self._wanted = wanted

    async def _disconnect(self, numbers: set[int]) -> None:
        connections = self._proxyserver.connections
        ours = {key: one for key, one in connections.items() if one.client.sockname[1] in numbers}
        handlers = {io.handler for one in ours.values() for io in one.transports.values() if io.handler is not None}
        for handler in handlers:
            handler.cancel()
        if handlers:
            await asyncio.wait(handlers)
        while ours.keys() & connections.keys():  # noqa: ASYNC110  mitmproxy tells nobody when their last hooks have run
            await asyncio.sleep(0)


_DEFAULTS: dict[str, Any] = {
    "allow_hosts": [],
    "ssl_insecure": False,
    "ssl_verify_upstream_trusted_ca": None,
    "confdir": CONF_DIR,
}


class _Switch:
    """The addon that hands each hook to the session whose port the client came to."""

    def __init__(self) -> None:
        self.guests: dict[int, _Guest] = {}
        """The sessions by the numbers of their ports."""
        self.is_running = asyncio.Event()

    def running(self) -> None:
        self.is_running.set()

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        self._of(data.client).lock.server_connect(data)

    def dns_request(self, flow: dns.DNSFlow) -> None:
        self._of(flow.client_conn).lock.dns_request(flow)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self._of(flow.client_conn).hooks.requestheaders(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        guest = self._of(flow.client_conn)
        guest.lock.request(flow)
        guest.hooks.request(flow)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        self._of(flow.client_conn).hooks.responseheaders(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        self._of(flow.client_conn).hooks.response(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._of(flow.client_conn).hooks.error(flow)

    def client_disconnected(self, client: connection.Client) -> None:
        self._of(client).hooks.client_disconnected(client)

    def _of(self, client: connection.Client) -> _Guest:
        return self.guests.get(client.sockname[1]) or _Guest(Hooks(), Lock())  # a lock begins shut
