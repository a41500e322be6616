"""The examples as a newcomer runs them: by the commands that stand in the README, in a copy of their folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from processes import ROOT, lacking

from ewstape.cassette.strictyaml import parse
from ewstape.check import cassettes, check

HERE = Path(__file__).parent
EXAMPLES = sorted(path.name for path in HERE.iterdir() if (path / "cassettes").is_dir())
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = dict(re.findall(r"^    cd tests/examples/(\S+) && (.+)$", README, re.MULTILINE))


@dataclass
class Project:
    """A copy of an example."""

    folder: Path
    home: Path
    """Not that of whoever runs the tests: the proxy keeps its CA there."""

    def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "npm_config_userconfig": str(Path.home() / ".npmrc"),
            "npm_config_cache": str(Path.home() / ".npm"),
            "EWS_PAUSE": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if not entry_points(group="pytest11", name="ewstape"):
            environment["PYTEST_ADDOPTS"] = "-p ewstape.pytest_plugin"
        return subprocess.run(
            ["sh", "-c", command], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def change(self, file: str, old: str, new: str) -> None:
        text = (self.folder / file).read_text("utf-8")
        assert text.count(old) == 1
        (self.folder / file).write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def copy(tmp_path: Path, home: Path, need: Callable[[str], str]) -> Callable[[str], Project]:
    """Copies an example of which the programs are there."""

    def copied(name: str) -> Project:
        for program in {"node": ("node", "npm"), "shell": ("curl",)}.get(name, ()):
            need(program)
        shutil.copytree(HERE / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        return Project(tmp_path / name, home)

    return copied


SAID = {
    "voicemail-pytest": "4 passed",
    "node": "replayed 7 of 7 interactions",
    "shell": "Connecting\nAlerted\nConnected\nhung up\newstape: replayed 5 of 5 interactions\n",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_works_by_the_command_of_the_readme(name: str, copy: Callable[[str], Project]) -> None:
    done = copy(name).run(COMMANDS[name])
    assert SAID[name] in done.stdout + done.stderr
    assert done.returncode == 0


TWICE = {
    "voicemail-pytest": ("voicemail.py", 'self.mailbox.send("DisconnectPhoneCall", self.id)', "\n        ", 1),
    "node": ("voicemail.js", 'await this.send("DisconnectPhoneCall", callId(call));', " ", 1),
    "shell": ("voicemail.sh", 'send DisconnectPhoneCall "$call"', "; ", 1),
}
"""How each program hangs up; what separates two statements; and with what status a failed run ends."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_program_that_hangs_up_twice_is_caught(name: str, copy: Callable[[str], Project]) -> None:
    """As by a server, which has no such call any more; and the report says what is missing and why."""
    project, (file, statement, separator, status) = copy(name), TWICE[name]
    project.change(file, statement, statement + separator + statement)
    done = project.run(COMMANDS[name])
    said = done.stdout + done.stderr
    assert "no answer on tape for DisconnectPhoneCall: every recorded answer was given" in said
    assert "what to try: rewind the tape" in said
    assert done.returncode == status


def test_a_program_that_overlooks_errors_is_caught_as_well(copy: Callable[[str], Project]) -> None:
    project = copy("shell")
    project.change("voicemail.sh", 'send DisconnectPhoneCall "$call"', '(send Nonsense "") || true')
    done = project.run(COMMANDS["shell"])
    assert "ewstape: no answer on tape for Nonsense: the tape has no such operation" in done.stderr
    assert done.returncode == 4


def test_a_library_from_npm_works_under_run(copy: Callable[[str], Project]) -> None:
    project = copy("node")
    installed = project.run("npm install --no-audit --no-fund --ignore-scripts --no-package-lock --prefer-offline")
    if installed.returncode:
        lacking(f"ews-javascript-api cannot be installed from the npm registry: {installed.stderr.strip()[-300:]}")
    done = project.run("npm run test:library")
    assert "replayed 1 of 1 interaction" in done.stderr
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_cassettes_of_an_example_may_be_shown(name: str) -> None:
    found = list(cassettes(HERE / name))
    assert found
    assert [str(finding) for file in found for finding in check(file)] == []


def test_the_workflow_in_the_readme_is_yaml() -> None:
    [workflow] = re.findall(r"^```yaml\n(name: .*?)^```", README, re.MULTILINE | re.DOTALL)
    jobs = parse(workflow)["jobs"]  # type: ignore[index]  # a mapping, or the test fails
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert [command.split()[0] for command in commands] == ["pip", "ewstape", "pytest", "ewstape"]
