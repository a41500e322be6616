"""What several commands share: options, the log on stderr, and running the proxy."""

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ewstape.config import Config
    from ewstape.proxy.master import Upstream

__all__ = [
    "ca_folder_option",
    "config_option",
    "listen_option",
    "log_format_option",
    "log_to_stderr",
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


def read_settings(config_file: Path | None, **given: object) -> "Config":
    """The settings of file, environment and command line; options that were not given do not count."""
    from ewstape import config

    overrides = {name: value for name, value in given.items() if value not in (None, (), False)}
    return config.read_config(config_file or config.find_file(Path.cwd()), os.environ, overrides)


def log_to_stderr(*, quiet: bool = False) -> None:
    """Our own lines as they are, if quiet only errors; of the libraries below only what went wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Escaped("%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("ewstape").setLevel(logging.ERROR if quiet else logging.INFO)


class _Escaped(logging.Formatter):
    """Lines may hold what a peer sent, so nothing in them reaches the terminal unescaped."""

    def format(self, record: logging.LogRecord) -> str:
        from ewstape.report.escape import escape

        return "\n".join(map(escape, super().format(record).split("\n")))


def run_proxy(config: "Config", listen: tuple[str, int], upstream: "Upstream", scheme: str = "http") -> bool:
    """Runs the proxy until it is told to stop; whether a replay failed by what the settings count."""
    from ewstape.proxy.master import Listen, serve

    log_to_stderr()
    return serve(config, Listen(*listen), upstream, ready=lambda address: say_listening(f"{scheme}://{address}"))


def say_listening(url: str) -> None:
    """The one line that scripts wait for."""
    click.echo(f"listening on {url}", err=True)
