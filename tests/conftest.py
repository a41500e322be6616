"""What all tests share."""

import os
import shutil
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """Finds a program that a test drives; without it the test is skipped, or fails where nothing may be skipped."""

    def find(program: str) -> str:
        path = shutil.which(program)
        if path is None:
            reason = f"{program} is not installed (Debian: apt-get install {program})"
            (pytest.fail if os.environ.get("EWSTAPE_TESTS_SKIP_NOTHING") else pytest.skip)(reason)
        return path or program

    return find
