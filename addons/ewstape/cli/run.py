"""`ewstape run`: a command, and everything that it asks of Exchange answered from a cassette.

The replay is in this process, the command is a child of it: what the child says goes where it would have gone, its
signals and its exit status pass through. Nothing is said before it has ended.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from ewstape.cli.common import ca_folder_option, config_option, log_to_stderr, read_settings
from ewstape.errors import MISSED, ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ewstape.cli.environment import Trust
    from ewstape.testing.used import UsedCassette

_SHOWN = 20
"""Misses that are reported in full."""


@click.command("run")
@click.argument("cassette", type=click.Path(readable=False, path_type=Path))
@click.argument("command_line", metavar="-- COMMAND...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option(
    "--record-mode",
    type=click.Choice(["none", "once", "new_episodes", "all"]),
    default="none",
    show_default=True,
    help="What happens to a request: see the README. `all` replaces the cassette.",
)
@click.option("--upstream", metavar="URL", help="The server to record.")
@click.option(
    "--upstream-ca",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Certificates to check the server's against, PEM.",
)
@click.option("--upstream-insecure", is_flag=True, help="Do not check the server's certificate.")
@click.option("--keep-failed", is_flag=True, help="Keep what was recorded even if the run failed.")
@click.option("--fail-on", metavar="miss,unused", help="What turns its status 0 into 4 [default: miss].")
@click.option(
    "--misses",
    type=click.Path(dir_okay=False),
    help="Write each request without an answer to this file, as JSON lines.",
)
@click.option("--no-proxy", is_flag=True, help="Only EWSTAPE_URL, no https proxy: starts half a second sooner.")
@ca_folder_option
@config_option
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    cassette: Path,
    command_line: tuple[str, ...],
    record_mode: str,
    upstream: str | None,
    upstream_ca: Path | None,
    upstream_insecure: bool,
    keep_failed: bool,
    fail_on: str | None,
    misses: str | None,
    no_proxy: bool,
    ca_dir: Path | None,
    config_file: Path | None,
) -> None:
    """Run a command whose EWS requests are answered from CASSETTE.

    \b
    ewstape run calls.yaml -- pytest
    ewstape run calls.yaml -- sh -c 'curl -d @request.xml "$EWSTAPE_URL"'

    The command finds the endpoint to use in EWSTAPE_URL. Clients that cannot be told one are led here by the usual
    variables for proxies and certificates, and may ask any https://HOST/EWS/Exchange.asmx. Its exit status is kept;
    4 if it was 0 and a request had no answer, 127 if there is no such command.
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    from ewstape.cli.child import Child
    from ewstape.proxy.upstream import Upstream, server_of
    from ewstape.report.escape import escape
    from ewstape.testing.background import BACKGROUND
    from ewstape.testing.use import begin

    if upstream and record_mode == "none":
        raise ConfigError("--upstream is the server to record: add --record-mode once, new_episodes or all")
    log_to_stderr(quiet=True)
    config = read_settings(
        config_file, cassette=str(cassette), record_mode=record_mode, fail_on=fail_on, misses=misses, log_format="text"
    )
    behind = Upstream(
        url=server_of(upstream) if upstream else "",
        ca_file=upstream_ca,
        insecure=upstream_insecure,
        ca_folder=ca_dir,
    )
    with Child() as child, TemporaryDirectory(prefix="ewstape-") as folder, BACKGROUND:
        used, keep, said = begin(config, behind), False, []
        try:
            environment = _environment(used, None if no_proxy else Path(folder), recording=record_mode != "none")
            status = child.run(command_line, {**os.environ, **environment})
            if status == 0 and used.ending.failed(config.fail_on):
                status = MISSED
            said = [*_missed(used)]
            keep = keep_failed or status == 0
        finally:
            ending = used.close(keep=keep)
    for line in (*said, *ending):
        click.echo(f"ewstape: {escape(line)}", err=True)
    sys.exit(status)


def _environment(used: "UsedCassette", folder: Path | None, *, recording: bool) -> dict[str, str]:
    from ewstape.cli.environment import variables

    if folder is None:
        return variables(used.url, "", None, os.environ)
    return variables(used.url, used.proxy_url, _trust(used.ca_file, folder, recording=recording), os.environ)


def _trust(ca: Path, folder: Path, *, recording: bool) -> "Trust":
    """In a replay every host is this one; a recorder passes others on, and theirs are the usual authorities."""
    from ewstape.cli.environment import trust_in, usual_authorities

    return trust_in(folder, ca, usual_authorities() if recording else b"")


def _missed(used: "UsedCassette") -> "Iterator[str]":
    from ewstape.testing.misses import miss_report

    misses = used.misses
    for miss in misses[:_SHOWN]:
        yield from miss_report(miss)
    if len(misses) > _SHOWN:
        yield f"and {len(misses) - _SHOWN} more requests without an answer"
