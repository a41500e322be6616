"""The key of the pseudonyms: random, local, and never shown.

Whoever has the key can test guesses, so it is neither derived from a passphrase nor ever written beside a cassette.
The file is made complete under another name and then linked to its own: two processes that start at once agree on one
key, and a reader never meets half of one.
"""

import base64
import binascii
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final, Self

from ewstape.errors import ConfigError

VARIABLE: Final = "EWSTAPE_REDACTION_KEY"
"""The environment variable that holds a key shared by a team or a CI system, in hex or base64."""

FILE_NAME: Final = "redaction.key"

_SIZE: Final = 32
_LEAST_SIZE: Final = 16
_LEAST_VARIETY: Final = 8  # of 16 random bytes, fewer than eight differ once in 10 million keys
_WORDY: Final = 0.6  # share of lower-case pairs; 0.17 in random base64, 0.67 in words of six letters run together
_WAY_OUT: Final = "make a key with: openssl rand -hex 32"
_HEX = re.compile(r"[0-9A-Fa-f]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 128 bits or more, and the public name by which a cassette's header tells with which it was redacted.

    Raises:
        ConfigError: If the secret is too short, or too regular to be random.
    """

    secret: bytes = field(repr=False)
    id: str = field(init=False, compare=False)
    """The first 8 hex digits of a hash of the secret. Public."""

    def __post_init__(self) -> None:
        """Refuses what cannot be random, and names the key."""
        if len(self.secret) < _LEAST_SIZE:
            raise ConfigError(f"a redaction key needs {_LEAST_SIZE} random bytes or more; {_WAY_OUT}")
        if _variety(self.secret) < _LEAST_VARIETY:
            raise ConfigError(f"the redaction key repeats itself and can be guessed; {_WAY_OUT}")
        object.__setattr__(self, "id", hashlib.sha256(b"ewstape key id\0" + self.secret).hexdigest()[:8])

    @classmethod
    def fresh(cls) -> Self:
        """A new random key that is stored nowhere; with it gone, nobody can test a guess. For publishing."""
        return cls(secrets.token_bytes(_SIZE))

    @classmethod
    def load(cls, environment: Mapping[str, str], folder: Path | None = None) -> Self:
        """The key of this user: from the environment, else from `redaction.key`, which is made on first use.

        Args:
            environment: Such as `os.environ`; `EWSTAPE_REDACTION_KEY` counts before the file.
            folder: Where the file is; by default the user's data folder for ewstape.

        Raises:
            ConfigError: If the variable holds a passphrase or too little, or the file cannot be made, is readable by
                others or is no key. The message names the way out and never quotes the value.
        """
        if (text := environment.get(VARIABLE)) is not None:
            return cls._read(text, VARIABLE)
        path = (folder if folder is not None else _data_folder()) / FILE_NAME
        try:
            if not path.exists():
                _make(path)
            mode = stat.S_IMODE(path.stat().st_mode)
            text = path.read_bytes().decode("ascii", "replace")
        except OSError as error:
            raise ConfigError(
                f"{path}: {error.strerror or error}; make it accessible or set {VARIABLE} instead"
            ) from None
        if os.name == "posix" and mode & 0o077:
            raise ConfigError(f"{path}: others may read this key (mode {mode:04o}); chmod 600 it, or remove it")
        return cls._read(text, str(path))

    @classmethod
    def _read(cls, text: str, place: str) -> Self:
        try:
            return cls(_decode(text.strip()))
        except ConfigError as error:
            raise ConfigError(f"{place}: {error}") from None


def _data_folder() -> Path:
    import platformdirs

    return platformdirs.user_data_path("ewstape", appauthor=False)


def _make(path: Path) -> None:
    """Writes a new key at `path` unless another process was faster; then that one stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    line = secrets.token_hex(_SIZE).encode() + b"\n"
    _write(beside, line)
    try:
        with suppress(FileExistsError):
            _publish(beside, path, line)
    finally:
        beside.unlink(missing_ok=True)


def _publish(beside: Path, path: Path, line: bytes) -> None:
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        _write(path, line)


def _write(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _decode(text: str) -> bytes:
    """The bytes that hex or base64 stands for. Hex digits alone are never read as base64: a short key would pass."""
    if not text:
        raise ConfigError(f"the redaction key is empty; {_WAY_OUT}")
    if _HEX.fullmatch(text):
        if len(text) % 2:
            raise ConfigError(f"the redaction key has an odd number of hex digits; {_WAY_OUT}")
        return bytes.fromhex(text)
    if _BASE64.fullmatch(text) and not _is_wordy(text):
        with suppress(binascii.Error):
            return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    raise ConfigError(
        f"the redaction key is neither hex nor base64 of {_LEAST_SIZE} random bytes; passphrases can be guessed and "
        f"are refused; {_WAY_OUT}"
    )


def _is_wordy(text: str) -> bool:
    """Whether text in the alphabet of base64 is words run together."""
    pairs = list(pairwise(text))
    return any(sum(test(a) and test(b) for a, b in pairs) > _WORDY * len(pairs) for test in (str.islower, str.isupper))


def _variety(secret: bytes) -> int:
    """How many different bytes there are, and how many different steps between them, whichever is less."""
    steps = {(b - a) % 256 for a, b in pairwise(secret)}
    return min(len(set(secret)), len(steps))
