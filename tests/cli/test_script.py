"""`ewstape script` says where the script for mitmdump is."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import ewstape
from ewstape.cli.script import command
from ewstape.errors import EwsTapeError


def test_it_prints_the_path_of_the_script() -> None:
    path = Path(CliRunner().invoke(command).output.strip())
    assert path.name == "ews_tape.py"
    assert "addons = " in path.read_text("utf-8")


def test_a_script_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ewstape, "__file__", str(tmp_path / "ewstape" / "__init__.py"))
    result = CliRunner().invoke(command)
    assert isinstance(result.exception, EwsTapeError)
    assert "install ewstape again" in str(result.exception)
