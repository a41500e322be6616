"""Keeps a test run off the network: connections and look-ups to anywhere but this machine are errors at once.

What is patched is Python's own socket; a library that opens sockets in C is not held back.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from ipaddress import ip_address
from typing import Any
from unittest.mock import patch

__all__ = ["NetworkBlockedError", "network_blocked"]


class NetworkBlockedError(RuntimeError):
    """Something tried to leave this machine. Not an `OSError`, which clients take for a reason to try again."""


@contextmanager
def network_blocked() -> Iterator[None]:
    """For as long as it lasts, sockets of this process reach this machine only."""

    def guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(connect)
        def guard(self: socket.socket, address: Any, *rest: Any) -> Any:  # noqa: ANN401  as sockets have it
            if self.family in (socket.AF_INET, socket.AF_INET6):
                try:
                    _refuse(address[0])
                except NetworkBlockedError:
                    self.close()  # clients do so after an OSError only
                    raise
            return connect(self, address, *rest)

        return guard

    @wraps(socket.getaddrinfo)
    def look_up(host: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401  as the function has it
        _refuse(host)
        return original(host, *rest, **more)

    original = socket.getaddrinfo
    with (
        patch.object(socket.socket, "connect", guarded(socket.socket.connect)),
        patch.object(socket.socket, "connect_ex", guarded(socket.socket.connect_ex)),
        patch.object(socket, "getaddrinfo", look_up),
    ):
        yield


def _refuse(host: str | bytes | None) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not name or name.lower() == "localhost":
        return
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        local = False
    else:
        local = address.is_loopback or address.is_unspecified
    if not local:
        raise NetworkBlockedError(f"the network is blocked in this test run: nothing may connect to {name!r}")
