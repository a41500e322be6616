"""`ewstape show`: what is in a cassette, for people, for `grep` and for programs."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

import click

from ewstape.cli.common import open_cassette
from ewstape.cli.completion import complete_cassettes, complete_operations

if TYPE_CHECKING:
    from ewstape.errors import CassetteError
    from ewstape.interaction import Interaction
    from ewstape.report.legible import Legible
    from ewstape.report.reading import Reading


_UNREADABLE = 3


class _Numbers(click.ParamType[range]):
    """N, N-M or N-."""

    name = "N[-M]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:  # noqa: ANN401  click's signature
        from ewstape.report.filters import numbers

        try:
            return value if isinstance(value, range) else numbers(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command("show")
@click.argument("cassette", type=click.Path(readable=False, path_type=Path), shell_complete=complete_cassettes)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_operations,
    help="Only this operation, by its name on the wire or in MS-OXWUMS; * and ? allowed; repeatable.",
)
@click.option("--call", metavar="ID", default="", help="Only this phone call, by its short name or its PhoneCallId.")
@click.option("--errors", is_flag=True, help="Only what failed: refused, lost, or a call found to have failed.")
@click.option("--since", metavar="TIME", default="", help="Only from this time on: 90, 1m30s; from the beginning.")
@click.option("--until", metavar="TIME", default="", help="Only up to this time; +10s counts from --since.")
@click.option("--number", "numbers", type=_Numbers(), multiple=True, help="Only these numbers; repeatable.")
@click.option("--filter", "expression", metavar="EXPR", default="", help="Only what this filter of mitmproxy matches.")
@click.option("--body", is_flag=True, help="With the bodies, indented; with --json and --ndjson exactly as recorded.")
@click.option("--calls/--no-calls", default=True, help="Whether to add the timelines of the calls.")
@click.option("--json", "form", flag_value="json", help="Print a JSON object with `interactions` and `calls`.")
@click.option("--ndjson", "form", flag_value="ndjson", help="Print a JSON object a line, an interaction each.")
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    cassette: Path,
    operations: tuple[str, ...],
    call: str,
    errors: bool,
    since: str,
    until: str,
    numbers: tuple[range, ...],
    expression: str,
    body: bool,
    calls: bool,
    form: str | None,
) -> int:
    """Show the interactions of CASSETTE as a table, and a timeline of each phone call.

    \b
    ewstape show calls.yaml --errors
    ewstape show calls.yaml --call 9a10 --body
    ewstape show calls.yaml --since 1m30s --until +10s --operation 'Get*'

    Times are seconds from the beginning of the recording. Options that are given together must all be true. In a pipe
    each interaction is one line with all columns, at least two blanks apart.
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    from ewstape.report.filters import Filter
    from ewstape.report.legible import Legible
    from ewstape.report.reading import Reading

    earliest = _time(since, "--since", 0.0, 0.0)
    wanted = Filter(
        operations=operations,
        call=call,
        errors=errors,
        since=earliest,
        until=_time(until, "--until", inf, earliest),
        numbers=numbers,
        also=_matching(expression),
    )
    recorded = Legible(open_cassette(cassette), _left_out)
    reading = Reading(wanted)
    if form == "json":
        for piece in _object(recorded, reading, body=body, calls=calls):
            click.echo(piece, nl=False)
    elif form == "ndjson":
        for line in _lines(recorded, reading, body=body):
            click.echo(line)
    else:
        _for_people(recorded, reading, body=body, calls=calls)
    return _UNREADABLE if recorded.left_out else 0


def _left_out(error: "CassetteError") -> None:
    from ewstape.report.escape import escape

    click.echo(f"ewstape: {escape(str(error))}; this document is left out", err=True)


def _lines(recorded: "Legible", reading: "Reading", *, body: bool) -> Iterator[str]:
    from ewstape.report.plain import to_json

    return (json.dumps(to_json(one, body=body)) for one in reading.chosen(recorded))


def _object(recorded: "Legible", reading: "Reading", *, body: bool, calls: bool) -> Iterator[str]:
    """One object, written as it is read."""
    from ewstape.report.plain import call_to_json, to_json

    yield '{\n  "interactions": '
    yield from _array(to_json(one, body=body) for one in reading.chosen(recorded))
    if calls:
        yield ',\n  "calls": '
        yield from _array(call_to_json(call) for _, call in reading.calls())
    yield "\n}\n"


def _array(values: Iterator[dict[str, object]]) -> Iterator[str]:
    before = "[\n"
    for value in values:
        yield before + indent(json.dumps(value, indent=2), "    ")
        before = ",\n"
    yield "[]" if before == "[\n" else "\n  ]"


def _for_people(recorded: "Legible", reading: "Reading", *, body: bool, calls: bool) -> None:
    from rich.console import Console

    from ewstape.report.show import show_plain, show_terminal

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what was recorded need not fit the encoding
    console = Console(highlight=False)
    if console.is_terminal:
        show_terminal(recorded, reading, console, body=body, calls=calls)
    else:
        show_plain(recorded, reading, click.echo, body=body, calls=calls)
    if reading.read and not reading.shown:
        click.echo(f"ewstape: none of {reading.read:,} interactions is what was asked for", err=True)


def _matching(expression: str) -> "Callable[[Interaction], bool] | None":
    if not expression:
        return None
    from ewstape.proxy.matching import matching

    return matching(expression)


def _time(text: str, option: str, without: float, after: float) -> float:
    from ewstape.report.filters import seconds

    try:
        return seconds(text, after) if text else without
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
