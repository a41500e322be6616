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
from ewstape.errors import ConfigError, EwsTapeError
from ewstape.player import Player, open_tape, replays
from ewstape.proxy.hooks import Session
from ewstape.proxy.mixing import Mixing
from ewstape.proxy.recording import Recording
from ewstape.proxy.replaying import Replaying
from ewstape.redaction import RAW, Redactor, rules_in_force
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms

__all__ = ["header_of", "open_recording", "open_session", "redactor_of"]

logger = logging.getLogger("ewstape")


def open_session(config: Config, *, upstream: str, marks: bool = False) -> Session:
    """What the config asks for, its cassette open; see `Recording` for `marks`.

    Raises:
        ConfigError: no cassette is named, or a setting contradicts the record mode.
        CassetteError: the cassette cannot be read or written.
    """
    if not config.cassette:
        raise ConfigError("no cassette named: --set ewstape_cassette=FILE, EWSTAPE_CASSETTE, or cassette: in a file")
    if replays(config):
        return Replaying(Player(config, open_tape(config)), marks=marks)
    return open_recording(config, upstream=upstream, marks=marks)


def open_recording(
    config: Config, *, upstream: str, stop: Callable[[], None] | None = None, marks: bool = False
) -> Recording | Mixing:
    """What a config that does not only replay asks for, its cassette open; see `Recording` for `stop` and `marks`.

    Raises:
        ConfigError: a setting contradicts the record mode.
        CassetteError: the cassette cannot be read or written.
    """
    path = Path(config.cassette).expanduser()
    if config.record_mode is RecordMode.ALL:
        return _record(config, path, upstream, config.existing, stop, marks=marks)
    if config.existing is Existing.OVERWRITE:
        raise ConfigError(
            f"existing: overwrite contradicts record_mode {config.record_mode}, which keeps what is there"
        )
    recording = _record(config, path, upstream, Existing.APPEND, stop, marks=marks)
    if config.record_mode is RecordMode.ONCE:
        return recording
    try:
        return Mixing(config, open_tape(config), recording)  # read after the writer has cut off a torn end
    except EwsTapeError:
        recording.close()
        raise


def _record(  # noqa: PLR0913  what a recording is made of
    config: Config,
    path: Path,
    upstream: str,
    existing: Existing,
    stop: Callable[[], None] | None,
    *,
    marks: bool,
) -> Recording:
    redactor = redactor_of(config)
    writer = CassetteWriter(path, header_of(redactor, upstream), existing=existing, fsync=config.fsync)
    return Recording(config, writer, redactor, stop, marks=marks)


def header_of(redactor: Redactor | None, upstream: str) -> Header:
    """The header of a cassette that is recorded now."""
    return Header(
        recorded=datetime.fromtimestamp(int(time.time()), UTC).isoformat().replace("+00:00", "Z"),
        recorder=f"ewstape {__version__}",
        upstream=" ".join(map(redactor.url, upstream.split())) if redactor else upstream,
        redaction=redactor.header if redactor else RAW,
    )


def redactor_of(config: Config) -> Redactor | None:
    """What redacts by the settings; `None`, with a warning, if that is switched off.

    Raises:
        ConfigError: the settings name a rule or a key that is none.
    """
    if config.redaction:
        pseudonyms = Pseudonyms(Key.load(os.environ))
        return Redactor(rules_in_force(config.keep, config.rules), pseudonyms, config.undecodable)
    logger.warning("redaction is off: names, addresses, numbers and texts are written as they are sent")
    return None
