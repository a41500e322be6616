"""What all tests share."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

settings.register_profile("ewstape", deadline=None)  # no test is about time
settings.load_profile("ewstape")

# Hundreds of processes are started here; each would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Makes `xdist_group` count: pytest-xdist 3.8 adds the group to `_nodeid`, which pytest 9.2 no longer reads."""
    yield
    for item in items:
        grouped = vars(item).get("_nodeid", item.nodeid)
        if grouped != item.nodeid:
            item._id = type(item.id).parse(grouped)  # noqa: SLF001  where it reads it now


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


@pytest.fixture(scope="session", autouse=True)
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Redaction makes its key on first use, replay its indexes: not in the folders of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
