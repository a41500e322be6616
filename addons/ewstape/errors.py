"""The errors that users can cause or meet, by whose fault they are. The command line gives each its exit status."""

from typing import ClassVar, Final

MISSED: Final = 4
"""The exit status of a replay that failed by what the setting `fail_on` counts, which is no error of ours."""


class EwsTapeError(Exception):
    """Something the user can act on. The message is one line that names the place and the way out."""

    exit_status: ClassVar[int] = 1


class ConfigError(EwsTapeError):
    """A setting, option or configuration file is wrong or contradicts another."""

    exit_status = 2


class CassetteError(EwsTapeError):
    """A cassette cannot be read or written: not there, not ours, broken, locked, or the disk refuses."""

    exit_status = 3


class WireError(EwsTapeError):
    """The peer sent something that cannot be decoded. It is recorded byte for byte with this message beside it."""
