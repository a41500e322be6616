"""The README names every option of the plugin, and every name of what its fixture gives."""

import re

import pytest
from processes import ROOT

from ewstape import pytest_plugin
from ewstape.testing.used import UsedCassette

README = (ROOT / "README.md").read_text("utf-8")
SOURCE = (ROOT / "addons" / "ewstape" / "pytest_plugin.py").read_text("utf-8")
OPTIONS = (ROOT / "addons" / "ewstape" / "testing" / "options.py").read_text("utf-8")


@pytest.mark.parametrize("option", re.findall(r'(?:addoption|addini)\(\s*"([^"]+)"', OPTIONS))
def test_every_option_is_in_the_readme(option: str) -> None:
    assert re.search(rf"`{option}[`=]", README)


@pytest.mark.parametrize("name", [name for name in vars(UsedCassette) if not name.startswith("_")])
def test_everything_that_the_fixture_gives_is_in_the_readme(name: str) -> None:
    internal = {"problems", "unused_named", "close"}  # for those who begin a use and end it
    assert name in internal or re.search(rf"`{name}[`(]", README)


def test_every_fixture_is_in_the_readme() -> None:
    fixtures = re.findall(r"@pytest.fixture.*\ndef (\w+)", SOURCE)
    assert fixtures == ["ews_config", "ews_cassette_dir", "ews_cassette"]
    assert all(f"`{name}`" in README or name == "ews_cassette" for name in fixtures)
    assert callable(pytest_plugin.ews_cassette)
