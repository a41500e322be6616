"""Long work shows a bar on a terminal, and nothing where nobody looks."""

import os
import pty
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from processes import ROOT, ewstape
from terminal import on_terminal

from ewstape.cli.progress import Advance, counted, progress

WORK = """
import sys
from ewstape.cli import progress
progress._DELAY = {delay}
with progress.progress("checking [red]", total=4) as advance:
    for step in range(4):
        advance()
        if step == 1:
            advance.echo("a finding")
sys.exit("rich" in sys.modules)
"""


def script(delay: float) -> list[str]:
    return [sys.executable, "-c", WORK.format(delay=delay)]


def test_work_that_takes_a_while_shows_a_bar_which_is_gone_at_the_end() -> None:
    with on_terminal(script(delay=0.0)) as (terminal, popen):
        shown = terminal.rest()
        assert popen.wait() == 1  # rich was needed
    assert "checking [red]" in shown
    assert "50%" in shown
    assert "━" in shown
    assert "a finding\r\n" in shown
    assert shown.endswith(("\x1b[2K", "\x1b[?25h", "\r\x1b[1A\x1b[2K"))  # the line is wiped and the cursor is back


def test_short_work_shows_nothing_and_imports_no_rich() -> None:
    with on_terminal(script(delay=3600.0)) as (terminal, popen):
        assert terminal.rest() == "a finding\r\n"
        assert popen.wait() == 0


def test_in_a_pipe_there_is_nothing() -> None:
    done = subprocess.run(script(delay=0.0), capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("a finding\n", "", 0)


def test_data_stays_on_stdout_when_only_stderr_is_a_terminal() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(script(delay=0.0), stdout=subprocess.PIPE, stderr=theirs) as popen:
        os.close(theirs)
        data, _ = popen.communicate(timeout=60)
    assert data == b"a finding\n"
    os.close(ours)


def test_an_error_ends_the_bar_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    def close(self: Advance) -> None:
        closed.append(self)

    monkeypatch.setattr(Advance, "close", close)
    monkeypatch.setattr(sys, "stderr", StringIO())
    with pytest.raises(ZeroDivisionError), progress("checking", 1):
        raise ZeroDivisionError
    assert len(closed) == 1


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    path = tmp_path / "calls.yaml"
    path.write_bytes((ROOT / "cassettes" / "play-on-phone.yaml").read_bytes())
    return path


@pytest.mark.parametrize(
    ("command", "doing"),
    [(("check",), ["checking"]), (("redact", "--in-place", "--fresh-key"), ["redacting", "looking for leaks"])],
    ids=["check", "redact"],
)
def test_a_command_steps_to_its_total(
    command: tuple[str, ...], doing: list[str], cassette: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each bar is full at the end, but for the cassette's header, which is read before the work begins."""
    from click.testing import CliRunner

    from ewstape.cli import app, check, redact

    seen: dict[str, list[float]] = {}

    class Steps(Advance):
        def __init__(self, name: str, total: float) -> None:
            self.name = name
            seen[name] = [total, 0.0]

        def __call__(self, steps: float = 1) -> None:
            seen[self.name][1] += steps

    for where in (check, redact):
        monkeypatch.setattr(where, "progress", _context(Steps))
    found = app.ewstape.get_command(None, command[0])  # type: ignore[arg-type]  # it needs none
    assert found is not None
    CliRunner().invoke(found, [*command[1:], str(cassette)], catch_exceptions=False, standalone_mode=False)
    assert list(seen) == doing
    for total, done in seen.values():
        assert total * 0.9 < done <= total


def _context(steps: type[Advance]):  # noqa: ANN202  a context manager of it
    from contextlib import contextmanager

    @contextmanager
    def fake(doing: str, total: float):  # noqa: ANN202
        yield steps(doing, total)  # type: ignore[call-arg]  # as the test's own class takes them

    return fake


def test_check_in_a_pipe_says_what_it_said_before(cassette: Path) -> None:
    done = subprocess.run(ewstape("check", cassette, "--json"), capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert '"files": 1' in done.stdout


def test_work_that_counts_itself_is_told_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """And its bar is gone with the last of them, whatever comes after."""
    told: list[object] = []

    class Spy(Advance):
        def __call__(self, steps: float = 1) -> None:
            told.append(steps)

        def close(self) -> None:
            told.append("gone")

    monkeypatch.setattr("ewstape.cli.progress.Advance", Spy)
    with counted("reading") as tell:
        for done in (1, 3, 4):
            tell(done, 4)
        told.append("other work")
    assert told == [1, 2, 1, "gone", "other work"]
