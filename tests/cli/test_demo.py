"""Where the demo may leave its cassette."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ewstape.cli.demo import command
from ewstape.errors import ConfigError


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    pytest.importorskip("exchangelib", reason="exchangelib is not installed: pip install '.[demo]'")
    mine = tmp_path / "mine.yaml"
    mine.write_text("ewstape: 1\n...\n")
    result = CliRunner().invoke(command, ["--keep", str(mine)])
    assert isinstance(result.exception, ConfigError)
    assert "is there already; name a new file" in str(result.exception)
    assert mine.read_text() == "ewstape: 1\n...\n"
