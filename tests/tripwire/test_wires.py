"""The wires themselves: without the lock, each of these ways out trips one. Otherwise no test here could fail."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUERY = b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\4mail\7example\3com\0\0\1\0\1"


def test_a_recording_trips_the_wire(ewstape: Any, tmp_path: Path, talk: Callable[..., bytes]) -> None:
    with ewstape("record", tmp_path / "tape.yaml", "--upstream", "http://ewstape.invalid") as wired:
        assert b" 502 " in talk(wired.at, b"GET /owa/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert any("ewstape.invalid" in attempt for attempt in wired.attempts)


def test_mitmproxy_alone_trips_the_wires(
    wired: Any, modes: Any, tripwire: Any, proxy_ca: Path, ask: Callable[..., bytes]
) -> None:
    """It connects before it is asked for anything, sends datagrams, and resolves names, all past its own hooks."""
    arguments = modes(f"reverse:tcp://{tripwire}", f"reverse:udp://{tripwire}", "dns")
    sets = ("--set", f"confdir={proxy_ca}", "--set", "dns_name_servers=127.0.0.1")
    with wired("mitmproxy.tools.main:mitmdump", *sets, *arguments) as program:
        socket.create_connection(program.listening(f"reverse proxy to tcp://{tripwire}"), timeout=20).close()
        ask(program.listening(f"reverse proxy to udp://{tripwire}"), b"x", answered=False)
        ask(program.listening("DNS server"), QUERY, answered=False)
        program.wait_for("socket.connect", "open_udp_connection", "DnsResolver")


def test_starting_tries_nothing(ewstape: Any, mitmdump: Any, cassette: Path) -> None:
    """Imports and all; other programs here are forked off one that has them behind it, where no wire would tell."""
    with (
        ewstape("replay", cassette, "--forward", forked=False) as ours,
        mitmdump("--mode", "regular@127.0.0.1:0", cassette=cassette, forked=False) as theirs,
    ):
        assert ours.at
        assert theirs.listening("HTTP(S) proxy")
        assert ours.attempts == theirs.attempts == []
