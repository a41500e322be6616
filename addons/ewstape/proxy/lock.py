"""The lock on the way out: no connection to a server, no name looked up, unless something is being recorded.

It is an addon of its own, first in mitmproxy's chain, so that it outlives what it guards: when the script fails to load
again, or is taken out, everything stays shut. It holds nothing that could fail.
"""

from enum import Enum, auto

from mitmproxy import ctx, dns, http
from mitmproxy.flow import Error
from mitmproxy.proxy import server_hooks

__all__ = ["Lock", "Way", "install"]


class Way(Enum):
    """Whether anything may leave for a server."""

    SHUT = auto()
    """Nothing may, and nobody answers: ewstape did not start, failed to load again, or is done."""
    REPLAY = auto()
    """Nothing may; requests are answered from the tape."""
    OPEN = auto()
    """A recording is running."""


_WHY = {
    Way.SHUT: "ewstape is not running, so nothing passes; mend what its log says and start it again",
    Way.REPLAY: "ewstape replays from a cassette and never connects to a server",
}


class Lock:
    """Vetoes whatever would reach the network."""

    name = "ewstape-lock"
    """Under which mitmproxy finds it again."""

    def __init__(self) -> None:
        self.way = Way.SHUT

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """The one place that all of mitmproxy's connections to servers pass, whatever the mode."""
        if why := _WHY.get(self.way):
            data.server.error = why

    def dns_request(self, flow: dns.DNSFlow) -> None:
        """Mitmproxy resolves names with a resolver of its own, which `server_connect` does not see."""
        if why := _WHY.get(self.way):
            flow.error = Error(why)

    def request(self, flow: http.HTTPFlow) -> None:
        """A connection to the server that is still open from a recording needs no new one."""
        if self.way is Way.SHUT and not flow.response:
            flow.response = http.Response.make(503, f"{_WHY[self.way]}\n", {"Content-Type": "text/plain"})


def install() -> Lock:
    """The lock of this mitmproxy, put first in its chain when there is none yet. Call it from an addon's `load`."""
    addons = ctx.master.addons
    lock = addons.get(Lock.name)
    if not isinstance(lock, Lock):
        lock = Lock()
        addons.chain.insert(0, addons.register(lock))
    return lock
