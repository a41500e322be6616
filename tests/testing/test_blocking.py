"""The network shut out of a test run."""

import socket

import pytest

from ewstape.testing.blocking import NetworkBlockedError, network_blocked


@pytest.mark.parametrize("host", ["192.0.2.1", "mail.example.com", "2001:db8::1"])
def test_nothing_reaches_another_machine(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with network_blocked():
        for way in ("connect", "connect_ex"):
            one = socket.socket(family)
            with pytest.raises(NetworkBlockedError, match=host):
                getattr(one, way)((host, 443))
            assert one.fileno() < 0  # closed: a client would leave it open
        for arguments in ((b"a datagram", (host, 9)), (b"with flags", 0, (host, 9))):
            with socket.socket(family, socket.SOCK_DGRAM) as one, pytest.raises(NetworkBlockedError, match=host):
                one.sendto(*arguments)
        if hasattr(socket.socket, "sendmsg"):
            with socket.socket(family, socket.SOCK_DGRAM) as one, pytest.raises(NetworkBlockedError, match=host):
                one.sendmsg([b"a datagram"], [], 0, (host, 9))
        with pytest.raises(NetworkBlockedError, match=host):
            socket.getaddrinfo(host.encode(), 443)
        for look_up in (socket.gethostbyname, socket.gethostbyname_ex, socket.gethostbyaddr):
            with pytest.raises(NetworkBlockedError, match=host):
                look_up(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, network_blocked():
        socket.create_connection((host, server.getsockname()[1])).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            assert one.sendto(b"a datagram", (host, server.getsockname()[1])) == 10


@pytest.mark.skipif(not hasattr(socket.socket, "sendmsg"), reason="Windows has no sendmsg")
def test_what_is_sent_is_not_taken_for_an_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, network_blocked():
        with socket.create_connection(server.getsockname()) as one:
            assert one.sendmsg((b"mail.example.com",)) == 16
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            assert one.sendmsg((b"a ", b"datagram"), [], 0, server.getsockname()) == 10


def test_it_ends_with_its_block() -> None:
    before = socket.getaddrinfo, socket.socket.connect, socket.socket.sendto
    with network_blocked():
        assert socket.getaddrinfo is not before[0]
    assert (socket.getaddrinfo, socket.socket.connect, socket.socket.sendto) == before
