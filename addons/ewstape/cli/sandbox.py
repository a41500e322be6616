"""`ewstape sandbox`: the simulated Exchange server by itself."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ewstape.cli.common import listen_option, say_listening
from ewstape.errors import ConfigError

if TYPE_CHECKING:
    from ewstape.sandbox.logon import Auth


@click.command("sandbox")
@listen_option
@click.option(
    "--auth",
    type=click.Choice(["none", "basic", "ntlm"]),
    default="none",
    show_default=True,
    help="The logon it demands; any password passes.",
)
@click.option("--user", help="The only user name that may log on [default: any].")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same ids.")
@click.option("--gzip/--no-gzip", default=True, show_default=True, help="Compress answers for clients that accept it.")
@click.option(
    "--tls-cert",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Serve https with this certificate, PEM.",
)
@click.option(
    "--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The certificate's key, PEM."
)
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    listen: tuple[str, int],
    auth: "Auth",
    user: str | None,
    seed: int,
    gzip: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
) -> None:
    """Run a small simulated Exchange server until Ctrl-C.

    It is a simulation: it speaks the Play-on-Phone operations, the older Unified Messaging service, and enough of a
    mailbox for exchangelib to log in and read a voice mail. No password is checked, and nothing rings.
    """
    if (tls_cert is None) != (tls_key is None):
        raise ConfigError("--tls-cert and --tls-key belong together")
    from ewstape.sandbox import Sandbox

    host, port = listen
    if host != "127.0.0.1":
        raise ConfigError("the sandbox is a simulation and listens on 127.0.0.1 only: --listen 127.0.0.1:PORT")
    sandbox = Sandbox(
        auth=auth, user=user, seed=seed, gzip=gzip, tls=(tls_cert, tls_key) if tls_cert and tls_key else None, port=port
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sandbox.stop())
    say_listening(sandbox.origin)
    sandbox.serve_forever()
