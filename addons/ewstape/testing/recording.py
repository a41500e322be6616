"""A cassette that a test records: through mitmproxy from a real server, to a file beside the cassette.

That file becomes the cassette when the test has passed, and not before: a test that failed half-way leaves what was
there untouched. Importing this module imports mitmproxy.
"""

import secrets
import shutil
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, override
from urllib.parse import urlsplit

from msgspec import structs

from ewstape.cassette import Cassette, Existing
from ewstape.config import Config, RecordMode
from ewstape.errors import CassetteError, ConfigError, EwsTapeError
from ewstape.interaction import Interaction
from ewstape.proxy.hooks import Hooks
from ewstape.proxy.mixing import Mixing
from ewstape.proxy.session import open_recording
from ewstape.proxy.upstream import Upstream
from ewstape.redaction import redact_url
from ewstape.replay import Tape
from ewstape.report.ending import Ending
from ewstape.testing.proxying import open_port
from ewstape.testing.stage import Stage

if TYPE_CHECKING:
    from ewstape.proxy.ports import OpenPort

__all__ = ["RecordingStage"]


class RecordingStage(Stage):
    """A recording, alone or beside a tape (`new_episodes`)."""

    recording = True

    def __init__(self, config: Config, upstream: Upstream) -> None:
        """Opens the file beside the cassette; call it in the loop.

        Raises:
            ConfigError: a setting is wrong, or it is not said what to record.
            CassetteError: the cassette cannot be read, or nothing can be written beside it.
        """
        super().__init__(config, upstream)
        if not (upstream.url or config.hosts):
            raise ConfigError(
                "say what to record: upstream (in pytest --ews-upstream), the URL of a server, "
                "or hosts for an ordinary proxy"
            )
        self._path = Path(config.cassette)
        self._draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}.new")
        self._found = _state(self._path)
        self._before = _begin(self._path, self._draft, afresh=config.record_mode is RecordMode.ALL)
        drafted = structs.replace(config, cassette=str(self._draft), existing=Existing.REFUSE)
        try:
            self._session = open_recording(
                drafted,
                upstream=" ".join(map(redact_url, [upstream.url] if upstream.url else config.hosts)),
                stop=_go_on,
            )
        except EwsTapeError as error:
            self._draft.unlink(missing_ok=True)
            raise type(error)(str(error).replace(str(self._draft), str(self._path))) from None
        self._hooks = Hooks(self._session, self.journal.note)

    @property
    @override
    def interactions(self) -> Sequence[Interaction]:
        return Cassette.open(self._draft if self._draft.exists() else self._path)

    @property
    @override
    def tape(self) -> Tape | None:
        return self._session.tape if isinstance(self._session, Mixing) else None

    @property
    @override
    def ending(self) -> Ending:
        return self._session.ending if isinstance(self._session, Mixing) else Ending(used=0)

    @override
    def open_url(self) -> Coroutine[Any, Any, str]:
        async def opened() -> str:
            if not self.upstream.url:
                raise ConfigError("upstream: the URL of the server to record is missing; `url` stands for it")
            return (await self._open(self.upstream)).url

        return opened()

    @override
    def open_proxy(self) -> Coroutine[Any, Any, "OpenPort"]:
        return self._open(replace(self.upstream, url=""))

    async def _open(self, upstream: Upstream) -> "OpenPort":
        port = await open_port(self._hooks, upstream, self._hosts)
        self._closers.append(port.close)
        return port

    @property
    def _hosts(self) -> tuple[str, ...]:
        """What may be decrypted: the hosts that are named, and the server."""
        server = urlsplit(self.upstream.url).hostname
        return (*self.config.hosts, *([server] if server else []))

    @override
    async def finish(self, *, keep: bool) -> list[str]:
        await self._close_ports()
        said = self._session.done().replace(str(self._draft), str(self._path)).splitlines()
        try:
            if failure := self._session.failure:
                raise failure
            recorded = len(Cassette.open(self._draft)) > self._before
            if recorded and not keep:
                return [f"{self._path}: what was recorded is thrown away, because the test or command did not pass"]
            if recorded:
                if _state(self._path) != self._found:
                    raise CassetteError(
                        f"{self._path}: was changed while this was recorded, which is thrown away; "
                        "let only one test at a time record to a cassette"
                    )
                _put_in_place(self._draft, self._path)
            return said if self._path.exists() else [*said, "no cassette was made"]
        finally:
            self._draft.unlink(missing_ok=True)


def _begin(path: Path, draft: Path, *, afresh: bool) -> int:
    """Makes the draft as the cassette is, unless it begins afresh; how many interactions it has."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if afresh or not path.exists() or not path.stat().st_size:
            return 0
        count = len(Cassette.open(path))
        draft.touch(mode=0o600)
        shutil.copyfile(path, draft)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise CassetteError(f"{path}: cannot be recorded: {error.strerror or error}") from None
    return count


def _state(path: Path) -> tuple[int, int, int] | None:
    """Differs if a file has been replaced or changed; `None` if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _put_in_place(draft: Path, path: Path) -> None:
    try:
        draft.replace(path)
    except OSError as error:
        raise CassetteError(f"{path}: cannot be written: {error.strerror or error}") from None


def _go_on() -> None:
    """A recorder that cannot write refuses what comes; the other sessions of the process go on."""
