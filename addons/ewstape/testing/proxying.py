"""mitmproxy for cassettes in use: one in the background loop, started when a port of it is first asked for.

Importing this module imports mitmproxy, which takes longer than all the rest.
"""

from ewstape.player import Player
from ewstape.proxy.hooks import Hooks
from ewstape.proxy.ports import OpenPort, Ports
from ewstape.proxy.replaying import Replaying
from ewstape.proxy.upstream import Upstream
from ewstape.testing.background import BACKGROUND

__all__ = ["open_port", "replaying"]


async def open_port(hooks: Hooks, upstream: Upstream, hosts: tuple[str, ...] = ()) -> OpenPort:
    """A port of the process's mitmproxy; call it in the background loop. See `Ports.open`."""
    ports = await BACKGROUND.once(Ports.running)
    return await ports.open(hooks, upstream, hosts)


def replaying(player: Player) -> Hooks:
    """The hooks that answer from a player."""
    return Hooks(Replaying(player))
