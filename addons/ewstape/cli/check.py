"""`ewstape check`: whether cassettes may be shown, and whether they are sound."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ewstape.cli.completion import complete_cassettes
from ewstape.cli.progress import progress

if TYPE_CHECKING:
    from ewstape.check import Finding

_FINDINGS, _UNREADABLE = 1, 3


@click.command("check")
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(readable=False, path_type=Path),
    shell_complete=complete_cassettes,
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object with `findings` and `unreadable`.")
def command(paths: tuple[Path, ...], as_json: bool) -> int:
    """Look for secrets and inconsistencies in cassettes: files, or folders with cassettes in them.

    What looks like a secret is named by its kind, form and length, and never shown. Exit status: 0 nothing found,
    1 findings, 3 a file cannot be read as a cassette, or a folder holds none.
    """
    from ewstape.check import check
    from ewstape.errors import CassetteError
    from ewstape.report.escape import escape
    from ewstape.report.figures import counted

    found: list[dict[str, object]] = []
    unreadable: list[str] = []
    files = list(_files(paths))
    with progress("checking", total=sum(map(_size, files))) as advance:
        for path in files:
            try:
                for finding in check(path, advance):
                    if not as_json:
                        advance.echo(escape(f"{path}: {finding}"))
                    found.append(_plain(path, finding))
            except CassetteError as error:
                unreadable.append(str(error))
                advance.echo(f"ewstape: {escape(str(error))}", err=True)
    if as_json:
        click.echo(json.dumps({"files": len(files), "findings": found, "unreadable": unreadable}, indent=2))
    elif not unreadable:
        click.echo(f"{counted(len(files), 'cassette')}, {_sum(found)}", err=True)
    return _FINDINGS if found else _UNREADABLE if unreadable else 0


def _sum(found: Sequence[Mapping[str, object]]) -> str:
    """How many of which kind there are, the rarest first: they are the ones to be overlooked in a long list."""
    from ewstape.report.figures import counted

    rules = Counter(str(one["rule"]) for one in found)
    each = ", ".join(f"{rule} {count:,}" for rule, count in sorted(rules.items(), key=lambda item: (item[1], item[0])))
    return f"{counted(len(found), 'finding')}: {each}" if found else "nothing found"


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The cassettes to check. A folder without any may be a misspelt path: it stays itself, and is refused."""
    from ewstape.check import cassettes

    for path in paths:
        yield from list(cassettes(path)) or [path]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _plain(path: Path, finding: "Finding") -> dict[str, object]:
    return {
        "file": str(path),
        "document": finding.document,
        "path": finding.path,
        "rule": finding.rule,
        "words": finding.words,
    }
