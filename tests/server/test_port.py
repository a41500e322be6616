"""A port in a loop of the caller's: opened, and closed with all that came through it."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest

from ewstape.cassette import Cassette
from ewstape.config import Config, read_config
from ewstape.errors import ConfigError
from ewstape.player import Player, open_tape
from ewstape.server.port import Port, listen

TAPE = Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"
BODY = Cassette.open(TAPE)[0].request.body
ASK = b"POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: mail.example.com\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


async def opened(config: Config | None = None) -> Port:
    config = config or Config(cassette=str(TAPE))
    return await Port.open(Player(config, open_tape(config)), listen("127.0.0.1", 0))


async def connected(port: Port) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(port.url.rpartition(":")[2]))


def test_nothing_is_left_of_a_port_that_is_closed() -> None:
    """Neither of a connection that has just been accepted, nor of one that is idle, nor of one in the middle of it."""

    async def tried() -> None:
        port = await opened()
        clients = [await connected(port) for _ in range(3)]
        clients[0][1].write(ASK)
        assert b"200" in await clients[0][0].readline()
        clients[1][1].write(ASK[:10])
        await port.close()
        for reader, writer in clients:
            with suppress(ConnectionResetError):
                await reader.read()
            writer.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await connected(port)

    asyncio.run(tried())


@pytest.mark.parametrize(("grace", "said"), [(0.0, b""), (30.0, b"HTTP/1.1 200 OK\r\n")])
def test_an_answer_under_way_is_given_the_time_that_there_is(
    grace: float, said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def tried() -> bytes:
        late = read_config(overrides={"cassette": str(TAPE), "faults": "[{fault: delay, seconds: 0.2, every: 1}]"})
        port = await opened(late)
        reader, writer = await connected(port)
        writer.write(ASK)
        with caplog.at_level(logging.INFO, "ewstape"):
            while not caplog.records:  # noqa: ASYNC110  it has been answered, and waits
                await asyncio.sleep(0)
        await port.close(grace)
        try:
            return await reader.readline()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    assert asyncio.run(tried()) == said
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_an_address_that_cannot_be_listened_on_is_named() -> None:
    with pytest.raises(ConfigError, match=r"cannot listen on 192\.0\.2\.1:1: "):
        listen("192.0.2.1", 1)
