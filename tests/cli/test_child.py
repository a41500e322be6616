"""A child's exit status and signals, as a shell would have them."""

import signal
import sys

import pytest

from ewstape.cli.child import Child
from ewstape.errors import EwsTapeError

STATUSES = {"0": "exit 0", "3": "exit 3", "137": "kill -9 $$", "143": "kill $$"}


@pytest.mark.parametrize(("status", "script"), STATUSES.items(), ids=STATUSES)
def test_the_exit_status_is_the_childs(status: str, script: str) -> None:
    with Child() as child:
        assert child.run(("sh", "-c", script), {}) == int(status)


def test_the_environment_is_the_one_that_is_given() -> None:
    with Child() as child:
        assert child.run((sys.executable, "-c", "import os; exit(os.environ['A'] != 'b')"), {"A": "b"}) == 0


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [("no-such-command", 127, "not found"), ("/etc/passwd", 126, "cannot be executed: Permission denied")],
)
def test_what_cannot_be_started_has_the_status_of_shells(command: str, status: int, message: str) -> None:
    with Child() as child, pytest.raises(EwsTapeError, match=f"^{command}: .*{message}") as raised:
        child.run((command,), {})
    assert raised.value.exit_status == status


@pytest.mark.parametrize("name", ["TERM", "USR1"])
def test_a_signal_is_passed_on(name: str) -> None:
    """The child sends it here, and waits until it has come back."""
    with Child() as child:
        script = f"trap 'exit 7' {name}; kill -{name} $PPID; while :; do :; done"
        assert child.run(("sh", "-c", script), {}) == 7


def test_a_signal_that_comes_too_early_keeps_the_child_from_starting() -> None:
    with Child() as child:
        signal.raise_signal(signal.SIGTERM)
        assert child.run(("no-such-command",), {}) == 128 + signal.SIGTERM


def test_afterwards_signals_are_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Child():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_was_ignored_stays_ignored_in_the_child() -> None:
    """As nohup does it, and a shell for what it starts in the background."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Child() as child:
            assert child.run(("sh", "-c", "kill -HUP $$; exit 5"), {}) == 5
    finally:
        signal.signal(signal.SIGHUP, before)
