"""`ewstape replay`: a server, or a proxy, that answers from a cassette."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ewstape.cli.common import (
    ca_folder_option,
    config_option,
    listen_option,
    log_format_option,
    log_to_stderr,
    read_settings,
    run_proxy,
    say_listening,
)
from ewstape.cli.completion import complete_cassettes
from ewstape.cli.progress import counted
from ewstape.errors import MISSED

if TYPE_CHECKING:
    from ewstape.config import Config


@click.command("replay")
@click.argument("cassette", type=click.Path(readable=False, path_type=Path), shell_complete=complete_cassettes)
@click.option(
    "--forward", is_flag=True, help="An ordinary proxy for clients whose URL cannot be changed; they must trust its CA."
)
@click.option(
    "--https", is_flag=True, help="Answer https as well, for clients that demand it; they must trust the proxy's CA."
)
@listen_option
@click.option(
    "--auth",
    type=click.Choice(["auto", "none", "basic", "ntlm"]),
    help="Logons: auto answers NTLM with a made-up challenge and lets everyone in; basic and ntlm demand one first.",
)
@click.option(
    "--latency", metavar="none|recorded|NUMBERx", help="How long answers take, such as 0.5x of the recorded time."
)
@click.option(
    "--misses",
    type=click.Path(dir_okay=False),
    help="Write each request without an answer to this file, as JSON lines.",
)
@click.option("--show-live", is_flag=True, help="Show what clients sent when it had no answer; on a terminal only.")
@click.option("--fail-on", metavar="miss,unused", help="What ends it with status 4 [default: miss].")
@log_format_option
@ca_folder_option
@config_option
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    cassette: Path,
    forward: bool,
    https: bool,
    listen: tuple[str, int],
    auth: str | None,
    latency: str | None,
    misses: str | None,
    show_live: bool,
    fail_on: str | None,
    log_format: str | None,
    ca_dir: Path | None,
    config_file: Path | None,
) -> None:
    """Answer EWS clients from CASSETTE until Ctrl-C. Nothing is ever sent to a server.

    \b
    ewstape replay calls.yaml
        and point the client at http://127.0.0.1:8080/EWS/Exchange.asmx
    ewstape replay calls.yaml --forward
        and set http://127.0.0.1:8080 as the client's proxy

    A request that the cassette has no answer for gets a SOAP fault that says why, and the exit status is 4.
    A POST to /.ewstape/rewind begins the cassette again.
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    config = read_settings(
        config_file,
        cassette=str(cassette),
        record_mode="none",
        auth=auth,
        latency=latency,
        misses=misses,
        show_live=show_live,
        fail_on=fail_on,
        log_format=log_format,
    )
    if not (forward or https):
        _serve(config, listen)
        return
    from ewstape.proxy.upstream import Upstream

    # A reverse proxy must be told a server; this one does not exist, and no connection to it is ever tried.
    upstream = Upstream(url="" if forward else "http://ewstape.invalid", ca_folder=ca_dir)
    run_proxy(config, listen, upstream, scheme="https" if https and not forward else "http")


def _serve(config: "Config", listen: tuple[str, int]) -> None:
    """Runs the replay server until it is told to stop; ends the process with a status if the replay failed."""
    from ewstape.server import serve

    log_to_stderr()
    with counted("reading the cassette for the first time") as progress:
        player = serve(config, *listen, ready=say_listening, progress=progress)
    for line in player.close():
        logging.getLogger("ewstape").info("%s", line)
    if player.failed:
        sys.exit(MISSED)
