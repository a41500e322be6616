"""The addon by its hooks, without a process: what it does to mitmproxy, and when it keeps out."""

import asyncio
import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from mitmproxy import connection, contentviews, dns, exceptions, hooks, http
from mitmproxy.addons.dumper import Dumper
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.view import View
from mitmproxy.proxy import server_hooks
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import taddons, tflow, tutils

from ewstape.cassette import Cassette
from ewstape.errors import MISSED
from ewstape.proxy.addon import EwsTape, option_name
from ewstape.proxy.lock import Lock, Way
from ewstape.proxy.replaying import Replaying

CASSETTES = Path(__file__).parents[2] / "cassettes"
TAPE = CASSETTES / "play-on-phone.yaml"
CALL = list(Cassette.open(TAPE))
POLL = (Path(__file__).parents[1] / "wire_samples" / "get-folder.request.xml").read_bytes()


@pytest.fixture
def context() -> Iterator[taddons.context]:
    with taddons.context(Proxyserver(), NextLayer()) as made:
        yield made


def start(context: taddons.context, **settings: object) -> EwsTape:
    addon = EwsTape()
    context.master.addons.add(addon)
    context.configure(addon, **{option_name(name): str(value) for name, value in settings.items()})
    return addon


def lock_of(context: taddons.context) -> Lock:
    lock = context.master.addons.get(Lock.name)
    assert isinstance(lock, Lock)
    return lock


def flow(path: bytes = b"/EWS/Exchange.asmx", body: bytes = POLL) -> http.HTTPFlow:
    made = tflow.tflow(req=tutils.treq(method=b"POST", path=path, content=body))
    made.live = True
    return made


def connects(lock: Lock) -> bool:
    """Whether a connection to a server would be opened."""
    data = server_hooks.ServerConnectionHookData(server=tflow.tserver_conn(), client=tflow.tclient_conn())
    data.server.error = None
    lock.server_connect(data)
    return data.server.error is None


def test_replay_answers_a_request_and_lets_nothing_out(context: taddons.context) -> None:
    addon = start(context, cassette=TAPE)
    asked = flow()
    addon.request(asked)
    assert asked.response is not None
    assert asked.response.status_code == 500
    assert not connects(lock_of(context))
    addon.done()


def test_the_process_ends_with_status_4_after_a_miss_when_all_other_addons_are_done(context: taddons.context) -> None:
    addon, told = start(context, cassette=TAPE), list[str]()
    context.master.addons.add(Late(told))
    addon.running()
    addon.request(flow())
    with pytest.raises(SystemExit) as ended:
        asyncio.run(context.master.addons.trigger_event(hooks.DoneHook()))
    assert (ended.value.code, told) == (MISSED, ["done"])


def test_a_script_that_is_loaded_again_does_not_end_the_process(context: taddons.context) -> None:
    """The miss still counts when the process ends."""
    addon = start(context, cassette=TAPE)
    addon.running()
    addon.request(flow())
    context.master.addons.remove(addon)
    start(context, cassette=TAPE).running()
    with pytest.raises(SystemExit) as ended:
        asyncio.run(context.master.addons.trigger_event(hooks.DoneHook()))
    assert ended.value.code == MISSED


class Late:
    """Writes its file when it is done, as mitmproxy's savehar does."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def done(self) -> None:
        self._told.append("done")


def test_a_request_that_another_addon_has_answered_is_left_alone(context: taddons.context) -> None:
    addon = start(context, cassette=TAPE)
    asked = flow()
    asked.response = http.Response.make(204)
    addon.request(asked)
    assert asked.response.status_code == 204
    loaded = flow()
    loaded.live = False
    addon.request(loaded)
    assert loaded.response is None


def test_what_fails_inside_is_the_answer(context: taddons.context, monkeypatch: pytest.MonkeyPatch) -> None:
    addon = start(context, cassette=TAPE)
    monkeypatch.setattr(Replaying, "request", lambda *_: 1 / 0)
    asked = flow()
    addon.request(asked)
    assert asked.response is not None
    assert (asked.response.status_code, asked.response.text) == (500, "ewstape failed to answer: ZeroDivisionError\n")


def test_a_recording_opens_the_lock_and_its_end_shuts_it(context: taddons.context, tmp_path: Path) -> None:
    addon = start(context, cassette=tmp_path / "tape.yaml", record_mode="all")
    lock = lock_of(context)
    assert connects(lock)
    asked = flow()
    addon.requestheaders(asked)
    addon.request(asked)
    assert asked.response is None
    asked.response = tutils.tresp(content=b"<x/>")
    addon.responseheaders(asked)
    addon.response(asked)
    broken = flow()
    addon.requestheaders(broken)
    broken.error = tflow.terr("gone")
    addon.error(broken)
    addon.client_disconnected(asked.client_conn)
    lock.request(another := flow())
    assert another.response is None
    addon.done()
    assert [one.error for one in Cassette.open(tmp_path / "tape.yaml")] == ["", "gone"]
    assert not connects(lock)
    lock.request(another)
    assert another.response is not None
    assert another.response.status_code == 503


def test_the_lock_is_first_and_outlives_the_addon(context: taddons.context, tmp_path: Path) -> None:
    """Before it loads a script again, mitmproxy removes the addon that the script made."""
    addon = start(context, cassette=TAPE)
    lock = lock_of(context)
    assert context.master.addons.chain[0] is lock
    context.master.addons.remove(addon)
    assert lock.way is Way.SHUT
    start(context, record_mode="all", cassette=tmp_path / "tape.yaml")
    assert lock_of(context) is lock
    assert lock.way is Way.OPEN


@pytest.mark.parametrize("way", Way)
def test_names_are_looked_up_only_while_recording(way: Way) -> None:
    lock = Lock()
    lock.way = way
    asked: dns.DNSFlow = tflow.tdnsflow()
    lock.dns_request(asked)
    assert (asked.error is None) == (way is Way.OPEN)


def test_mitmproxy_is_set_up_for_it(context: taddons.context, tmp_path: Path) -> None:
    context.options.stream_large_bodies = "1"
    start(context, cassette=tmp_path / "tape.yaml", record_mode="all", hosts="mail.example.com *.example.org")
    assert (context.options.http2, context.options.connection_strategy) == (False, "lazy")
    assert context.options.stream_large_bodies is None
    assert context.options.allow_hosts == [r"^mail\.example\.com:\d+$", r"^.*\.example\.org:\d+$"]


def test_hosts_do_not_count_in_replay(context: taddons.context) -> None:
    start(context, cassette=TAPE, hosts="mail.example.com")
    assert context.options.allow_hosts == []


MISTAKES = {
    "an empty file": ({"config": "/dev/null"}, "expected a document, got nothing"),
    "missing": ({"cassette": "missing.yaml"}, "missing.yaml: there is no such cassette"),
    "contradiction": (
        {"cassette": "x.yaml", "record_mode": "once", "existing": "overwrite"},
        "contradicts record_mode",
    ),
    "unwritable": ({"cassette": "missing/x.yaml", "record_mode": "all"}, "there is no folder"),
}


@pytest.mark.parametrize(("settings", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_and_leaves_everything_shut(
    context: taddons.context, caplog: pytest.LogCaptureFixture, settings: dict[str, str], message: str
) -> None:
    start(context, **settings)
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert message in record.getMessage()
    assert not connects(lock_of(context))


def test_hosts_and_a_reverse_proxy_contradict_each_other(
    context: taddons.context, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    context.options.update(mode=["reverse:http://mail.example.com"])
    start(context, cassette=tmp_path / "tape.yaml", record_mode="all", hosts="mail.example.com")
    assert "a reverse proxy has one server" in caplog.text
    assert not (tmp_path / "tape.yaml").exists()


def test_settings_cannot_change_while_it_runs(context: taddons.context) -> None:
    addon = start(context, cassette=TAPE)
    with pytest.raises(exceptions.OptionsError, match="cannot change"):
        addon.configure({option_name("cassette")})
    addon.configure({"anticache"})


MODES = {
    "regular": "regular@127.0.0.1:8080",
    "regular@8888": "regular@127.0.0.1:8888",
    "regular@10.0.0.1:80": "regular@10.0.0.1:80",
    "reverse:https://mail.example.com": "reverse:https://mail.example.com@127.0.0.1:8080",
}


@pytest.mark.parametrize(("mode", "moved"), MODES.items())
def test_listeners_without_a_host_move_to_loopback(context: taddons.context, mode: str, moved: str) -> None:
    context.options.update(mode=[mode])
    start(context, cassette=TAPE).running()
    assert context.options.mode == [moved]


@pytest.mark.parametrize(
    ("mode", "arrived_at", "refused"),
    [
        ("regular", "192.0.2.1", True),
        ("regular", "127.0.0.1", False),
        ("regular", "::1", False),
        ("regular@192.0.2.1:8080", "192.0.2.1", False),
    ],
)
def test_until_a_listener_has_moved_nobody_gets_in_from_elsewhere(
    context: taddons.context, mode: str, arrived_at: str, refused: bool
) -> None:
    addon = start(context, cassette=TAPE)
    client = connection.Client(peername=("192.0.2.9", 1), sockname=(arrived_at, 8080), proxy_mode=ProxyMode.parse(mode))
    addon.client_connected(client)
    assert (client.error is not None) == refused


def test_a_host_that_was_asked_for_counts(context: taddons.context) -> None:
    context.options.update(listen_host="0.0.0.0")
    addon = start(context, cassette=TAPE)
    addon.running()
    assert context.options.mode == ["regular"]
    client = connection.Client(peername=("192.0.2.9", 1), sockname=("192.0.2.1", 8080))
    addon.client_connected(client)
    assert client.error is None


@pytest.fixture
def console(context: taddons.context, monkeypatch: pytest.MonkeyPatch) -> taddons.context:
    """A mitmproxy that shows flows to people."""
    context.master.addons.add(View())
    monkeypatch.setattr(contentviews, "registry", contentviews.ContentviewRegistry())
    return context


def test_where_flows_are_shown_they_are_marked_and_their_messages_decoded(console: taddons.context) -> None:
    addon = start(console, cassette=TAPE)
    assert list(contentviews.registry) == ["ews"]
    assert console.options.store_streamed_bodies
    asked = flow()
    addon.request(asked)
    assert asked.comment.startswith("no answer on tape for GetFolder")


@pytest.mark.parametrize("file", ["flows", None])
def test_mitmdump_which_shows_no_marks_makes_them_for_flow_files_only(
    context: taddons.context, monkeypatch: pytest.MonkeyPatch, file: str | None
) -> None:
    monkeypatch.setattr(contentviews, "registry", contentviews.ContentviewRegistry())
    context.options.add_option("save_stream_file", str | None, file, "as mitmdump's -w sets it")
    context.master.addons.add(Dumper(StringIO()))
    addon = start(context, cassette=TAPE)
    assert list(contentviews.registry) == ["ews"]
    asked = flow(body=CALL[0].request.body)
    addon.request(asked)
    assert asked.marked == (":arrow_forward:" if file else "")
    assert bool(asked.comment) == bool(file)


def test_recorded_flows_are_marked_as_well(console: taddons.context, tmp_path: Path) -> None:
    addon = start(console, cassette=tmp_path / "tape.yaml", record_mode="all")
    asked = flow()
    addon.requestheaders(asked)
    asked.response = tutils.tresp(content=b"<x/>")
    addon.response(asked)
    assert (asked.marked, asked.comment) == (":heavy_check_mark:", "GetFolder  HTTP 200")


@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_a_program_that_shows_no_flows_is_left_alone(context: taddons.context, tmp_path: Path, mode: str) -> None:
    cassette = tmp_path / "tape.yaml"
    cassette.write_bytes(TAPE.read_bytes())
    context.options.update(mode=["reverse:https://mail.example.com"])
    addon = start(context, cassette=cassette, record_mode=mode, redaction="false")
    assert not context.options.store_streamed_bodies
    asked = flow(body=CALL[0].request.body)
    addon.request(asked)
    assert asked.response is not None
    assert (asked.marked, asked.comment) == ("", "")


def test_new_episodes_mark_what_comes_from_the_tape(
    console: taddons.context, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "ewstape")
    cassette = tmp_path / "tape.yaml"
    cassette.write_bytes(TAPE.read_bytes())
    console.options.update(mode=["reverse:https://mail.example.com"])
    addon = start(console, cassette=cassette, record_mode="new_episodes", redaction="false", log_format="json")
    asked = flow(body=CALL[0].request.body)
    addon.request(asked)
    assert asked.marked == ":arrow_forward:"
    assert console.master.commands.execute("ewstape.calls") == ["call a275  dialled +1 5...  under way"]
    addon.done()
    recorded, replayed, *_ = [json.loads(line) for line in caplog.messages[-1].splitlines()]
    assert (recorded["event"], recorded["recorded"]) == ("end", 0)
    assert (replayed["event"], replayed["used"]) == ("end", 1)


def test_the_command_calls_lists_the_phone_calls(console: taddons.context) -> None:
    addon = start(console, cassette=TAPE)
    assert console.master.commands.execute("ewstape.calls") == ["no phone calls yet"]
    for one in CALL[:2]:
        addon.request(flow(body=one.request.body))
    assert console.master.commands.execute("ewstape.calls") == ["call a275  dialled +1 5...  under way: Connecting"]


def test_the_command_save_writes_the_flows_that_were_chosen(
    console: taddons.context, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "ewstape")
    start(console, cassette=TAPE)
    view = console.master.addons.get("view")
    saved = tmp_path / "saved.yaml"
    for number in range(2):
        chosen = flow()
        chosen.response = tutils.tresp(content=b"<x/>")
        view.add([chosen])
        console.master.commands.execute(f"ewstape.save @focus {'+' if number else ''}{saved}")
    assert len(Cassette.open(saved)) == 2
    assert f"saved 1 interaction to {saved}" in caplog.text
    with pytest.raises(exceptions.CommandError, match=r"^ewstape: .*saved\.yaml"):
        console.master.commands.execute(f"ewstape.save @all {saved}")
