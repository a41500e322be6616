"""`ewstape diff`: what differs between two recordings, by meaning."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ewstape.cli.common import open_cassette
from ewstape.cli.completion import complete_cassettes
from ewstape.cli.progress import progress

if TYPE_CHECKING:
    from ewstape.cassette import Cassette
    from ewstape.report.diff import Threshold
    from ewstape.report.diff.text import Side

_DIFFERENT = 1


class _Threshold(click.ParamType["Threshold"]):
    """A factor, a duration, or both: 2x, 500ms, 2x/500ms."""

    name = "THRESHOLD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Threshold":  # noqa: ANN401  click's signature
        from ewstape.report.diff import Threshold

        try:
            return Threshold.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command("diff")
@click.argument("left", metavar="A", type=click.Path(readable=False, path_type=Path), shell_complete=complete_cassettes)
@click.argument(
    "right", metavar="B", type=click.Path(readable=False, path_type=Path), shell_complete=complete_cassettes
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object with `differs`, `throughout` and `threads`.")
@click.option(
    "--ignore",
    metavar="FIELD",
    multiple=True,
    help="A field that does not count: its path or any step of it, with * and ?. May be repeated.",
)
@click.option(
    "--timing",
    type=_Threshold(),
    help="Durations count from this change on: 2x, 500ms, or 2x/500ms for both at once. [default: they do not]",
)
@click.option("--polls", is_flag=True, help="Polls of a call that brought nothing new count, too.")
def command(  # noqa: PLR0913, PLR0917  one for each option
    left: Path, right: Path, as_json: bool, ignore: tuple[str, ...], timing: "Threshold | None", polls: bool
) -> int:
    """Show what differs between the cassettes A and B, by meaning and not byte for byte.

    Calls are paired with calls, interactions with interactions. Identifiers differ from run to run and are compared by
    consistency: the same one in A must stand for the same one in B. Dates and times do not count. Exit status: 0 no
    difference, 1 differences.
    """
    from ewstape.report.diff import Options, compare

    cassettes = open_cassette(left), open_cassette(right)
    options = Options(
        timing=timing,
        polls=polls,
        ignore=ignore,
        redacted_differently=cassettes[0].header.redaction != cassettes[1].header.redaction,
    )
    passes = 2 if options.redacted_differently else 1
    with progress("comparing", passes * sum(map(len, cassettes))) as advance:
        difference = compare(*cassettes, options, advance=advance)
    if as_json:
        from ewstape.report.diff.as_json import to_json

        click.echo(json.dumps({"left": str(left), "right": str(right), **to_json(difference)}, indent=2))
    else:
        from rich.console import Console

        from ewstape.report.diff.text import show

        show(difference, _side(cassettes[0]), _side(cassettes[1]), Console(highlight=False))
    return _DIFFERENT if difference else 0


def _side(cassette: "Cassette") -> "Side":
    from ewstape.report.diff.text import Side

    return Side(name=str(cassette.path), recorded=cassette.header.recorded, upstream=cassette.header.upstream)
