"""Where a test's cassette is: the name that a marker gives, or one made of the test's own name.

A name of our making is one component of a path, whatever the test and its parameters are called. A name that is given
may have folders, but none that leads out of the cassette directory.
"""

import re
from hashlib import blake2b
from pathlib import Path, PurePosixPath, PureWindowsPath

__all__ = ["derived_name", "inside", "problem_of"]

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,39}")
"""Parameters that may stand in a file's name as they are."""
_ODD = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST = 120
"""Characters of a test's name that are kept; file systems end at 255 bytes."""


def derived_name(test: str, parameters: str = "", group: str = "") -> str:
    """`test_call.yaml`, `TestCalls.test_call[busy].yaml`; a hash stands for parameters that are long or odd.

    Args:
        test: the name of the function.
        parameters: pytest's id of the parameters; empty if there are none.
        group: the name of the class, `TestOuter.TestInner` of a nested one; empty if there is none.
    """
    whole = ".".join(filter(None, (group, test)))
    name = _ODD.sub("-", whole)[:_LONGEST]
    if name != whole:
        name += f"-{_hash(whole)}"
    if parameters:
        name += f"[{parameters if _PLAIN.fullmatch(parameters) else _hash(parameters)}]"
    return f"{name}.yaml"


def problem_of(given: str) -> str:
    """What is wrong with a path that a marker gives; empty if nothing is."""
    windows = PureWindowsPath(given)  # takes both kinds of slashes for what they are
    if not given.strip() or "\0" in given:
        return "expected the name of a cassette"
    if windows.drive or windows.root or PurePosixPath(given).is_absolute() or ".." in windows.parts:
        return "a cassette's path must stay inside the cassette directory; see the fixture ews_cassette_dir"
    return ""


def inside(folder: Path, given: str) -> Path | None:
    """The path of a cassette in a folder; `None` if it would lead out of it, be it by a symbolic link."""
    if problem_of(given):
        return None
    path = folder / given
    return path if path.resolve().is_relative_to(folder.resolve()) else None


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
