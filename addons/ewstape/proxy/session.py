"""Opens what a config asks for: a cassette to record to, a tape to replay from, or both at once."""

import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ewstape import __version__
from ewstape.cassette import CassetteWriter, Existing, Header
from ewstape.config import Config, RecordMode
from ewstape.errors import CassetteError, ConfigError
from ewstape.player import Player, open_tape, replays
from ewstape.proxy.hooks import Session
from ewstape.proxy.mixing import Mixing
from ewstape.proxy.recording import Recording
from ewstape.proxy.replaying import Replaying
from ewstape.redaction import RAW, Redactor, rules_in_force
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms

__all__ = ["open_recording", "open_session"]

logger = logging.getLogger("ewstape")


def open_session(config: Config, *, upstream: str) -> Session:
    """What the config asks for, its cassette open.

    Raises:
        ConfigError: no cassette is named, or a setting contradicts the record mode.
        CassetteError: the cassette cannot be read or written.
    """
    if not config.cassette:
        raise ConfigError("no cassette named: --set ewstape_cassette=FILE, EWSTAPE_CASSETTE, or cassette: in a file")
    if replays(config):
        return Replaying(Player(config, open_tape(config)))
    return open_recording(config, upstream=upstream)


def open_recording(config: Config, *, upstream: str, stop: Callable[[], None] | None = None) -> Recording | Mixing:
    """What a config that does not only replay asks for, its cassette open; see `Recording` for
    `stop`.

    Raises:
        ConfigError: a setting contradicts the record mode.
        CassetteError: the cassette cannot be read or written.
    """
    path = Path(config.cassette).expanduser()
    if config.record_mode is RecordMode.ALL:
        return _record(config, path, upstream, config.existing, stop)
    if config.existing is Existing.OVERWRITE:
        raise ConfigError(
            f"existing: overwrite contradicts record_mode {config.record_mode}, which keeps what is there"
        )
    recording = _record(config, path, upstream, Existing.APPEND, stop)
    if config.record_mode is RecordMode.ONCE:
        return recording
    try:
        return Mixing(config, open_tape(config), recording)  # read after the writer has cut off a torn end
    except CassetteError:
        recording.done()
        raise


def _record(
    config: Config, path: Path, upstream: str, existing: Existing, stop: Callable[[], None] | None
) -> Recording:
    redactor = _redactor(config)
    header = Header(
        recorded=datetime.fromtimestamp(int(time.time()), UTC).isoformat().replace("+00:00", "Z"),
        recorder=f"ewstape {__version__}",
        upstream=" ".join(map(redactor.url, upstream.split())) if redactor else upstream,
        redaction=redactor.header if redactor else RAW,
    )
    return Recording(config, CassetteWriter(path, header, existing=existing, fsync=config.fsync), redactor, stop)


def _redactor(config: Config) -> Redactor | None:
    if config.redaction:
        pseudonyms = Pseudonyms(Key.load(os.environ))
        return Redactor(rules_in_force(config.keep, config.rules), pseudonyms, config.undecodable)
    logger.warning("redaction is off: names, addresses, numbers and texts are written as they are sent")
    return None
