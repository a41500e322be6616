"""The settings, one name each: `record_mode` in a file, EWSTAPE_RECORD_MODE, `--set ewstape_record_mode`.

Precedence: command line over environment over file over default. A file is read as strictly as a cassette; an unknown
key is an error that names the nearest known one, because mitmproxy swallows mistyped names without a word.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, get_type_hints

import msgspec

from ewstape.cassette import Existing
from ewstape.cassette.strictyaml import Problem, parse
from ewstape.errors import ConfigError

__all__ = [
    "Auth",
    "Config",
    "LogFormat",
    "RecordMode",
    "checkout_file",
    "descriptions",
    "find_file",
    "read_config",
    "refuse_unknown",
]

ENVIRONMENT_PREFIX = "EWSTAPE_"


class RecordMode(StrEnum):
    """What happens to a request; the names are VCR's."""

    NONE = "none"
    """Replay only. Cassette missing: an error at the start. Interaction missing: the client gets a SOAP fault that
    says why; nothing ever goes to a server."""
    ALL = "all"
    """Record only. Cassette missing: it is made. Interaction missing: cannot happen, every request goes to the server
    and is recorded; an existing cassette is refused unless `existing` says otherwise."""


class Auth(StrEnum):
    """How replay treats logons."""

    AUTO = "auto"
    """A client that begins an NTLM or Negotiate logon gets a made-up challenge; everyone else is let in."""
    NONE = "none"
    """Nobody is ever challenged."""


class LogFormat(StrEnum):
    """How interactions are logged."""

    TEXT = "text"
    """A line in plain words."""
    JSON = "json"
    """A JSON object a line."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting with its default. `config.yaml` at the top of the project explains each with an example."""

    cassette: Annotated[str, msgspec.Meta(description="the cassette to record to or replay from")] = ""
    record_mode: Annotated[RecordMode, msgspec.Meta(description="none: replay only; all: record everything")] = (
        RecordMode.NONE
    )
    existing: Annotated[
        Existing, msgspec.Meta(description="recording onto a cassette that has content: refuse, append or overwrite")
    ] = Existing.REFUSE
    hosts: Annotated[
        tuple[str, ...], msgspec.Meta(description="ordinary proxy: patterns of the hosts to decrypt (* and ?)")
    ] = ()
    autodiscover: Annotated[bool, msgspec.Meta(description="record Autodiscover requests as well")] = False
    auth: Annotated[Auth, msgspec.Meta(description="logons in replay: auto or none")] = Auth.AUTO
    log_format: Annotated[LogFormat, msgspec.Meta(description="text or json")] = LogFormat.TEXT
    fsync: Annotated[bool, msgspec.Meta(description="force each interaction to the disk before it is answered")] = False


def read_config(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Config:
    """The settings of a file, the environment and the command line, the later over the earlier.

    Raises:
        ConfigError: a key is unknown, a value is not allowed, or the file cannot be read.
    """
    merged: dict[str, object] = {}
    for origin, values in (
        (str(file), _from_file(file)),
        ("environment", _from_environment(environment or {})),
        ("command line", dict(overrides or {})),
    ):
        refuse_unknown(values, origin)
        _convert(values, origin)
        merged |= values
    return _convert(merged, "settings")


def find_file(start: Path) -> Path | None:
    """The `ewstape.yaml` in this folder or the nearest one above it."""
    return next((file for folder in (start, *start.parents) if (file := folder / "ewstape.yaml").is_file()), None)


def checkout_file() -> Path | None:
    """The `config.yaml` beside `addons/`, when the package runs from a checkout."""
    addons = Path(__file__).parents[1]
    file = addons.parent / "config.yaml"
    return file if (addons / "ews_tape.py").is_file() and file.is_file() else None


def descriptions() -> dict[str, str]:
    """What each setting means, in a phrase."""
    hints = get_type_hints(Config, include_extras=True)
    return {name: hints[name].__metadata__[0].description for name in Config.__struct_fields__}


def refuse_unknown(names: Iterable[str], origin: str) -> None:
    """Raises a `ConfigError` for the first name that is no setting, with the nearest that is."""
    for name in names:
        if name not in Config.__struct_fields__:
            near = get_close_matches(name, Config.__struct_fields__, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(Config.__struct_fields__)}"
            raise ConfigError(f"{origin}: unknown setting {name!r}, {hint}")


def _convert(values: Mapping[str, object], origin: str) -> Config:
    words = {
        name: tuple(value.split()) if name == "hosts" and isinstance(value, str) else value
        for name, value in values.items()
    }
    try:
        return msgspec.convert(words, Config, strict=False)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$.")
        name = path.rstrip("`")
        allowed = _choices(name.partition("[")[0])
        raise ConfigError(f"{origin}: {name}: {what[0].lower()}{what[1:]}{allowed}") from None


def _choices(name: str) -> str:
    kind = {"record_mode": RecordMode, "existing": Existing, "auth": Auth, "log_format": LogFormat}.get(name)
    return f" (one of {', '.join(kind)})" if kind else ""


def _from_file(file: Path | None) -> Mapping[str, object]:
    if file is None:
        return {}
    try:
        values = parse(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8 text") from None
    except Problem as problem:
        raise ConfigError(f"{file}: line {(problem.line or 0) + 1}: {problem.message}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{file}: expected a mapping of settings, such as `record_mode: all`")
    here: dict[str, object] = {}
    if isinstance(cassette := values.get("cassette"), str) and cassette:
        here["cassette"] = str(file.parent / cassette)  # a path in a file is meant from where the file is
    return {**values, **here}


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """Only names of settings count: other EWSTAPE_ variables belong to commands."""
    found = {name: environment.get(ENVIRONMENT_PREFIX + name.upper()) for name in Config.__struct_fields__}
    return {name: value for name, value in found.items() if value}
