"""Spares clients the wait for a delayed acknowledgement.

urllib3 leaves Nagle's algorithm on when it talks to a proxy, and http.client writes a request's head and body apart:
the body is held back until the head is acknowledged, which Linux puts off for 40 ms. Asking for quick acknowledgements
once the head has been read acknowledges it there and then. The kernel forgets the wish, so it is renewed each time.
"""

import socket
from contextlib import suppress
from typing import Any

from mitmproxy import connection
from mitmproxy.addons.proxyserver import Proxyserver

_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux has it; elsewhere nothing is done."""


def acknowledge(proxyserver: Proxyserver, client: connection.Client) -> None:
    """Lets a client know at once that what it has sent so far is here.

    Args:
        proxyserver: the addon that knows the connections.
        client: whose request's head has been read, and whose body may be held back for that.
    """
    handler = proxyserver.connections.get(client.id)
    transport = None if handler is None else handler.transports.get(client)
    writer: Any = None if transport is None else transport.writer
    found = None if writer is None else writer.get_extra_info("socket")
    if _QUICKACK is not None and found is not None:
        with suppress(OSError):  # the client has gone: then nobody waits
            found.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
