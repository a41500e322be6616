"""`ewstape show`: what is in a cassette, for people or as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from ewstape.interaction import Interaction, Message


@click.command("show")
@click.argument("cassette", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object with `interactions`.")
@click.option("--body", is_flag=True, help="With the bodies, exactly as recorded.")
def command(cassette: Path, as_json: bool, body: bool) -> None:
    """Show the interactions of CASSETTE as a table, and a timeline of each phone call."""
    from ewstape.cassette import Cassette

    recorded = Cassette.open(cassette)
    if recorded.torn:
        click.echo(f"ewstape: {recorded.torn}", err=True)
    if as_json:
        from ewstape.report.table import to_json

        click.echo(json.dumps({"interactions": [to_json(one, body=body) for one in recorded]}, indent=2))
        return
    from rich.console import Console

    from ewstape.report.calls import calls
    from ewstape.report.table import row, show

    interactions = sorted(recorded, key=lambda one: one.number)
    show(map(row, interactions), calls(interactions), Console(highlight=False))
    if body:
        for line in _bodies(interactions):
            click.echo(line)


def _bodies(interactions: list[Interaction]) -> Iterator[str]:
    for one in interactions:
        yield f"#{one.number} {one.operation}"
        yield from _body("request", one.request)
        if one.response is not None:
            yield from _body("response", one.response)


def _body(which: str, message: Message) -> Iterator[str]:
    from ewstape.report.escape import escape

    yield f"-- {which}, {len(message.body)} bytes"
    yield from map(escape, message.body.decode("utf-8", "replace").splitlines())
