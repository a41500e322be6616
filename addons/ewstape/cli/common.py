"""What several commands share: options, the log on stderr, and running the proxy."""

import logging
import os
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from ewstape.cassette import Cassette
    from ewstape.config import Config
    from ewstape.proxy.master import Upstream

__all__ = [
    "ca_folder_option",
    "config_option",
    "listen_option",
    "log_format_option",
    "log_to_stderr",
    "open_cassette",
    "read_settings",
    "run_proxy",
    "say_listening",
]


class _Address(click.ParamType[tuple[str, int]]):
    """HOST:PORT, :PORT or PORT."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:  # noqa: ANN401  click's signature
        if isinstance(value, tuple):
            return value
        host, _, port = str(value).rpartition(":")
        if not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004  the highest port there is
            self.fail(f"{value!r} is not HOST:PORT", param, ctx)
        return host.strip("[]") or "127.0.0.1", int(port)


listen_option = click.option(
    "--listen",
    type=_Address(),
    default="127.0.0.1:8080",
    show_default=True,
    help="Where to listen; port 0 takes any free one.",
)
config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="Configuration file [default: ewstape.yaml here or above].",
)
log_format_option = click.option(
    "--log-format", type=click.Choice(["text", "json"]), help="One line, or one JSON object, an interaction."
)
ca_folder_option = click.option(
    "--ca-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the proxy's own CA, made when missing [default: mitmproxy's, ~/.mitmproxy].",
)


def open_cassette(path: Path) -> "Cassette":
    """The cassette, for reading; says so if its last interaction is torn.

    Raises:
        CassetteError: it cannot be read.
    """
    from ewstape.cassette import Cassette

    cassette = Cassette.open(path)
    if cassette.torn:
        click.echo(f"ewstape: {cassette.path}: {cassette.torn}", err=True)
    return cassette


def read_settings(config_file: Path | None, **given: object) -> "Config":
    """The settings of file, environment and command line; options that were not given do not count."""
    from ewstape import config

    overrides = {name: value for name, value in given.items() if value not in (None, (), False)}
    return config.read_config(config_file or config.find_file(Path.cwd()), os.environ, overrides)


def log_to_stderr(*, quiet: bool = False) -> None:
    """Our own lines as they are, if quiet only errors; of the libraries below only what went wrong."""
    from ewstape.report.escape import escape

    # What no line of ours shows need not be found out for each: threads, processes, tasks and who called.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.logAsyncioTasks = False  # type: ignore[attr-defined]  # unknown to its annotations
    logging._srcfile = None  # noqa: SLF001  as the manual of logging advises
    lines, own = _Lines(sys.stderr, escape), logging.getLogger("ewstape")
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
    own.setLevel(logging.ERROR if quiet else logging.INFO)
    own.handlers, own.propagate = [lines], False  # mitmproxy makes an event for all addons of what reaches the root


class _Lines(logging.StreamHandler[TextIO]):
    """Writes each line at once, so that none is lost: stderr sends lines off by itself, and need not be flushed.

    Lines may hold what a peer sent, so nothing in them reaches the terminal unescaped.
    """

    def __init__(self, stream: TextIO, escape: Callable[[str], str]) -> None:
        super().__init__(stream)
        self.setFormatter(logging.Formatter("%(message)s"))
        self._escape = escape

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record's lines."""
        try:
            text = record.getMessage() if record.exc_info is None else self.format(record)
            self.stream.write("\n".join(map(self._escape, text.split("\n"))) + "\n")
        except Exception:  # noqa: BLE001  as every handler of logging does
            self.handleError(record)


def run_proxy(config: "Config", listen: tuple[str, int], upstream: "Upstream", scheme: str = "http") -> None:
    """Runs the proxy until it is told to stop; ends the process with a status if a replay failed."""
    from ewstape.proxy.master import Listen, serve

    log_to_stderr()
    serve(config, Listen(*listen), upstream, ready=lambda address: say_listening(f"{scheme}://{address}"))


def say_listening(url: str) -> None:
    """The one line that scripts wait for, and a warning if other machines can come as well."""
    click.echo(f"listening on {url}", err=True)
    host = urlsplit(url).hostname or ""
    if host != "localhost" and not ip_address(host).is_loopback:
        click.echo("warning: whoever can reach this address can use it; 127.0.0.1 is for this machine only", err=True)
