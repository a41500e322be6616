"""A project of somebody else, and pytest run in it as its user would."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from processes import ROOT

PLUGIN = ("-p", "no:ewstape", "-p", "ewstape.pytest_plugin")
"""The plugin of this tree, whether one is installed or not."""
CLIENT = '''
import urllib.error
import urllib.request


def ask(url, body):
    """Posts a body; gives the answer, an error's as well."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "text/xml; charset=utf-8"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.read()
'''


@dataclass(frozen=True)
class Done:
    """What a run said and how it ended."""

    status: int
    said: str

    def has(self, *patterns: str) -> bool:
        """Whether lines match the patterns (`*` stands for anything), in this order."""
        lines = iter(self.said.splitlines())
        for pattern in patterns:
            wanted = re.compile(".*".join(map(re.escape, pattern.split("*"))))
            assert any(wanted.fullmatch(line) for line in lines), f"no line {pattern!r} in\n{self.said}"
        return True


@dataclass(frozen=True)
class Project:
    """A folder with tests."""

    folder: Path
    home: Path
    """The user's, where mitmproxy has its authority."""

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")

    def cassette(self, name: str, sample: str = "play-on-phone.yaml") -> Path:
        path = self.folder / "cassettes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "cassettes" / sample, path)
        return path

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pytest", *PLUGIN, "-p", "no:cacheprovider", "-W", "error", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        paths = (str(ROOT / "addons"), str(ROOT / "tests" / "support"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "EWSTAPE_"))}
        return {**kept, "HOME": str(self.home), "PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "200"}

    def run(self, *arguments: str) -> Done:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=100,
            check=False,
        )
        return Done(done.returncode, done.stdout)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Project:
    made = Project(tmp_path, home)
    made.write("pytest.ini", "[pytest]\nstrict_markers = true\nstrict_config = true\n")
    made.write("client.py", CLIENT)
    made.write("conftest.py", "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\n")
    return made
