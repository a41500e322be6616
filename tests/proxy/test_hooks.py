"""A session as mitmproxy's hooks: guarded, and watched if somebody wants to know."""

import asyncio

import pytest
from mitmproxy import http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.test import taddons, tflow

from ewstape.proxy.hooks import MISS, Hooks, Session


class Failing(Session):
    def request(self, flow: http.HTTPFlow) -> None:  # noqa: ARG002  mitmproxy's signature
        raise ZeroDivisionError


def flow() -> http.HTTPFlow:
    made = tflow.tflow()
    made.live = True
    return made


def test_a_session_that_fails_lets_nothing_go_on() -> None:
    asked = flow()
    Hooks(Failing()).request(asked)
    assert asked.response is not None
    assert asked.response.status_code == 500
    assert asked.response.content == b"ewstape failed to answer: ZeroDivisionError\n"


def test_what_is_answered_already_is_left_alone() -> None:
    asked = flow()
    asked.response = http.Response.make(204)
    Hooks(Failing()).request(asked)
    assert asked.response.status_code == 204


def test_without_a_session_nothing_happens() -> None:
    hooks, asked = Hooks(), flow()
    with taddons.context(Proxyserver()):
        for hook in (hooks.requestheaders, hooks.request, hooks.responseheaders, hooks.response, hooks.error):
            hook(asked)
    hooks.client_disconnected(asked.client_conn)
    assert asked.response is None


def test_who_watches_is_told_of_every_answer() -> None:
    seen: list[tuple[str, int, object]] = []
    hooks = Hooks(Session(), lambda request, response, _, miss: seen.append((request.method, response.status, miss)))
    asked = flow()
    asked.response = http.Response.make(200)
    asked.metadata[MISS] = "why"
    hooks.response(asked)
    assert seen == [("GET", 200, "why")]


@pytest.mark.parametrize(("ended", "asked_for"), [(None, ["a client"]), (1.0, [])], ids=["the head alone", "all"])
def test_only_who_has_more_to_send_is_told_that_the_head_is_here(
    monkeypatch: pytest.MonkeyPatch, ended: float | None, asked_for: list[str]
) -> None:
    told: list[str] = []
    monkeypatch.setattr("ewstape.proxy.hooks.acknowledge", lambda _, client: told.append(client.id))
    asked = flow()
    asked.client_conn.id = "a client"
    asked.request.timestamp_end = ended
    with taddons.context(Proxyserver()) as context:
        Hooks().requestheaders(asked)
        assert not told
        for _ in range(3):
            context.master.event_loop.run_until_complete(asyncio.sleep(0))
    assert told == asked_for
