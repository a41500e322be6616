"""Runs a program with every way to the network wired: each attempt to use one is a line in a pipe.

    python wired.py PIPE MODULE:FUNCTION ARGUMENT...

Python tells an audit hook about every connection, datagram and look-up, whatever library makes it. What mitmproxy does
in Rust (UDP to servers, looking names up) is wrapped. Listening and accepting count for nothing.
"""

import importlib
import os
import sys
from typing import Any

alarm = os.open(sys.argv[1], os.O_WRONLY)
WIRES = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}
"""Audit events, and which of their arguments says where to."""


def trip(what: str, where: object) -> None:
    os.write(alarm, f"{what} {where!r}\n".encode())


def listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event in WIRES and (where := arguments[WIRES[event]]) is not None:  # None: the addresses of this machine itself
        trip(event, where)


def wrap(module: Any, name: str) -> None:
    original = getattr(module, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        trip(name, (arguments, named))
        return original(*arguments, **named)

    setattr(module, name, wrapped)


sys.addaudithook(listen)
import mitmproxy_rs  # noqa: E402  not before the hook

wrap(mitmproxy_rs.udp, "open_udp_connection")
wrap(mitmproxy_rs.dns, "DnsResolver")
os.dup2(2, 1)  # mitmdump logs to stdout, and who started this reads stderr
module, _, function = sys.argv[2].partition(":")
sys.argv = sys.argv[2:]
getattr(importlib.import_module(module), function)()
