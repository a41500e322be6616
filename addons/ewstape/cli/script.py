"""`ewstape script`: where the script for mitmdump is."""

from pathlib import Path

import click

import ewstape
from ewstape.errors import EwsTapeError


@click.command("script")
def command() -> None:
    """Print the path of the script for mitmdump, mitmweb and mitmproxy.

    \b
    mitmweb -s "$(ewstape script)" --set ewstape_cassette=calls.yaml
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    package = Path(ewstape.__file__).parent
    for script in (package / "_script" / "ews_tape.py", package.parent / "ews_tape.py"):
        if script.is_file():
            click.echo(script)
            return
    raise EwsTapeError(f"the script ews_tape.py is not beside {package}; install ewstape again")
