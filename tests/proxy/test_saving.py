"""Flows that a user has chosen, as a cassette."""

from pathlib import Path

import pytest
from mitmproxy import http
from mitmproxy.test import tflow, tutils

from ewstape.cassette import Cassette
from ewstape.config import Config
from ewstape.errors import CassetteError, ConfigError, EwsTapeError
from ewstape.proxy.flows import to_mitmproxy
from ewstape.proxy.saving import save

CALL = list(Cassette.open(Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"))
NUMBER = b"+1 555 0100"


def flow_of(number: int, at: float = 0.0) -> http.HTTPFlow:
    """A recorded interaction, seen by mitmproxy `at` seconds after the first."""
    one = CALL[number - 1]
    made = tflow.tflow(req=tutils.treq(method=b"POST", path=b"/EWS/Exchange.asmx", content=one.request.body))
    made.request.timestamp_start += at
    assert one.response is not None
    made.response = to_mitmproxy(one.response)
    made.response.timestamp_end = made.request.timestamp_start + 0.25
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "saved.yaml"


def test_what_is_saved_is_redacted_and_in_order(path: Path) -> None:
    assert save([flow_of(5, at=9.0), flow_of(1)], path, Config()) == f"saved 2 interactions to {path}"
    saved = Cassette.open(path)
    first, second = saved
    assert (first.number, str(first.operation), first.at, first.took) == (1, "PlayOnPhone", 0.0, 0.25)
    assert (second.number, str(second.operation), second.at) == (2, "DisconnectPhoneCall", 9.0)
    assert NUMBER not in first.request.body
    assert "dial-strings" in saved.header.redaction
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_redaction_it_is_saved_as_it_was(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    save([flow_of(1)], path, Config(redaction=False))
    [one] = Cassette.open(path)
    assert one.request.body == CALL[0].request.body
    assert "redaction is off" in caplog.text


def test_what_is_no_exchange_of_ews_or_not_whole_is_left_out(path: Path) -> None:
    other, under_way, streamed = tflow.tflow(resp=True), flow_of(1), flow_of(1)
    under_way.response = None
    assert streamed.response is not None
    streamed.response.raw_content = None
    said = save([other, tflow.ttcpflow(), under_way, streamed, flow_of(1)], path, Config())
    assert said == f"saved 1 interaction to {path}; left out: 4, no EWS traffic or not whole"


def test_an_exchange_that_broke_off_is_saved_with_its_error(path: Path) -> None:
    broken = flow_of(1)
    broken.response, broken.error = None, tflow.terr("server went away")
    save([broken], path, Config())
    [one] = Cassette.open(path)
    assert (one.response, one.error) == (None, "server went away")


def test_steps_of_a_logon_are_folded(path: Path) -> None:
    challenged, going_on = flow_of(1), flow_of(1, at=1.0)
    challenged.response = tutils.tresp(status_code=401)
    going_on.request.headers["Authorization"] = "Basic dXNlcjpwYXNz"
    assert save([challenged, going_on], path, Config()).startswith("saved 1 interaction")
    [one] = Cassette.open(path)
    assert (one.auth, one.number) == ("Basic", 2)


def test_nothing_to_save_makes_an_empty_cassette(path: Path) -> None:
    assert save([], path, Config()).startswith("saved 0 interactions")
    assert len(Cassette.open(path)) == 0


def test_a_cassette_that_has_content_is_appended_to_only_on_demand(path: Path) -> None:
    save([flow_of(1)], path, Config())
    with pytest.raises(CassetteError, match="--append"):
        save([flow_of(5)], path, Config())
    save([flow_of(5)], path, Config(), append=True)
    assert [one.number for one in Cassette.open(path)] == [1, 2]


def test_a_leak_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ewstape.check.written.leaks_in", lambda *_: iter(["document 2 holds a number"]))
    with pytest.raises(EwsTapeError, match="document 2 holds a number; keep the file to yourself"):
        save([flow_of(1)], path, Config())


def test_a_rule_that_is_none_is_a_mistake(path: Path) -> None:
    with pytest.raises(ConfigError):
        save([flow_of(1)], path, Config(keep=("nonsense",)))
    assert not path.exists()
