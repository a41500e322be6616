"""A cassette being played, as both fronts do it: requests in, replies out, and an account in log, file and verdict.

A front brings requests and the time, and carries out what a reply says. Everything that it could do differently from
the other front is here.
"""

import json
import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ewstape.cassette import Cassette, Existing
from ewstape.config import NO_INDEX, Config, LogFormat, RecordMode, latency_factor
from ewstape.errors import CassetteError, ConfigError
from ewstape.interaction import Request
from ewstape.livelog import LiveLog
from ewstape.replay import Faults, Miss, Reply, Responder, Tape
from ewstape.replay.index import Progress
from ewstape.replay.opening import Recording, is_small
from ewstape.report.ending import Ending
from ewstape.report.misses import MissFile

__all__ = ["Player", "open_tape", "replays"]

logger = logging.getLogger("ewstape")


def open_tape(config: Config, progress: Progress | None = None) -> Tape:
    """The tape of the cassette that the settings name.

    Args:
        config: the settings.
        progress: told how many of how many interactions were read, when a big cassette is indexed.

    Raises:
        ConfigError: no cassette is named.
        CassetteError: the cassette cannot be read.
    """
    if not config.cassette:
        raise ConfigError("no cassette named: --set ewstape_cassette=FILE, EWSTAPE_CASSETTE, or cassette: in a file")
    path = Path(config.cassette).expanduser()
    folder = None if is_small(path) else _index_folder(config.index_cache)
    recording = Recording(path, frozenset(config.significant), folder)
    index = recording.index(progress)
    if recording.torn:
        logger.error("ewstape: %s: %s; that end is not played", path, recording.torn)
    if recording.trouble:
        logger.warning("the index of the cassette is not kept for the next start: %s", recording.trouble)
    # What new_episodes records is appended to this very cassette, and played in the next session only.
    fixed = config.record_mode is RecordMode.NEW_EPISODES
    return Tape.of(index, None if fixed else recording, pace=config.pace.value, repeat=config.repeat.value)


def _index_folder(setting: str) -> Path | None:
    if setting == NO_INDEX:
        return None
    if setting:
        return Path(setting).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("ewstape", appauthor=False) / "indexes"


def replays(config: Config) -> bool:
    """Whether these settings only replay: `none`, and `once` with a cassette that holds anything."""
    once = config.record_mode is RecordMode.ONCE and config.existing is not Existing.OVERWRITE
    return config.record_mode is RecordMode.NONE or (once and _holds_anything(Path(config.cassette).expanduser()))


def _holds_anything(path: Path) -> bool:
    """Whether a cassette is there and not without an interaction: a recording that saw no traffic leaves such a one."""
    with suppress(OSError):
        return path.stat().st_size > 0 and len(Cassette.open(path)) > 0
    return False  # not there, or not to be had: the writer says which


class Player:
    """Answers from a tape and keeps account."""

    def __init__(self, config: Config, tape: Tape, log: LiveLog | None = None) -> None:
        """Opens the file of misses if one is wanted. The log is its own, unless it shares one.

        Raises:
            ConfigError: that file cannot be written, or live values are to be shown where no terminal is.
        """
        if config.show_live and not sys.stderr.isatty():
            raise ConfigError("show_live shows what people sent, so it needs a terminal on stderr; leave it off")
        self._config = config
        self._tape = tape
        faults = Faults(config.faults, config.fault_seed)
        self._responder = Responder(tape, config.auth.value, faults, latency_factor(config.latency))
        self._missed = 0
        self.log = log or LiveLog(config.log_format)
        """What was said so far about calls, and where more is said."""
        self._misses = MissFile(Path(config.misses).expanduser()) if config.misses else None

    @property
    def ending(self) -> Ending:
        """How it went so far."""
        tape, faults = self._tape, self._responder.faults.injected
        return Ending(used=len(tape.used), unused=tape.unused, misses=self._missed, faults=faults)

    @property
    def failed(self) -> bool:
        """Whether it went wrong by what the settings count."""
        return self.ending.failed(self._config.fail_on)

    def answer(self, request: Request, connection: str, now: float) -> Reply:
        """The reply to a request, accounted for. Never raises.

        Args:
            request: as the client sent it, without Content-Encoding.
            connection: identifies the client's connection.
            now: seconds on a clock that only goes forward.
        """
        reply = self.reply(request, connection, now)
        self.given(reply, connection, now)
        return reply

    def reply(self, request: Request, connection: str, now: float) -> Reply:
        """The same, not accounted for: a miss may yet be another's to answer."""
        return self._responder.respond(request, connection, now)

    def given(self, reply: Reply, connection: str, now: float) -> None:
        """The client gets this reply."""
        if reply.miss is not None:
            self._account(reply.miss)
        self.log.replayed(reply, connection, now)

    def closed(self, connection: str) -> None:
        """A client's connection has ended."""
        self._responder.closed(connection)
        self.log.closed(connection)

    def close(self) -> list[str]:
        """Ends it; the lines of its report."""
        if self._misses is not None:
            self._misses.close()
            self._misses = None
        self.log.end()
        ending = self.ending
        if self._config.log_format is LogFormat.JSON:
            return [json.dumps({"event": "end", **ending.to_json()})]
        return ending.lines(self._operations(ending.listed))

    def _account(self, miss: Miss) -> None:
        self._missed += 1
        if self._misses is not None:
            try:
                self._misses.write(miss.to_dict())
            except OSError as error:
                logger.error("the file of misses cannot be written: %s", error.strerror)  # noqa: TRY400  a line, no traceback
        if self._config.show_live:
            logger.warning("%s", json.dumps(miss.to_dict(show_live=True), indent=2))

    def _operations(self, numbers: tuple[int, ...]) -> Mapping[int, str]:
        """The names of operations by number. Documents are written as they end, so near their number, seldom at it."""
        found: dict[int, str] = {}
        if not numbers:
            return found
        with suppress(CassetteError):  # gone meanwhile: then the numbers must do
            recorded = Cassette.open(Path(self._config.cassette).expanduser())
            for number in numbers:
                if number not in found:
                    near = recorded[max(0, number - _NEAR) : number + _NEAR]
                    found |= {one.number: str(one.operation) for one in near}
        return found


_NEAR = 8
"""How far from its number a document is looked for: as many as there are requests at once, mostly."""
