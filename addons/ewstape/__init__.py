"""Records, decodes and replays Exchange Web Services traffic. Start with the README and the `ewstape` command.

For programs and tests: `load` reads a cassette, `use_cassette` answers from one. Importing the package imports nothing
else; a name brings what it needs when it is first used.
"""

from typing import TYPE_CHECKING

from ewstape._lazily import lazily
from ewstape._version import __version__

if TYPE_CHECKING:
    from ewstape.cassette import Cassette
    from ewstape.errors import CassetteError, ConfigError, EwsTapeError
    from ewstape.interaction import Interaction
    from ewstape.testing.use import load, use_cassette
    from ewstape.testing.used import UsedCassette

__all__ = [
    "Cassette",
    "CassetteError",
    "ConfigError",
    "EwsTapeError",
    "Interaction",
    "UsedCassette",
    "__version__",
    "load",
    "use_cassette",
]

if not TYPE_CHECKING:  # to a type checker, any name would be one of ours
    __getattr__ = lazily(
        __name__,
        {
            "Cassette": "ewstape.cassette",
            "CassetteError": "ewstape.errors",
            "ConfigError": "ewstape.errors",
            "EwsTapeError": "ewstape.errors",
            "Interaction": "ewstape.interaction",
            "UsedCassette": "ewstape.testing.used",
            "load": "ewstape.testing.use",
            "use_cassette": "ewstape.testing.use",
        },
    )

    def __dir__() -> list[str]:
        return __all__
