"""The lock vetoes every way out by what it is set to."""

import pytest
from mitmproxy.proxy import server_hooks
from mitmproxy.test import taddons, tflow

from ewstape.proxy.lock import Lock, Way, install


def lock(way: Way) -> Lock:
    made = Lock()
    made.way = way
    return made


def test_it_begins_shut() -> None:
    assert Lock().way is Way.SHUT


@pytest.mark.parametrize(("way", "reason"), [(Way.SHUT, "not running"), (Way.REPLAY, "replays"), (Way.OPEN, None)])
def test_connections_and_names_are_refused_with_the_reason(way: Way, reason: str | None) -> None:
    data = server_hooks.ServerConnectionHookData(server=tflow.tserver_conn(), client=tflow.tclient_conn())
    data.server.error = None
    lock(way).server_connect(data)
    query = tflow.tdnsflow()
    lock(way).dns_request(query)
    for said in (data.server.error, query.error.msg if query.error else None):
        assert (said is None) if reason is None else (said and reason in said)


@pytest.mark.parametrize(("way", "status"), [(Way.SHUT, 503), (Way.REPLAY, None), (Way.OPEN, None)])
def test_a_request_on_an_open_connection_is_refused_where_nobody_answers(way: Way, status: int | None) -> None:
    flow = tflow.tflow()
    lock(way).request(flow)
    assert (flow.response.status_code if flow.response else None) == status


def test_there_is_one_in_a_mitmproxy_and_it_comes_first() -> None:
    with taddons.context() as context:
        assert install() is install()
        assert context.master.addons.chain[0] is context.master.addons.get(Lock.name)
