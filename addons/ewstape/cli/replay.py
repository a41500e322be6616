"""`ewstape replay`: a server, or a proxy, that answers from a cassette."""

import sys
from pathlib import Path

import click

from ewstape.cli.common import (
    ca_folder_option,
    config_option,
    listen_option,
    log_format_option,
    read_settings,
    run_proxy,
)

_MISSED = 4


@click.command("replay")
@click.argument("cassette", type=click.Path(path_type=Path))
@click.option(
    "--forward", is_flag=True, help="An ordinary proxy for clients whose URL cannot be changed; they must trust its CA."
)
@listen_option
@click.option(
    "--auth",
    type=click.Choice(["auto", "none"]),
    help="Logons: auto answers NTLM with a made-up challenge and lets everyone in.",
)
@log_format_option
@ca_folder_option
@config_option
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    cassette: Path,
    forward: bool,
    listen: tuple[str, int],
    auth: str | None,
    log_format: str | None,
    ca_dir: Path | None,
    config_file: Path | None,
) -> None:
    r"""Answer EWS clients from CASSETTE until Ctrl-C. Nothing is ever sent to a server.

    \b
    ewstape replay calls.yaml
        and point the client at http://127.0.0.1:8080/EWS/Exchange.asmx
    ewstape replay calls.yaml --forward
        and set http://127.0.0.1:8080 as the client's proxy

    A request that the cassette has no answer for gets a SOAP fault that says why, and the exit status is 4.
    """
    config = read_settings(config_file, cassette=str(cassette), record_mode="none", auth=auth, log_format=log_format)
    from ewstape.proxy.master import Upstream

    # A reverse proxy must be told a server; this one does not exist, and no connection to it is ever tried.
    upstream = Upstream(url="" if forward else "http://ewstape.invalid", ca_folder=ca_dir)
    if run_proxy(config, listen, upstream):
        sys.exit(_MISSED)
