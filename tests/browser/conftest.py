"""One browser for each module, on pages that it loads from files."""

from collections.abc import Callable, Iterator

import pytest
from chromium import Browser, chromium


@pytest.fixture(scope="module")
def browser(need: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A running Chromium; a test that needs it is skipped, or fails, where there is none."""
    with chromium(need("chromium"), tmp_path_factory.mktemp("profile")) as running:
        running.size(1280)
        yield running
