"""`ewstape show` as people, `grep` and programs use it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from processes import ROOT, ewstape
from rich.text import Text
from terminal import on_terminal

from ewstape.cassette import Cassette
from ewstape.cli import show
from ewstape.errors import ConfigError

CALL = ROOT / "cassettes" / "play-on-phone.yaml"
FAULTS = ROOT / "cassettes" / "fault.yaml"


def run(*arguments: object, catch: bool = False) -> Result:
    return CliRunner().invoke(show.command, list(map(str, arguments)), catch_exceptions=catch, standalone_mode=catch)


def numbers(*arguments: object) -> list[int]:
    """The numbers of what is shown, the same in every form."""
    found: Any = json.loads(run(*arguments, "--json").stdout)["interactions"]
    shown = [one["number"] for one in found]
    lines = [json.loads(line)["number"] for line in run(*arguments, "--ndjson").stdout.splitlines()]
    table = run(*arguments, "--no-calls").stdout.partition("\n\n")[0].splitlines()[1:]
    assert shown == lines == [int(line.split()[0]) for line in table]
    return shown


CHOICES = {
    "everything": ((CALL,), [1, 2, 3, 4, 5, 6]),
    "an operation": ((CALL, "--operation", "playonphone2"), [1]),
    "two operations": ((CALL, "--operation", "Play*", "--operation", "DisconnectPhoneCall"), [1, 5]),
    "a call": ((CALL, "--call", "a275"), [1, 2, 3, 4, 5, 6]),
    "no such call": ((CALL, "--call", "ffff"), []),
    "a time on": ((CALL, "--since", "4.051"), [4, 5, 6]),
    "up to a time": ((CALL, "--until", "2s"), [1, 2]),
    "a stretch": ((CALL, "--since", "2", "--until", "+2.5"), [3, 4]),
    "a number": ((CALL, "--number", "2"), [2]),
    "numbers": ((CALL, "--number", "1", "--number", "5-"), [1, 5, 6]),
    "together": ((CALL, "--number", "1-3", "--operation", "Get*"), [2, 3]),
    "a filter of mitmproxy": ((CALL, "--filter", "~bs Alerted"), [3]),
    "not a filter of mitmproxy": ((FAULTS, "--filter", "!~c 200", "--errors"), [2, 3]),
}


@pytest.mark.parametrize(("arguments", "found"), CHOICES.values(), ids=CHOICES)
def test_options_choose_what_is_shown(arguments: tuple[object, ...], found: list[int]) -> None:
    assert numbers(*arguments) == found


def test_nothing_to_show_is_said_on_stderr() -> None:
    result = run(CALL, "--call", "ffff")
    assert result.stderr == "ewstape: none of 6 interactions is what was asked for\n"
    assert result.exit_code == 0


MISTAKES = {
    "no time": (("--since", "soon"), "'soon' is no time"),
    "no numbers": (("--number", "x"), "'x' is no number"),
    "no time to end": (("--until", "+"), "'+' is no time"),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_a_usage_error_that_names_its_option(arguments: tuple[str, str], message: str) -> None:
    result = run(CALL, *arguments, catch=True)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert arguments[0] in result.stderr


def test_what_is_no_filter_is_an_error_of_ours() -> None:
    with pytest.raises(ConfigError, match=r"--filter: "):
        run(CALL, "--filter", "~nonsense")


def test_json_is_one_object_with_calls_and_ndjson_an_object_a_line() -> None:
    whole = json.loads(run(CALL, "--json", "--body").stdout)
    assert list(whole) == ["interactions", "calls"]
    assert [call["name"] for call in whole["calls"]] == ["a275"]
    lines = [json.loads(line) for line in run(CALL, "--ndjson", "--body").stdout.splitlines()]
    assert lines == whole["interactions"]
    assert [one["request"]["body"].encode() for one in lines] == [one.request.body for one in Cassette.open(CALL)]


def test_json_without_calls_and_without_anything() -> None:
    assert json.loads(run(CALL, "--json", "--no-calls", "--call", "ffff").stdout) == {"interactions": []}
    assert json.loads(run(CALL, "--json", "--call", "ffff").stdout) == {"interactions": [], "calls": []}
    assert run(CALL, "--ndjson", "--call", "ffff").stdout == ""


def test_the_json_text_is_that_of_one_indented_object() -> None:
    text = run(CALL, "--json").stdout
    assert text == json.dumps(json.loads(text), indent=2) + "\n"


def test_a_broken_document_is_told_and_the_rest_is_shown(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(CALL.read_text("utf-8").replace("number: 2\n", "nummer: 2\n"), "utf-8")
    result = run(broken, "--ndjson")
    assert [json.loads(line)["number"] for line in result.stdout.splitlines()] == [1, 3, 4, 5, 6]
    assert result.stderr.startswith(f"ewstape: {broken}: document 3: line ")
    assert result.stderr.endswith("unknown key 'nummer', did you mean 'number'?; this document is left out\n")
    assert result.return_value == 3


def test_a_torn_end_is_told_and_the_rest_is_shown(tmp_path: Path) -> None:
    torn = tmp_path / "torn.yaml"
    torn.write_bytes(CALL.read_bytes()[:-4])
    result = run(torn, "--no-calls")
    assert result.stderr.startswith(f"ewstape: {torn}: cut off after byte")
    assert "5 interactions" in result.stdout


def test_mitmproxy_is_imported_for_its_filter_only() -> None:
    code = (
        "import sys\nfrom ewstape.cli import show\n"
        f"show.command.main([{str(CALL)!r}], standalone_mode=False)\n"
        "sys.exit('mitmproxy' in sys.modules)"
    )
    command = (ewstape()[0], "-c", code)
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("columns", [80, 160])
def test_on_a_terminal_it_is_coloured_and_fits(columns: int) -> None:
    with on_terminal(ewstape("show", CALL), columns=columns) as (terminal, popen):
        lines = [line for line in terminal.rest().split("\r\n") if line]
        assert popen.wait() == 0
    assert "\x1b[36m● a275\x1b[0m" in lines[2]
    assert max(Text.from_ansi(line).cell_len for line in lines) <= columns


def test_text_that_does_not_fit_the_encoding_is_escaped() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    with on_terminal(ewstape("show", CALL), env=environment) as (terminal, popen):
        assert r"\u25cf a275" in terminal.rest()
        assert popen.wait() == 0
