"""Replies in the order of their requests, as the transport sees them; the conformance suite tells of the wire."""

import asyncio
from collections.abc import Callable
from typing import Any

from ewstape.interaction import Chunk, Request, Response
from ewstape.replay import Reply
from ewstape.replay.faults import FaultKind
from ewstape.server.connection import Connection, Open

REQUEST = b"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"


class Transport(asyncio.Transport):
    """Remembers what was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.done: list[str] = []

    def write(self, data: Any) -> None:
        self.sent += data

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ARG002  as asyncio has it
        return None

    def __getattribute__(self, name: str) -> Any:
        if name in {"close", "abort", "write_eof", "pause_reading", "resume_reading"}:
            return lambda: self.done.append(name)
        return super().__getattribute__(name)


class Player:
    """Answers with the path, after a delay where it says so."""

    def __init__(self, replies: Callable[[str], Reply]) -> None:
        self.replies = replies
        self.gone: list[str] = []

    def answer(self, request: Request, connection: str, now: float) -> Reply:  # noqa: ARG002  as a player has it
        return self.replies(request.url.rpartition("/")[2])

    def closed(self, connection: str) -> None:
        self.gone.append(connection)


def reply(text: str, **options: Any) -> Reply:
    chunks = options.pop("chunks", ())
    return Reply(response=Response(status=200, body=text.encode(), chunks=chunks), note="", **options)


def play(
    scene: Callable[[Connection, Transport], Any], replies: Callable[[str], Reply] = reply, *, gone: bool = False
) -> Transport:
    """What a transport has seen when the scene is over; `gone`, if the client does not wait for the replies."""
    transport = Transport()

    async def main() -> None:
        opened, player = Open(), Player(replies)
        connection = Connection(player, opened)  # type: ignore[arg-type]  # a stand-in
        connection.connection_made(transport)
        assert opened.connections == {connection}
        scene(connection, transport)
        if gone:
            connection.connection_lost(ConnectionResetError())
        while opened.tasks:
            await asyncio.wait(opened.tasks)
            await asyncio.sleep(0)
        if not gone:
            connection.connection_lost(None)
        assert (opened.connections, player.gone) == (set(), [connection.number])

    asyncio.run(main())
    return transport


def bodies(transport: Transport) -> list[bytes]:
    return [part.partition(b"\r\n\r\n")[2] for part in transport.sent.split(b"HTTP/1.1 ")[1:]]


def test_an_ordinary_reply_leaves_at_once() -> None:
    def scene(connection: Connection, transport: Transport) -> None:
        connection.data_received(REQUEST % 1)
        assert transport.sent == b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"

    assert play(scene).done == []


def test_pipelined_requests_are_answered_in_order_and_reading_stops_meanwhile() -> None:
    def replies(text: str) -> Reply:
        return reply(text, delay=0.001 if text == "1" else 0.0)

    def scene(connection: Connection, transport: Transport) -> None:
        connection.data_received(REQUEST % 1 + REQUEST % 2)
        connection.data_received(REQUEST % 3)
        assert (transport.sent, transport.done) == (b"", ["pause_reading"])

    transport = play(scene, replies)
    assert bodies(transport) == [b"1", b"2", b"3"]
    assert transport.done == ["pause_reading", "resume_reading"]


def test_nothing_more_is_sent_to_a_client_that_takes_nothing() -> None:
    def scene(connection: Connection, transport: Transport) -> None:
        connection.pause_writing()
        connection.data_received(REQUEST % 1 + REQUEST % 2)
        assert (transport.sent, transport.done) == (b"", ["pause_reading"])
        connection.resume_writing()

    transport = play(scene)
    assert bodies(transport) == [b"1", b"2"]
    assert transport.done == ["pause_reading", "resume_reading"]


def test_a_client_that_goes_takes_the_rest_of_its_replies_along() -> None:
    transport = play(
        lambda connection, _: connection.data_received(REQUEST % 1 + REQUEST % 2),
        lambda text: reply(text, delay=60),
        gone=True,
    )
    assert transport.sent == b""


def test_shutting_down_lets_the_reply_under_way_out() -> None:
    def scene(connection: Connection, transport: Transport) -> None:
        connection.data_received(REQUEST % 1)
        connection.shutdown()
        assert transport.done == []

    transport = play(scene, lambda text: reply(text, delay=0.001))
    assert bodies(transport) == [b"1"]
    assert transport.done[0] == "close"


def test_what_is_cut_off_ends_the_connection() -> None:
    transport = play(lambda connection, _: connection.data_received(REQUEST % 12), lambda text: reply(text, cut=1))
    assert transport.sent.endswith(b"Content-Length: 2\r\n\r\n1")
    assert transport.done[0] == "close"


def test_a_reset_sends_nothing() -> None:
    transport = play(
        lambda connection, _: connection.data_received(REQUEST % 1), lambda text: reply(text, fault=FaultKind.RESET)
    )
    assert (transport.sent, transport.done[0]) == (b"", "abort")


def test_a_stream_goes_out_in_its_pieces() -> None:
    def replies(text: str) -> Reply:
        return reply(text, chunks=(Chunk(0.0, 2), Chunk(0.001, 2)))

    transport = play(lambda connection, _: connection.data_received(REQUEST % 1234), replies)
    assert transport.sent.endswith(b"Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n2\r\n34\r\n0\r\n\r\n")


def test_a_refused_client_is_not_cut_off_while_it_sends() -> None:
    """Closing with something unread would reset the connection, and the refusal might be lost."""

    def scene(connection: Connection, transport: Transport) -> None:
        connection.data_received(b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n")
        connection.data_received(b"more")
        assert transport.done == ["write_eof"]

    assert play(scene).sent.startswith(b"HTTP/1.1 405 ")


def test_what_fails_inside_is_an_answer(caplog: Any) -> None:
    def fail(_: str) -> Reply:
        raise RuntimeError

    transport = play(lambda connection, _: connection.data_received(REQUEST % 1), fail)
    assert transport.sent.startswith(b"HTTP/1.1 500 ")
    assert "could not be answered" in caplog.text


def test_who_waits_to_be_asked_for_the_body_is_asked_in_turn() -> None:
    """After the replies before it."""
    head = b"POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"

    def scene(connection: Connection, transport: Transport) -> None:
        connection.data_received(REQUEST % 1 + head)
        assert transport.sent == b""

    transport = play(scene, lambda text: reply(text, delay=0.001))
    assert transport.sent.endswith(b"1HTTP/1.1 100 Continue\r\n\r\n")
