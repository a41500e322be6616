"""mitmproxy imported on the way, in a process of its own: a module is imported once."""

import subprocess
import sys

import pytest
from processes import ROOT

SCRIPT = """
import sys
sys.path.insert(0, {addons!r})
from ewstape.testing.importing import mitmproxy_imported
{before}
with mitmproxy_imported():
    import ewstape.testing.proxying
print("flask" in sys.modules, "mitmproxy.addons.onboarding" in sys.modules)
import mitmproxy.addons
print(len(mitmproxy.addons.default_addons()) > 20, mitmproxy.addons.core is sys.modules["mitmproxy.addons.core"])
"""


@pytest.mark.parametrize(
    ("before", "all_of_it"), [("", False), ("import mitmproxy.addons", True)], ids=["first", "already there"]
)
def test_only_what_is_needed_is_imported_and_the_rest_still_can_be(before: str, *, all_of_it: bool) -> None:
    script = SCRIPT.format(addons=str(ROOT / "addons"), before=before)
    ignored = ["-W", "ignore::DeprecationWarning"]  # of the rest, below
    done = subprocess.run([sys.executable, *ignored, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{all_of_it} {all_of_it}\nTrue True\n"
