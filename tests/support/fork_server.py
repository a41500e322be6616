"""Forks Python programs off one process that has imported what they import.

    python fork_server.py FILE_DESCRIPTOR

An interpreter that imports mitmproxy or exchangelib takes half a second to a second of a processor, and the tests start
hundreds of processes. What is forked off here is a process like any other, with its own arguments, environment, folder,
files, signals and exit status; only the imports are behind it, and it is not taken apart when it ends. This script has
one thread, or forking would not be safe.

On the socket that it is given it receives a program (see `Job`) with its stdin, stdout and stderr and a pipe, answers
with the process id, and writes the exit status, as `subprocess` counts it, to that pipe when the process has ended.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import threading
import warnings
from dataclasses import dataclass
from typing import NoReturn

HEAVY = (
    "ewstape.cli.record",
    "ewstape.cli.replay",
    "ewstape.cli.sandbox",
    "ewstape.proxy.master",
    "ewstape.sandbox.server",
    "ewstape.server",
    "ewstape.server.run",
    "mitmproxy.tools.main",
    "mitmproxy.tools.dump",
    "concurrent.futures.thread",
    "requests",
    "exchangelib",
    "requests_ntlm",
    "zeep",
)
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Job:
    """A program and the surroundings it shall run in."""

    arguments: list[str]
    """As in `sys.argv`: the path of a script, or `-m` and a module; and what follows."""
    environment: dict[str, str]
    folder: str


def main() -> Job:
    """Serves until the other side is gone; returns in what is forked off only, with its job."""
    control = socket.socket(fileno=int(sys.argv[1]))
    statuses: dict[int, int] = {}
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who runs the tests
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    selector.register(woken, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fd == woken:
                os.read(woken, 4096)
                _reap(statuses)
                continue
            data, files, _, _ = socket.recv_fds(control, _LARGEST, 4)
            if not data:
                os._exit(0)  # nothing here has anything to tidy up
            if pid := os.fork():
                statuses[pid] = files.pop()
                control.send(str(pid).encode())
                for file in files:
                    os.close(file)
                continue
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            selector.close()
            control.close()
            for other in (woken, wake, files.pop(), *statuses.values()):
                os.close(other)
            for number, file in enumerate(files):
                os.dup2(file, number)
                os.close(file)
            return Job(**json.loads(data))


def _reap(statuses: dict[int, int]) -> None:
    """Tells the statuses of all processes that have ended."""
    while statuses:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        pipe = statuses.pop(pid)
        os.write(pipe, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(pipe)


def run(job: Job) -> int:
    """Runs the program and gives the status that it exits with."""
    os.environ.clear()
    os.environ.update(job.environment)
    os.chdir(job.folder)
    if action := job.environment.get("PYTHONWARNINGS"):
        warnings.simplefilter(action)  # type: ignore[arg-type]  one of its words
    try:
        if job.arguments[0] == "-m":
            sys.argv = job.arguments[1:]
            sys.path[0] = job.folder
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv = job.arguments
            sys.path[0] = os.path.dirname(sys.argv[0])  # noqa: PTH120  as Python itself sets it, a string
            runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def leave(status: int) -> NoReturn:
    """Ends as Python does, but for taking all modules apart, which takes ten times as long as forking."""
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  what Python calls to wait for threads
    atexit._run_exitfuncs()  # noqa: SLF001  there is no other way to
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    for name in HEAVY:
        importlib.import_module(name)
    gc.freeze()  # what is there stays: collecting would write to pages that are shared
    leave(run(main()))
