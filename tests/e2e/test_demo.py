"""The demo is what the README says it is."""

import subprocess
from pathlib import Path

import pytest
from processes import ewstape

from ewstape.cassette import Cassette


def test_a_call_is_recorded_and_replayed_with_the_server_gone(tmp_path: Path) -> None:
    pytest.importorskip("exchangelib", reason="exchangelib is not installed: pip install '.[demo]'")
    kept = tmp_path / "kept.yaml"
    done = subprocess.run(ewstape("demo", "--keep", kept), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "answers came again, with no server" in done.stdout
    states = [
        one.response.fields
        for one in Cassette.open(kept)
        if one.operation.name == "GetPhoneCallInformation" and one.response
    ]
    assert [state["phone_call_information"]["phone_call_state"] for state in states] == [  # type: ignore[index,call-overload]  # a mapping there
        "Connecting",
        "Alerted",
        "Connected",
        "Disconnected",
    ]
