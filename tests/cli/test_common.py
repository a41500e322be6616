"""Options that several commands share, and the log on stderr, as a process has it."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ewstape.cli.common import listen_option, say_listening


@click.command()
@listen_option
def command(listen: tuple[str, int]) -> None:
    click.echo(repr(listen))


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ((), ("127.0.0.1", 8080)),
        (("--listen", "0"), ("127.0.0.1", 0)),
        (("--listen", ":81"), ("127.0.0.1", 81)),
        (("--listen", "0.0.0.0:81"), ("0.0.0.0", 81)),
        (("--listen", "[::1]:81"), ("::1", 81)),
    ],
)
def test_an_address_is_a_host_and_a_port(given: tuple[str, ...], address: tuple[str, int]) -> None:
    assert CliRunner().invoke(command, given).output == f"{address!r}\n"


@pytest.mark.parametrize(
    ("host", "lines"),
    [("127.0.0.1", 1), ("127.8.8.8", 1), ("[::1]", 1), ("0.0.0.0", 2), ("[::]", 2), ("192.0.2.7", 2)],
)
def test_an_address_that_others_can_reach_is_warned_of(
    host: str, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    say_listening(f"http://{host}:80")
    first, *more = capsys.readouterr().err.splitlines()
    assert first == f"listening on http://{host}:80"
    assert len(more) == lines - 1
    assert all(line.startswith("warning: whoever can reach this address") for line in more)


@pytest.mark.parametrize("wrong", ["", "localhost", "localhost:", "localhost:http", ":65536", ":-1"])
def test_what_is_no_address_is_named(wrong: str) -> None:
    result = CliRunner().invoke(command, ["--listen", wrong])
    assert result.exit_code == 2
    assert f"{wrong!r} is not HOST:PORT" in result.output


SCRIPT = """
import logging, os
from ewstape.cli.common import log_to_stderr
log_to_stderr(quiet={quiet})
own = logging.getLogger("ewstape")
own.info("one\\x1b[2J\\ntwo")
logging.getLogger("ewstape.server").error("three")
logging.getLogger("mitmproxy").info("of no interest")
logging.getLogger("mitmproxy").warning("four")
try:
    raise ValueError("five")
except ValueError:
    own.exception("six")
os._exit(0)
"""


def said(folder: Path, *, quiet: bool) -> list[str]:
    command = [sys.executable, "-c", SCRIPT.format(quiet=quiet)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stderr.splitlines()


def test_each_line_is_out_at_once_and_harmless(tmp_path: Path) -> None:
    """The process ends without ado, as one that is killed does."""
    lines = said(tmp_path, quiet=False)
    assert lines[:6] == [r"one\x1b[2J", "two", "three", "four", "six", "Traceback (most recent call last):"]
    assert lines[-1] == "ValueError: five"


def test_quiet_is_without_what_is_no_error(tmp_path: Path) -> None:
    assert said(tmp_path, quiet=True)[:3] == ["three", "four", "six"]
