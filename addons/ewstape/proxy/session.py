"""Opens what a config asks for: a cassette to record to, or a tape to replay from."""

import time
from datetime import UTC, datetime
from pathlib import Path

from ewstape import __version__
from ewstape.cassette import Cassette, CassetteWriter, Header
from ewstape.config import Config, RecordMode
from ewstape.errors import ConfigError
from ewstape.proxy.recording import Recording
from ewstape.proxy.replaying import Replaying
from ewstape.redaction import RULES
from ewstape.replay import Tape

__all__ = ["open_session"]


def open_session(config: Config, *, upstream: str) -> Recording | Replaying:
    """The recording or the replay that the config asks for, its cassette open.

    Raises:
        ConfigError: no cassette is named.
        CassetteError: the cassette cannot be read or written.
    """
    if not config.cassette:
        raise ConfigError("no cassette named: --set ewstape_cassette=FILE, EWSTAPE_CASSETTE, or cassette: in a file")
    path = Path(config.cassette).expanduser()
    match config.record_mode:
        case RecordMode.NONE:
            return Replaying(config, Tape(Cassette.open(path)))
        case RecordMode.ALL:
            header = Header(
                recorded=datetime.fromtimestamp(int(time.time()), UTC).isoformat().replace("+00:00", "Z"),
                recorder=f"ewstape {__version__}",
                upstream=upstream,
                redaction=RULES,
            )
            return Recording(config, CassetteWriter(path, header, existing=config.existing, fsync=config.fsync))
