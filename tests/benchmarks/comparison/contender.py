"""The values of a contender: what it is, what it needs on the machine, and the place where it works in a case."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from comparison.exchanges import Corpus

ROOT = Path(__file__).parents[3]
SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a contender works in one case."""

    folder: Path
    port: int
    peers: Path
    """The folder in which npm has installed peers."""
    certificate: Path
    """Certificate and key of a server for https; also the folder of the proxies' authority."""
    upstream: str = ""
    """The server behind proxies that pass on."""
    https: bool = False

    @property
    def url(self) -> str:
        return f"{'https' if self.https else 'http'}://127.0.0.1:{self.port}"


type Command = tuple[str, ...]
type Prepare = Callable[[Place, Corpus], Command]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A server or proxy that answers requests."""

    name: str
    title: str
    prepare: Prepare
    needs: tuple[str, ...] = ()
    """A program, `npm:PACKAGE` or `pypi:MODULE`."""
    at_most: int = 1_000_000
    """The largest corpus that it is asked to load: beyond, loading or matching takes minutes."""
    fixed: bool = False
    """It gives everything the first answer."""
    own: bool = False
    forward: bool = False
    """An ordinary proxy: requests name the server."""
    in_process: bool = False
    """It is no server: its command measures, and prints what it found."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """`{folder}` stands for its folder."""

    def missing(self, peers: Path) -> tuple[str, ...]:
        """What it needs and is not there."""
        return tuple(need for need in self.needs if not _is_there(need, peers))


def _is_there(need: str, peers: Path) -> bool:
    source, _, name = need.rpartition(":")
    if source == "npm":
        return (peers / "node_modules" / name).is_dir()
    return find_spec(name) is not None if source == "pypi" else shutil.which(name) is not None
