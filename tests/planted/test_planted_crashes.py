"""A recorder that ends badly leaves nothing of the planted secrets either: not in its files, not in what it says."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from planted_secrets import exchanges, values
from processes import PATIENCE, Process, ewstape, running
from traffic import Answers, send

from ewstape.interaction import Request, Response
from ewstape.redaction.kinds import Kind
from ewstape.redaction.leaks import Leaks
from ewstape.sandbox import Sandbox

PLANTED = [one for one in exchanges() if not one.secret.kind.startswith("Basic credentials of a proxy")]
FULL_DISK = ("sh", "-c", 'ulimit -f 40; exec "$@"', "sh")  # 40 blocks of 512 bytes stand for the disk


def killed(proxy: Process) -> None:
    send(PLANTED[:60], proxy.url)
    assert proxy.stop(signal.SIGKILL) == -signal.SIGKILL


def out_of_space(proxy: Process) -> None:
    with pytest.raises((requests.RequestException, OSError)):
        send(PLANTED, proxy.url)
    assert proxy.popen.wait(timeout=PATIENCE) == 3


def stopped_in_between(proxy: Process) -> None:
    send(PLANTED[:60], proxy.url)
    assert proxy.stop(signal.SIGINT) == 0


def dropped(_: Request) -> Response:
    raise ConnectionAbortedError


def cut_off(proxy: Process) -> None:
    """The server hangs up without an answer, each time."""
    for one in PLANTED[:60]:
        requests.post(proxy.url + one.path, data=one.body, headers=dict(one.headers), timeout=PATIENCE)
    assert proxy.stop() == 0


ENDS: dict[str, tuple[Callable[[Process], None], tuple[str, ...], Callable[..., Any] | None]] = {
    "killed": (killed, (), None),
    "disk full": (out_of_space, FULL_DISK, None),
    "Ctrl-C": (stopped_in_between, (), None),
    "no answers": (cut_off, (), dropped),
}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_planted_is_left_behind(end: str, tmp_path: Path) -> None:
    ending, prefix, hook = ENDS[end]
    key = {"EWSTAPE_REDACTION": "true", "EWSTAPE_REDACTION_KEY": "5f0c2b9e71d84a36c7e1f20b94ad6385"}
    with Sandbox(hook=hook or Answers(PLANTED)) as sandbox:
        command = ewstape("record", "tape.yaml", "--upstream", sandbox.origin, "--listen", "127.0.0.1:0")
        with running(*prefix, *command, cwd=tmp_path, env={**key, "PYTHONDONTWRITEBYTECODE": "1"}) as proxy:
            ending(proxy)
            proxy.stop()
            said = proxy.said
    search = Leaks(dict.fromkeys(values(), Kind.TEXT))
    left = [str(leak) for leak in search.find(said, "its output")]
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    for file in files:
        left += [str(leak) for leak in search.find(file.read_bytes(), file.name)]
    assert tmp_path / "tape.yaml" in files
    assert left == []
