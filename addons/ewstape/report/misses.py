"""The file of misses: a JSON object a line, written as each happens, so that it is whole whenever the replay ends."""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from ewstape.errors import ConfigError

_BEGINNING = b'{"operation": '
"""How each line begins."""


class MissFile:
    """Open for writing from the start, so that an empty one says that nothing was missed."""

    def __init__(self, path: Path) -> None:
        """Makes the file, readable by its owner only, or empties it if it is one of ours: a slip costs no cassette.

        Raises:
            ConfigError: it cannot be written, or holds something else.
        """
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if stat.S_ISREG(os.fstat(self._file).st_mode):
                self._empty(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigError(f"misses: {path}: cannot be written: {reason}") from None

    def _empty(self, path: Path) -> None:
        if os.read(self._file, len(_BEGINNING)) not in (b"", _BEGINNING):
            os.close(self._file)
            raise ConfigError(f"misses: {path}: is there already and holds no misses; name another file")
        os.fchmod(self._file, 0o600)  # one that was there keeps no wider mode
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)

    def write(self, miss: Mapping[str, object]) -> None:
        """Adds a miss, as a line of ASCII. Raises `OSError` if the disk refuses."""
        os.write(self._file, json.dumps(miss).encode() + b"\n")

    def close(self) -> None:
        """Ends it."""
        os.close(self._file)
