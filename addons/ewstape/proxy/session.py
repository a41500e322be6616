"""Opens what a config asks for: a cassette to record to, a tape to replay from, or both at once."""

import logging
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ewstape import __version__
from ewstape.cassette import Cassette, CassetteWriter, Existing, Header
from ewstape.config import Config, RecordMode
from ewstape.errors import CassetteError, ConfigError
from ewstape.player import open_tape
from ewstape.proxy.mixing import Mixing
from ewstape.proxy.recording import Recording
from ewstape.proxy.replaying import Replaying
from ewstape.redaction import RAW, Redactor, rules_in_force
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms

__all__ = ["Session", "open_session"]

logger = logging.getLogger("ewstape")

type Session = Recording | Replaying | Mixing


def open_session(config: Config, *, upstream: str) -> Session:
    """What the config asks for, its cassette open.

    Raises:
        ConfigError: no cassette is named, or a setting contradicts the record mode.
        CassetteError: the cassette cannot be read or written.
    """
    if not config.cassette:
        raise ConfigError("no cassette named: --set ewstape_cassette=FILE, EWSTAPE_CASSETTE, or cassette: in a file")
    path = Path(config.cassette).expanduser()
    match config.record_mode:
        case RecordMode.NONE:
            return Replaying(config, open_tape(config))
        case RecordMode.ALL:
            return _record(config, path, upstream, config.existing)
    if config.existing is Existing.OVERWRITE:
        raise ConfigError(
            f"existing: overwrite contradicts record_mode {config.record_mode}, which keeps what is there"
        )
    if config.record_mode is RecordMode.ONCE and _holds_anything(path):
        return Replaying(config, open_tape(config))
    recording = _record(config, path, upstream, Existing.APPEND)
    if config.record_mode is RecordMode.ONCE:
        return recording
    try:
        return Mixing(config, open_tape(config), recording)  # read after the writer has cut off a torn end
    except CassetteError:
        recording.done()
        raise


def _record(config: Config, path: Path, upstream: str, existing: Existing) -> Recording:
    redactor = _redactor(config)
    header = Header(
        recorded=datetime.fromtimestamp(int(time.time()), UTC).isoformat().replace("+00:00", "Z"),
        recorder=f"ewstape {__version__}",
        upstream=" ".join(map(redactor.url, upstream.split())) if redactor else upstream,
        redaction=redactor.header if redactor else RAW,
    )
    return Recording(config, CassetteWriter(path, header, existing=existing, fsync=config.fsync), redactor)


def _redactor(config: Config) -> Redactor | None:
    if config.redaction:
        pseudonyms = Pseudonyms(Key.load(os.environ))
        return Redactor(rules_in_force(config.keep, config.rules), pseudonyms, config.undecodable)
    logger.warning("redaction is off: names, addresses, numbers and texts are written as they are sent")
    return None


def _holds_anything(path: Path) -> bool:
    """Whether a cassette is there and not without an interaction: a recording that saw no traffic leaves such a one."""
    with suppress(OSError):
        return path.stat().st_size > 0 and len(Cassette.open(path)) > 0
    return False  # not there, or not to be had: the writer says which
