"""Shells complete ewstape: bash, zsh and fish are run for real; PowerShell's side of the protocol is played."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from processes import ROOT, ewstape
from terminal import Terminal, on_terminal

from ewstape.cli import app
from ewstape.cli.completion import complete_cassettes, complete_rules

SAMPLE = ROOT / "cassettes" / "play-on-phone.yaml"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which `ewstape` is a command."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "ewstape"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ewstape "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a cassette, something else, and a folder with cassettes."""
    folder = tmp_path_factory.mktemp("folder")
    (folder / "calendar.txt").write_text("")
    (folder / "more").mkdir()
    for name in ("calls.yaml", "more/a.yml", "more/.hidden.yaml"):
        (folder / name).write_bytes(SAMPLE.read_bytes())
    return folder


def asked(shell: str, words: str, current: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        ewstape(),
        env={**env, "_EWSTAPE_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": current},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


TYPED = {
    "a command": ("ewstape compl", "ewstape completion"),
    "an option": ("ewstape show x --ndj", "ewstape show x --ndjson"),
    "a choice": ("ewstape record x --record-mode new", "ewstape record x --record-mode new_episodes"),
    "a rule": ("ewstape redact x --keep dial", "ewstape redact x --keep dial-strings"),
    "an operation": ("ewstape show x --operation ResetP", "ewstape show x --operation ResetPIN"),
    "a cassette": ("ewstape show cal", "ewstape show calls.yaml"),
    "a folder": ("ewstape show mor", "ewstape show more/"),
}
_READY = "ready-to-type"


_BEGIN = {
    "bash": (["--norc", "--noprofile", "-i"], 'PS1="$ "; eval "$(ewstape completion bash)"'),
    "zsh": (["-f", "-i"], 'PS1="$ "; autoload -U compinit; compinit -u -D; eval "$(ewstape completion zsh)"'),
}


@pytest.fixture(scope="module", params=_BEGIN)
def at_prompt(
    request: pytest.FixtureRequest, installed: dict[str, str], folder: Path, need: Callable[[str], str]
) -> Iterator[Terminal]:
    """A shell that has read the script and waits for a command."""
    options, script = _BEGIN[request.param]
    with on_terminal([need(request.param), *options], columns=200, cwd=folder, env=installed) as (terminal, _):
        terminal.type(f"{script}; echo {_READY[:5]}'{_READY[5:]}'\n")
        terminal.wait_for(f"{_READY}\r\n")
        yield terminal


@pytest.mark.parametrize(("typed", "completed"), TYPED.values(), ids=TYPED)
def test_the_tab_key_completes(at_prompt: Terminal, typed: str, completed: str) -> None:
    at_prompt.shown = ""
    at_prompt.type(f"{typed}\t")
    at_prompt.wait_for(completed)
    at_prompt.type("\x15")  # Ctrl-U: the line is empty again


@pytest.mark.parametrize(("typed", "completed"), TYPED.values(), ids=TYPED)
def test_fish_completes(
    typed: str, completed: str, installed: dict[str, str], folder: Path, need: Callable[[str], str]
) -> None:
    script = 'ewstape completion fish | source; complete -C "$argv[1]"'
    done = subprocess.run(
        [need("fish"), "--no-config", "-c", script, typed],
        env=installed,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert completed.rpartition(" ")[2] in [line.split("\t")[0] for line in done.stdout.splitlines()]


POWERSHELL = {
    "a command": (["ewstape"], "compl", "plain\tcompletion\tPrint the script"),
    "an option": (["ewstape", "show", "x"], "--ndj", "plain\t--ndjson\tPrint a JSON object a line"),
    "a choice": (["ewstape", "record", "x", "--record-mode"], "new", "plain\tnew_episodes\tnew_episodes"),
    "after quotes": (["ewstape", "show", 'it\'s a "name".yaml'], "--js", "plain\t--json\t"),
    "a file": (["ewstape", "show"], "mor", "file\tmor\tmor"),
}


@pytest.mark.parametrize(("words", "current", "line"), POWERSHELL.values(), ids=POWERSHELL)
def test_powershell_is_answered_as_its_script_reads_it(
    words: list[str], current: str, line: str, installed: dict[str, str]
) -> None:
    """PowerShell itself is not run: this plays what the script sends, and looks at the lines that it splits."""
    answer = asked("powershell", json.dumps(words), json.dumps(current), installed)
    [given] = answer.splitlines()
    assert given.startswith(line)
    assert given.count("\t") == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_script_asks_by_the_variable_that_is_answered(shell: str) -> None:
    done = subprocess.run(ewstape("completion", shell), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "_EWSTAPE_COMPLETE" in done.stdout
    assert f"{shell}_complete" in done.stdout


def test_completing_a_command_imports_none() -> None:
    context = click.Context(app.ewstape)
    before = {name for name in sys.modules if name.startswith("ewstape.cli.")}
    found = [item.value for item in app.ewstape.shell_complete(context, "")]
    assert found == [*app.COMMANDS]
    assert {name for name in sys.modules if name.startswith("ewstape.cli.")} == before


def test_after_a_mistyped_command_nothing_is_said(installed: dict[str, str]) -> None:
    assert "record" not in asked("bash", "ewstape recrod --", "2", installed)


def completed(incomplete: str) -> list[tuple[str, str]]:
    argument = click.Argument(["cassette"])
    items = complete_cassettes(click.Context(app.ewstape), argument, incomplete)
    return [(item.type, item.value) for item in items]


NATIVE = "file"


def test_cassettes_are_named_where_nothing_else_fits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert completed("cal") == [("plain", "calls.yaml")]
    assert completed("more/") == [("plain", "more/a.yml")]
    assert completed("more/.h") == [("plain", "more/.hidden.yaml")]


@pytest.mark.parametrize("incomplete", ["", "mor", "none", "no/such/", "calendar"])
def test_else_the_shell_completes_files_itself(incomplete: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert completed(incomplete) == [(NATIVE, incomplete)]


@pytest.mark.parametrize("name", ["a b.yaml", "a\nplain,x.yaml", "$(x).yaml", "a,b.yaml", "a\tb.yaml", "-'.yaml"])
def test_a_name_that_a_shell_would_read_otherwise_is_left_to_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("")
    assert completed("") == [(NATIVE, "")]


def test_rules_are_completed_in_any_case() -> None:
    option = click.Option(["--keep"])
    assert [item.value for item in complete_rules(click.Context(app.ewstape), option, "DIAL")] == ["dial-strings"]
