"""What users' type checkers see of the package."""

import subprocess
import sys
from pathlib import Path

from processes import ROOT


def test_the_api_has_the_types_that_it_is_documented_with() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(Path(__file__).with_name("typed_api.py"))],
        cwd=ROOT,  # whose settings are strict, and whose cache may be warm
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["Success: no issues found in 1 source file"], done.stdout


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "addons" / "ewstape" / "py.typed").is_file()
