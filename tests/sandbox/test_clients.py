"""The client scripts under tests/clients, each a real client in a process of its own, against the sandbox."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from processes import CLIENTS, finished, python

from ewstape.sandbox.mailbox import Mailbox

SCRIPTS = ["exchangelib_client", "zeep_client", "curl_client", "requests_ntlm_client"]
STATES = ["Connecting", "Alerted", "Connected", "Disconnected"]


@pytest.fixture
def play(need: Any) -> Callable[..., str]:
    """Runs a client script to its end and gives what it printed; a warning is an error."""

    def run(script: str, *arguments: Any) -> str:
        if script == "curl_client":
            need("curl")
        env = {**os.environ, "PYTHONWARNINGS": "error"}
        done = finished(*python(CLIENTS / f"{script}.py", *arguments), env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_client_can_be_started_alone(start: Callable[..., Any], need: Any, script: str) -> None:
    """By a Python that has imported nothing yet, and no import warns."""
    if script == "curl_client":
        need("curl")
    command = [sys.executable, "-W", "error", str(CLIENTS / f"{script}.py"), start().url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Disconnected" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("auth", ["none", "basic", "ntlm"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_client_plays_a_call_with_each_logon(
    start: Callable[..., Any], play: Callable[..., Any], script: str, auth: str
) -> None:
    answers = [
        json.loads(line) for line in play(script, start(auth=auth, user="alex").url, "--auth", auth).splitlines()
    ]
    calls = [answer for answer in answers if answer["operation"] not in {"FindItem", "GetItem"}]
    assert [answer["operation"] for answer in calls] == [
        "PlayOnPhone",
        *["GetPhoneCallInformation"] * 3,
        "DisconnectPhoneCall",
        "GetPhoneCallInformation",
    ]
    assert {answer["ResponseCode"] for answer in calls} == {"NoError"}
    assert [answer["PhoneCallState"] for answer in calls if "PhoneCallState" in answer] == STATES


@pytest.mark.parametrize("script", SCRIPTS)
def test_several_connections_at_once_say_the_same_in_every_run(
    start: Callable[..., Any], play: Callable[..., Any], script: str
) -> None:
    runs = [play(script, start(auth="ntlm").url, "--auth", "ntlm", "--connections", 4) for _ in range(2)]
    assert runs[0] == runs[1]
    assert len({json.loads(line).get("PhoneCallId") for line in runs[0].splitlines()} - {None}) == 4


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_client_trusts_the_authority_it_is_told_to(
    start: Callable[..., Any], play: Callable[..., Any], script: str, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    sandbox = start(tls=(tmp_path / "server.pem", tmp_path / "server.pem"))
    assert "Disconnected" in play(script, sandbox.url, "--ca", tmp_path / "ca.pem").splitlines()[-1]


def test_the_item_that_clients_play_is_the_newest_voice_mail(mailbox: Mailbox) -> None:
    spec = importlib.util.spec_from_file_location("driver", CLIENTS / "driver.py")
    driver = importlib.util.module_from_spec(spec)
    sys.modules["driver"] = driver
    try:
        spec.loader.exec_module(driver)
    finally:
        del sys.modules["driver"]
    assert (mailbox.newest.id, mailbox.newest.change_key) == (driver.VOICE_MAIL, driver.CHANGE_KEY)
