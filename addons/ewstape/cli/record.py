"""`ewstape record`: a proxy that writes what passes to a cassette."""

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
from ewstape.cli.completion import complete_cassettes, complete_rules
from ewstape.errors import ConfigError


@click.command("record")
@click.argument("cassette", type=click.Path(readable=False, path_type=Path), shell_complete=complete_cassettes)
@click.option(
    "--upstream", metavar="URL", help="The server to record: a reverse proxy, which needs no CA in the client."
)
@click.option(
    "--forward", is_flag=True, help="An ordinary proxy for clients whose URL cannot be changed; they must trust its CA."
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="PATTERN",
    help="With --forward: a host to decrypt, * and ? allowed; all others are tunnelled.",
)
@listen_option
@click.option(
    "--record-mode",
    type=click.Choice(["all", "new_episodes", "once"]),
    help="all: record everything (default); once: record if there is nothing yet, else replay; new_episodes: replay "
    "what is there, append the rest.",
)
@click.option("--append", "existing", flag_value="append", default=None, help="Go on with a cassette that has content.")
@click.option("--overwrite", "existing", flag_value="overwrite", help="Replace a cassette on a clean stop.")
@click.option("--no-redaction", is_flag=True, help="Write all but credentials as it is sent; the header says so.")
@click.option(
    "--keep",
    multiple=True,
    metavar="RULE",
    shell_complete=complete_rules,
    help="Switch a redaction rule off: see `ewstape rules`.",
)
@click.option("--autodiscover", is_flag=True, help="Record Autodiscover requests as well.")
@click.option("--fsync", is_flag=True, help="Force each interaction to the disk before it is answered.")
@log_format_option
@click.option(
    "--upstream-ca",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Certificates to check the server's against, PEM.",
)
@click.option("--upstream-insecure", is_flag=True, help="Do not check the server's certificate.")
@ca_folder_option
@config_option
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    cassette: Path,
    upstream: str | None,
    forward: bool,
    hosts: tuple[str, ...],
    listen: tuple[str, int],
    record_mode: str | None,
    existing: str | None,
    no_redaction: bool,
    keep: tuple[str, ...],
    autodiscover: bool,
    fsync: bool,
    log_format: str | None,
    upstream_ca: Path | None,
    upstream_insecure: bool,
    ca_dir: Path | None,
    config_file: Path | None,
) -> None:
    """Record EWS traffic to CASSETTE until Ctrl-C.

    \b
    ewstape record calls.yaml --upstream https://mail.example.com
        and point the client at http://127.0.0.1:8080/EWS/Exchange.asmx
    ewstape record calls.yaml --forward --host mail.example.com
        and set http://127.0.0.1:8080 as the client's proxy

    What is private (addresses, names, numbers, texts, identifiers, hosts) is replaced by pseudonyms before anything is
    written; authentication headers, cookies and NTLM messages are never written at all.
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    from msgspec import structs

    from ewstape.config import RecordMode

    config = read_settings(
        config_file,
        cassette=str(cassette),
        record_mode=record_mode,
        hosts=hosts,
        existing=existing,
        redaction="false" if no_redaction else None,
        keep=keep,
        autodiscover=autodiscover,
        fsync=fsync,
        log_format=log_format,
    )
    if config.record_mode is RecordMode.NONE:  # what a file says for replay, and the default
        config = structs.replace(config, record_mode=RecordMode.ALL)
    if bool(upstream) == forward:
        raise ConfigError("say what to record: either --upstream URL or --forward --host PATTERN")
    if forward and not config.hosts:
        raise ConfigError("--forward decrypts only hosts that are named: add --host PATTERN")
    if upstream and config.hosts:
        raise ConfigError("--host belongs to --forward; with --upstream there is one server only")
    from ewstape.proxy.upstream import Upstream, server_of

    server = server_of(upstream) if upstream else ""
    behind = Upstream(url=server, ca_file=upstream_ca, insecure=upstream_insecure, ca_folder=ca_dir)
    run_proxy(config, listen, behind)
