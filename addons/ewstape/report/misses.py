"""The file of misses: a JSON object a line, written as each happens, so that it is whole whenever the replay ends."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from ewstape.errors import ConfigError


class MissFile:
    """Open for writing from the start, so that an empty one says that nothing was missed."""

    def __init__(self, path: Path) -> None:
        """Makes the file, readable by its owner only, or empties it.

        Raises:
            ConfigError: it cannot be written.
        """
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            os.fchmod(self._file, 0o600)  # one that was there keeps no wider mode
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigError(f"misses: {path}: cannot be written: {reason}") from None

    def write(self, miss: Mapping[str, object]) -> None:
        """Adds a miss, as a line of ASCII. Raises `OSError` if the disk refuses."""
        os.write(self._file, json.dumps(miss).encode() + b"\n")

    def close(self) -> None:
        """Ends it."""
        os.close(self._file)
