"""Importing mitmproxy in the middle of a test run: without its warnings, and without addons that nobody needs here."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType

__all__ = ["mitmproxy_imported"]

_ADDONS = "mitmproxy.addons"


@contextmanager
def mitmproxy_imported() -> Iterator[None]:
    """For as long as it lasts, what imports mitmproxy may be imported.

    mitmproxy warns of its own affairs, which would be errors in a strict test. And its package of addons imports them
    all, web servers and parsers included, which is a quarter of the whole; here that package is an empty one with the
    same folder, so that the six that a proxy needs are found. The real one can still be imported afterwards.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if _ADDONS in sys.modules:
            yield
            return
        spec = find_spec(_ADDONS)  # finds it without running it
        package = ModuleType(_ADDONS)
        package.__path__ = list(spec.submodule_search_locations or ()) if spec else []
        sys.modules[_ADDONS] = package
        try:
            yield
        finally:
            del sys.modules[_ADDONS]
