"""What is forked off behaves as what is started does: arguments, surroundings, output, exit status, signals."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import FORKING, PATIENCE, finished, python, running

pytestmark = pytest.mark.skipif(not FORKING, reason="processes are started here, not forked")
ENDS = {
    "the end": ("print('said')", 0),
    "a number": ("import sys; sys.exit(3)", 3),
    "a sentence": ("import sys; sys.exit('what is wrong')", 1),
    "nothing": ("import sys; sys.exit()", 0),
    "an exception": ("raise ValueError('what is wrong')", 1),
    "a signal": ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL),
    "Ctrl-C": ("import os, signal; os.kill(os.getpid(), signal.SIGINT); signal.pause()", -signal.SIGINT),
    "a thread that goes on": (
        "from threading import *; e = Event(); Thread(target=lambda: (e.wait(), print('later'))).start(); e.set()",
        0,
    ),
    "what is left to do": ("import atexit; atexit.register(print, 'last')", 0),
    "its surroundings": ("import os, sys; print(sys.argv[1:], os.getcwd(), sorted(os.environ), __name__)", 0),
    "an import beside it": ("import beside; print(beside.value)", 0),
}


@pytest.mark.parametrize(("text", "status"), ENDS.values(), ids=ENDS)
def test_it_says_and_ends_as_a_started_one_does(text: str, status: int, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(text, "utf-8")
    (tmp_path / "beside.py").write_text("value = 1", "utf-8")
    command, environment = python(script, "a", "b c"), {"PATH": os.environ["PATH"], "X": "é"}
    forked = finished(*command, cwd=tmp_path, env=environment)
    started = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (forked.returncode, started.returncode) == (status, status)
    assert forked.stdout.replace("'LC_CTYPE', ", "") == started.stdout.replace("'LC_CTYPE', ", "")
    assert forked.stderr.splitlines()[-1:] == started.stderr.splitlines()[-1:]


def test_a_module_is_run_as_such(tmp_path: Path) -> None:
    (tmp_path / "named.py").write_text("import sys\nsys.exit(f'{__name__} {sys.argv[1:]}')", "utf-8")
    with running(sys.executable, "-m", "named", "x", cwd=tmp_path) as process:
        assert process.popen.wait(PATIENCE) == 1
        assert process.wait_for("__main__ ['x']")


def test_several_run_at_once_and_each_is_told_of_its_own_end(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import signal, sys; print('here', file=sys.stderr, flush=True); signal.pause()", "utf-8")
    with running(*python(script)) as one, running(*python(script)) as other:
        one.wait_for("here")
        other.wait_for("here")
        one.popen.kill()
        assert one.popen.wait(PATIENCE) == -signal.SIGKILL
        assert other.popen.poll() is None
        assert other.stop() == -signal.SIGTERM
        one.popen.kill()  # it is gone, and that is no error
