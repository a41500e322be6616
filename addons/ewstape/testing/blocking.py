"""Keeps a test run off the network: what leads anywhere but to this machine is an error at once.

What is patched is Python's own socket; a library that opens sockets in C is not held back.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from ipaddress import ip_address
from typing import Any
from unittest.mock import patch

__all__ = ["NetworkBlockedError", "network_blocked"]


_ADDRESSED: Mapping[str, slice] = {
    "connect": slice(1),
    "connect_ex": slice(1),
    "sendto": slice(-1, None),
    "sendmsg": slice(3, 4),
}
"""The methods of sockets that take an address, and where it is among their arguments, if there is one."""
_LOOKING_UP = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr")


class NetworkBlockedError(RuntimeError):
    """Something tried to leave this machine. Not an `OSError`, which clients take for a reason to try again."""


@contextmanager
def network_blocked() -> Iterator[None]:
    """For as long as it lasts, sockets of this process reach this machine only."""
    with ExitStack() as stack:
        for name, where in _ADDRESSED.items():
            if method := getattr(socket.socket, name, None):  # Windows has no sendmsg
                stack.enter_context(patch.object(socket.socket, name, _guarded(method, where)))
        for name in _LOOKING_UP:
            stack.enter_context(patch.object(socket, name, _looking_up(getattr(socket, name))))
        yield


def _guarded(method: Callable[..., Any], where: slice) -> Callable[..., Any]:
    """A method of sockets; `where` is the address among its arguments."""

    @wraps(method)
    def guard(self: socket.socket, *rest: Any) -> Any:  # noqa: ANN401  as sockets have it
        address = rest[where]
        if self.family in (socket.AF_INET, socket.AF_INET6) and address and isinstance(address[0], tuple):
            try:
                _refuse(address[0][0])
            except NetworkBlockedError:
                self.close()  # clients do so after an OSError only
                raise
        return method(self, *rest)

    return guard


def _looking_up(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose first argument is a host."""

    @wraps(function)
    def look_up(host: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401  as the function has it
        _refuse(host)
        return function(host, *rest, **more)

    return look_up


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
