"""The settings, one name each: `record_mode` in a file, EWSTAPE_RECORD_MODE, `--set ewstape_record_mode`.

Precedence: command line over environment over file over default. A file is read as strictly as a cassette; an unknown
key is an error that names the nearest known one, because mitmproxy swallows mistyped names without a word.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, get_args, get_origin, get_type_hints

import msgspec

from ewstape.cassette import Existing
from ewstape.cassette.strictyaml import Problem, parse
from ewstape.errors import ConfigError
from ewstape.redaction import Undecodable
from ewstape.replay.faults import FaultRule

__all__ = [
    "NO_INDEX",
    "Auth",
    "Config",
    "LogFormat",
    "Pace",
    "RecordMode",
    "Repeat",
    "Verdict",
    "checkout_file",
    "descriptions",
    "find_file",
    "latency_factor",
    "read_config",
    "refuse_unknown",
]

ENVIRONMENT_PREFIX = "EWSTAPE_"


class RecordMode(StrEnum):
    """What happens to a request; the names are VCR's."""

    NONE = "none"
    """Replay only. Cassette missing: an error at the start. Interaction missing: the client gets a SOAP fault that
    says why; nothing ever goes to a server."""
    ONCE = "once"
    """Cassette missing, or without an interaction: everything goes to the server and is recorded, as with `all`. Else
    the cassette is closed, as with `none`: an interaction that is missing is a SOAP fault that says why."""
    NEW_EPISODES = "new_episodes"
    """Cassette missing: it is made. Interaction missing: the request goes to the server and is appended, to be played
    in the next session; but one with an identifier that only the tape issued gets a SOAP fault that says why."""
    ALL = "all"
    """Record only. Cassette missing: it is made. Interaction missing: cannot happen, every request goes to the server
    and is recorded; an existing cassette is refused unless `existing` says otherwise."""


class Auth(StrEnum):
    """How replay treats logons."""

    AUTO = "auto"
    """A client that begins an NTLM or Negotiate logon gets a made-up challenge; everyone else is let in."""
    NONE = "none"
    """Nobody is ever challenged."""
    BASIC = "basic"
    """Everyone must answer a Basic challenge first; any name and password pass."""
    NTLM = "ntlm"
    """Everyone must log the connection on with NTLM or Negotiate first; any credentials pass."""


class Pace(StrEnum):
    """How polls walk the recorded states of a phase."""

    POLL = "poll"
    """A state a poll."""
    RECORDED = "recorded"
    """As time passes, as it passed then."""


class Repeat(StrEnum):
    """What a read gets once the answers of a phase are used up."""

    LAST = "last"
    """The last of them, again and again."""
    ERROR = "error"
    """A miss."""


class Verdict(StrEnum):
    """What makes a replay fail."""

    MISS = "miss"
    """A request that the cassette had no answer for."""
    UNUSED = "unused"
    """An interaction that no request asked for."""


class LogFormat(StrEnum):
    """How interactions are logged."""

    TEXT = "text"
    """A line in plain words."""
    JSON = "json"
    """A JSON object a line."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting with its default. `config.yaml` at the top of the project explains each with an example."""

    cassette: Annotated[str, msgspec.Meta(description="the cassette to record to or replay from")] = ""
    record_mode: Annotated[
        RecordMode, msgspec.Meta(description="none: replay only; once, new_episodes, all: record")
    ] = RecordMode.NONE
    existing: Annotated[
        Existing, msgspec.Meta(description="recording onto a cassette that has content: refuse, append or overwrite")
    ] = Existing.REFUSE
    redaction: Annotated[
        bool, msgspec.Meta(description="replace what is private before it is written; without, only credentials go")
    ] = True
    keep: Annotated[
        tuple[str, ...], msgspec.Meta(description="redaction rules to switch off, by the names of `ewstape rules`")
    ] = ()
    rules: Annotated[
        tuple[dict[str, str], ...], msgspec.Meta(description="redaction rules of your own, a YAML list of mappings")
    ] = ()
    undecodable: Annotated[
        Undecodable, msgspec.Meta(description="bodies that cannot be redacted by field: withhold, or patterns")
    ] = Undecodable.WITHHOLD
    hosts: Annotated[
        tuple[str, ...], msgspec.Meta(description="ordinary proxy: patterns of the hosts to decrypt (* and ?)")
    ] = ()
    autodiscover: Annotated[bool, msgspec.Meta(description="record Autodiscover requests as well")] = False
    auth: Annotated[Auth, msgspec.Meta(description="logons in replay: auto, none, basic or ntlm")] = Auth.AUTO
    pace: Annotated[Pace, msgspec.Meta(description="polls in replay walk the states per poll or in recorded time")] = (
        Pace.POLL
    )
    repeat: Annotated[
        Repeat, msgspec.Meta(description="reads in replay past the last answer of a phase: last or error")
    ] = Repeat.LAST
    significant: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="SOAP headers that must be as recorded: RequestServerVersion, TimeZoneContext, ..."),
    ] = ()
    latency: Annotated[str, msgspec.Meta(description="how long replayed answers take: none, recorded or 0.5x")] = "none"
    faults: Annotated[
        tuple[FaultRule, ...], msgspec.Meta(description="faults to put in on purpose, a YAML list of mappings")
    ] = ()
    fault_seed: Annotated[int, msgspec.Meta(description="the seed of faults with a probability")] = 0
    index_cache: Annotated[
        str, msgspec.Meta(description="the folder where indexes of big cassettes are kept; none: nowhere")
    ] = ""
    misses: Annotated[str, msgspec.Meta(description="a file for the requests without an answer, as JSON lines")] = ""
    show_live: Annotated[bool, msgspec.Meta(description="show live values of a miss, on a terminal only")] = False
    fail_on: Annotated[tuple[Verdict, ...], msgspec.Meta(description="what makes a replay fail: miss, unused")] = (
        Verdict.MISS,
    )
    log_format: Annotated[LogFormat, msgspec.Meta(description="text or json")] = LogFormat.TEXT
    fsync: Annotated[bool, msgspec.Meta(description="force each interaction to the disk before it is answered")] = False


def read_config(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
    *,
    origin: str = "command line",
) -> Config:
    """The settings of a file, the environment and the command line, the later over the earlier.

    `origin` names what the overrides are, for errors.

    Raises:
        ConfigError: a key is unknown, a value is not allowed, or the file cannot be read.
    """
    merged: dict[str, object] = {}
    for source, values in (
        (str(file), _from_file(file)),
        ("environment", _from_environment(environment or {})),
        (origin, dict(overrides or {})),
    ):
        refuse_unknown(values, source)
        _convert(values, source)
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


def latency_factor(latency: str) -> float:
    """How many times the recorded time an answer takes: 0 for `none`, 1 for `recorded`, 0.5 for `0.5x`."""
    found = _LATENCY.fullmatch(latency)
    return float(found[1]) if found and found[1] else float(latency == "recorded")


def refuse_unknown(names: Iterable[str], origin: str) -> None:
    """Raises a `ConfigError` for the first name that is no setting, with the nearest that is."""
    for name in names:
        if name not in Config.__struct_fields__:
            near = get_close_matches(name, Config.__struct_fields__, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(Config.__struct_fields__)}"
            raise ConfigError(f"{origin}: unknown setting {name!r}, {hint}")


def _convert(values: Mapping[str, object], origin: str) -> Config:
    plain = {
        name: _from_text(name, value, origin) if isinstance(value, str) else value for name, value in values.items()
    }
    try:
        config = msgspec.convert(plain, Config, strict=False)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$.")
        name = path.rstrip("`")
        allowed = _choices(name.partition("[")[0])
        raise ConfigError(f"{origin}: {name}: {what[0].lower()}{what[1:]}{allowed}") from None
    if not _LATENCY.fullmatch(config.latency):
        raise ConfigError(f"{origin}: latency: {config.latency!r} is none of none, recorded, or a factor such as 0.5x")
    return config


_LATENCY = re.compile(r"none|recorded|([0-9]{1,4}(?:\.[0-9]{1,6})?)x")
_TYPES = get_type_hints(Config)
_ELEMENTS = {name: get_args(kind)[0] for name, kind in _TYPES.items() if get_origin(kind) is tuple}
"""Of the settings that are lists, what they are lists of."""


def _from_text(name: str, text: str, origin: str) -> object:
    """Lists, where there is only text for them: words, or mappings as YAML."""
    element = _ELEMENTS.get(name)
    if element is None:
        return text
    if isinstance(element, type) and issubclass(element, str):
        return tuple(text.replace(",", " ").split())
    try:
        return parse(text)
    except Problem as problem:
        raise ConfigError(f"{origin}: {name}: {problem.message}") from None


def _choices(name: str) -> str:
    kind = _ELEMENTS.get(name, _TYPES.get(name))
    return f" (one of {', '.join(kind)})" if isinstance(kind, type) and issubclass(kind, StrEnum) else ""


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
    # a path in a file is meant from where the file is
    paths = {
        name: str(file.parent / path)
        for name in _PATHS
        if isinstance(path := values.get(name), str) and path and (name, path) != ("index_cache", NO_INDEX)
    }
    return {**values, **paths}


_PATHS = ("cassette", "misses", "index_cache")

NO_INDEX = "none"
"""In place of a folder for indexes: they are not kept."""


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """Only names of settings count: other EWSTAPE_ variables belong to commands."""
    found = {name: environment.get(ENVIRONMENT_PREFIX + name.upper()) for name in Config.__struct_fields__}
    return {name: value for name, value in found.items() if value}
