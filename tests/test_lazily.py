"""Names that are imported when they are asked for."""

import subprocess
import sys

import pytest
from processes import ROOT

import ewstape
from ewstape import cassette, redaction


@pytest.mark.parametrize("package", [ewstape, cassette, redaction])
def test_every_public_name_is_there(package: object) -> None:
    for name in package.__all__:  # type: ignore[attr-defined]  # a package of ours
        assert getattr(package, name) is not None


def test_what_may_be_asked_for_is_listed() -> None:
    """As a shell completes it."""
    assert dir(ewstape) == sorted(ewstape.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'ewstape' has no attribute 'nothing'"):
        _ = ewstape.nothing  # type: ignore[attr-defined]  # that is the point


def test_importing_the_package_imports_nothing_else() -> None:
    script = f"import sys; sys.path.insert(0, {str(ROOT / 'addons')!r}); import ewstape; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if name.startswith("ewstape.")] == [
        "ewstape._lazily",
        "ewstape._version",
    ]
    assert "lxml" not in done.stdout
