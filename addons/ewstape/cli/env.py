"""`ewstape env`: the variables that lead clients to a replay or recorder that is already running."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import click

from ewstape.cli.common import ca_folder_option
from ewstape.cli.environment import SHELLS, Trust, trust_in, usual_authorities, variables
from ewstape.errors import ConfigError
from ewstape.proxy.upstream import CA_FILE


class _Server(click.ParamType[str]):
    """A URL such as http://127.0.0.1:8080."""

    name = "URL"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            parts = urlsplit(value)
            sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in value
        except ValueError:  # a port that is none
            sound = False
        if not (sound and value.isascii() and value.isprintable()):
            self.fail(f"{value!r} is no URL such as http://127.0.0.1:8080", param, ctx)
        return value.rstrip("/")


@click.command("env")
@click.option("--url", type=_Server(), help="Where `ewstape replay` or `record --upstream` listens.")
@click.option("--proxy", type=_Server(), help="Where `ewstape replay --forward` or `record --forward` listens.")
@click.option(
    "--shell", type=click.Choice(list(SHELLS)), default="sh", show_default=True, help="Whose language to print it in."
)
@ca_folder_option
def command(url: str | None, proxy: str | None, shell: str, ca_dir: Path | None) -> None:
    """Print the environment variables that lead clients to a replay or recorder that is running.

    \b
    eval "$(ewstape env --url http://127.0.0.1:8080)"
    ewstape env --proxy http://127.0.0.1:8080 --shell fish | source
    ewstape env --proxy http://127.0.0.1:8080 --shell powershell | Out-String | Invoke-Expression

    With --proxy, two files are put beside the proxy's CA: its certificate together with the usual ones, as PEM and as
    a trust store for Java.
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    if not (url or proxy):
        raise ConfigError("say what is running: --url URL, --proxy URL, or both")
    endpoint = url and (url if urlsplit(url).path else f"{url}/EWS/Exchange.asmx")
    trust = _trust(ca_dir or Path("~/.mitmproxy").expanduser()) if proxy else None
    for name, value in variables(endpoint or "", proxy or "", trust, os.environ).items():
        click.echo(SHELLS[shell](name, value))


def _trust(folder: Path) -> Trust:
    ca = folder.absolute() / CA_FILE
    if not ca.is_file():
        raise ConfigError(f"{ca}: is not there; start the proxy first, or name the folder of its CA with --ca-dir")
    try:
        return trust_in(ca.parent, ca, usual_authorities())
    except OSError as error:
        raise ConfigError(f"{ca.parent}: the certificates cannot be written: {error.strerror or error}") from None
    except ValueError:
        raise ConfigError(f"{ca}: holds no certificate; delete it, and the proxy makes a new one") from None
