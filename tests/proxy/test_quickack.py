"""What a client has sent is acknowledged when its head has been read, not when the kernel finds the time."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest

from ewstape.proxy.quickack import acknowledge

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "TCP_QUICKACK"), reason="TCP_QUICKACK is Linux's; elsewhere nothing is done"
)

_UNACKNOWLEDGED = 24
"""Where `tcpi_unacked` stands in Linux's `struct tcp_info`."""


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client and the proxy's end of its connection."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        client = socket.create_connection(listener.getsockname())
        proxy, _ = listener.accept()
    with client, proxy:
        yield client, proxy


def unacknowledged(client: socket.socket) -> int:
    """How many segments the client waits to hear about."""
    info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return int(struct.unpack_from("I", info, _UNACKNOWLEDGED)[0])


def server_with(client: Any, found: socket.socket | None) -> Any:
    """As much of mitmproxy's addon as is looked at."""
    writer = SimpleNamespace(get_extra_info=lambda name: found if name == "socket" else None)
    handler = SimpleNamespace(transports={client: SimpleNamespace(writer=writer)})
    return SimpleNamespace(connections={client.id: handler})


class Client:
    """Stands for mitmproxy's."""

    id = "a client"


def test_the_head_is_acknowledged_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    client, proxy = pair
    proxy.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)  # as it is after a few exchanges
    client.sendall(b"POST / HTTP/1.1\r\n\r\n")
    proxy.recv(100)
    one = Client()
    acknowledge(server_with(one, proxy), one)  # type: ignore[arg-type]  # a stand-in
    assert unacknowledged(client) == 0


def test_a_client_that_has_gone_is_no_trouble(pair: tuple[socket.socket, socket.socket]) -> None:
    _, proxy = pair
    proxy.close()
    one = Client()
    acknowledge(server_with(one, proxy), one)  # type: ignore[arg-type]  # a stand-in
    acknowledge(SimpleNamespace(connections={}), one)  # type: ignore[arg-type]  # a stand-in


def test_a_transport_without_a_socket_is_let_be() -> None:
    one = Client()
    acknowledge(server_with(one, None), one)  # type: ignore[arg-type]  # a stand-in
