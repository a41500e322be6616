"""Several sessions behind one mitmproxy, in this process: each at its port, and nothing for who comes to none."""

import asyncio
from pathlib import Path

import pytest
from mitmproxy import ctx
from mitmproxy.connection import Client
from mitmproxy.proxy import server_hooks
from mitmproxy.test import tflow

from ewstape.config import Config
from ewstape.errors import ConfigError
from ewstape.player import Player, open_tape
from ewstape.proxy.hooks import Hooks, Session
from ewstape.proxy.ports import OpenPort, Ports
from ewstape.proxy.replaying import Replaying
from ewstape.proxy.upstream import Upstream

TAPE = Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"


def replaying() -> Hooks:
    config = Config(cassette=str(TAPE))
    return Hooks(Replaying(Player(config, open_tape(config))))


async def answer(port: OpenPort, target: bytes = b"http://mail.example.com/EWS/Exchange.asmx") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port.url.rpartition(":")[2]))
    head = b"POST %b HTTP/1.1\r\nHost: mail.example.com\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
    writer.write(head % target)
    said = await reader.read()
    writer.close()
    return said


def test_a_port_that_is_closed_takes_its_connections_along(tmp_path: Path) -> None:
    async def tried() -> None:
        upstream = Upstream(ca_folder=tmp_path)
        async with Ports.running() as ports:
            one, other = await ports.open(replaying(), upstream), await ports.open(replaying(), upstream)
            assert one.ca_file.is_file()
            reader, writer = await asyncio.open_connection("127.0.0.1", int(one.url.rpartition(":")[2]))
            writer.write(b"GET http://mail.example.com/")  # a request that never ends
            await asyncio.sleep(0)
            await one.close()
            assert await reader.read() == b""
            writer.close()
            with pytest.raises(OSError, match=r"refused|Connect call failed"):
                await answer(one)
            assert b"X-Ewstape-Miss: 1" in await answer(other)
            await other.close()

    asyncio.run(tried())


def test_a_replay_never_reaches_a_server_while_another_session_records(tmp_path: Path) -> None:
    async def tried() -> list[bool]:
        async with Ports.running() as ports:
            guests = [replaying(), Hooks(Session())]
            opened = [await ports.open(hooks, Upstream(ca_folder=tmp_path)) for hooks in guests]
            numbers = [*(int(port.url.rpartition(":")[2]) for port in opened), 1]  # the last is nobody's
            reached = []
            for number in numbers:
                client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", number), timestamp_start=0)
                data = server_hooks.ServerConnectionHookData(server=tflow.tserver_conn(), client=client)
                data.server.error = None
                await ctx.master.addons.trigger_event(server_hooks.ServerConnectHook(data))
                reached.append(data.server.error is None)
            for port in opened:
                await port.close()
            return reached

    assert asyncio.run(tried()) == [False, True, False]


def test_settings_of_mitmproxy_are_those_of_all_sessions(tmp_path: Path) -> None:
    async def tried() -> None:
        async with Ports.running() as ports:
            one = await ports.open(replaying(), Upstream(ca_folder=tmp_path))
            with pytest.raises(ConfigError, match="close it"):
                await ports.open(replaying(), Upstream(ca_folder=tmp_path, insecure=True))
            await one.close()
            other = await ports.open(replaying(), Upstream(ca_folder=tmp_path, insecure=True))
            await other.close()

    asyncio.run(tried())
