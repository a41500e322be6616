"""The application as ASGI: what it makes of a request, and what it sends, without a socket."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ewstape.cassette import Cassette
from ewstape.config import Config
from ewstape.player import Player, open_tape
from ewstape.server import Application

TAPE = Path(__file__).parents[2] / "cassettes/play-on-phone.yaml"
PLAY = Cassette.open(TAPE)[0]


def ask(*bodies: bytes, limit: int = 10_000, gone: bool = False, **scope: Any) -> list[dict[str, Any]]:
    """What the application sends in answer to a request whose body comes in these pieces."""
    config = Config(cassette=str(TAPE))
    application = Application(Player(config, open_tape(config)), limit)
    pieces: list[Mapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    pieces[-1] = {"type": "http.disconnect"} if gone else {**pieces[-1], "more_body": False}
    sent: list[dict[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return pieces.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    whole = {
        "type": "http",
        "method": "POST",
        "http_version": "1.1",
        "raw_path": b"/EWS/Exchange.asmx",
        "query_string": b"",
        "headers": [(b"host", b"mail.example.com"), (b"content-type", b"text/xml")],
        "client": ("127.0.0.1", 1),
        **scope,
    }
    asyncio.run(application(whole, receive, send))
    return sent


def test_a_body_in_pieces_is_one_request() -> None:
    body = PLAY.request.body
    head, content = ask(body[:10], body[10:20], body[20:])
    assert (head["status"], content["body"]) == (200, PLAY.response.body if PLAY.response else None)


@pytest.mark.parametrize("bodies", [(b"x" * 11,), (b"x" * 6, b"x" * 6)], ids=["at once", "in pieces"])
def test_a_body_beyond_the_limit_is_refused_and_the_connection_closed(bodies: tuple[bytes, ...]) -> None:
    head, _ = ask(*bodies, limit=10)
    assert head["status"] == 413
    assert (b"Connection", b"close") in head["headers"]


def test_a_length_beyond_the_limit_is_refused_before_anything_is_read() -> None:
    head, _ = ask(b"", limit=10, headers=[(b"content-length", b"11")])
    assert head["status"] == 413


def test_nothing_is_sent_to_a_client_that_has_gone() -> None:
    assert ask(b"<x", b"", gone=True) == []


def test_a_websocket_is_not_accepted() -> None:
    assert ask(b"", type="websocket") == [{"type": "websocket.close"}]


@pytest.mark.parametrize("host", [b"[", b"a/EWS/x?", b"a b", b"", b"\xff"])
def test_a_host_that_is_none_does_no_harm(host: bytes) -> None:
    head, _ = ask(PLAY.request.body, headers=[(b"host", host), (b"content-type", b"text/xml")])
    assert head["status"] == 200


def test_a_content_coding_that_cannot_be_taken_off_is_a_miss() -> None:
    head, _ = ask(b"not gzip", headers=[(b"content-encoding", b"gzip")])
    assert head["status"] == 500
