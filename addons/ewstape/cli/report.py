"""`ewstape report`: a cassette as one HTML page, to read, to print and to pass on."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ewstape.cli.common import open_cassette
from ewstape.cli.completion import complete_cassettes
from ewstape.cli.progress import progress
from ewstape.errors import CassetteError, ConfigError

if TYPE_CHECKING:
    from ewstape.cassette import Cassette
    from ewstape.report.html import Oddity

_ALL = "all"
_HEAD = 1024
_BIG = 1000
_UNITS = {"": 1, "K": 1024, "M": 1024 * 1024}


class _Limit(click.ParamType[int | str]):
    """`all`, `none`, or bytes: `65536`, `64K`, `1M`."""

    name = "all|none|SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:  # noqa: ANN401  click's signature
        if value == _ALL or isinstance(value, int):
            return value  # type: ignore[no-any-return]  # the word, or what was converted before
        if value == "none":
            return 0
        stated = re.fullmatch(r"([0-9]{1,9})([KM]?)B?", str(value).upper())
        if not stated:
            self.fail(f"{value!r} is none of all, none, or a size such as 64K", param, ctx)
        return int(stated[1]) * _UNITS[stated[2]]


@click.command("report")
@click.argument("cassette", type=click.Path(readable=False, path_type=Path), shell_complete=complete_cassettes)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, allow_dash=True), help="The page; `-` for stdout."
)
@click.option("--title", default="", help="Its title [default: the cassette's name].")
@click.option(
    "--bodies", type=_Limit(), default="256K", show_default=True, help="How much of each body the page holds."
)
@click.option("--no-check", is_flag=True, help="Do not look for leaks and oddities, which takes most of the time.")
def command(cassette: Path, output: Path, title: str, bodies: int | str, no_check: bool) -> None:
    """Make one HTML page of CASSETTE: calls, operations, latencies, and every request and response.

    \b
    ewstape report calls.yaml -o calls.html

    The page is one file that loads nothing, for any browser of the last two years. A page that is there is replaced.
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    from ewstape.report.html import gather, render

    recorded = open_cassette(cassette)
    with ExitStack() as stack, progress("reading", len(recorded)) as advance:
        report = gather(
            recorded.header,
            recorded,
            source=cassette.name,
            title=title,
            torn=recorded.torn,
            oddities=None if no_check else _oddities(recorded, stack),
            limit=None if bodies == _ALL else int(bodies),
            advance=advance,
        )
    _write(output, render(report))


def _oddities(recorded: "Cassette", stack: ExitStack) -> Iterator["Oddity"]:
    """What `ewstape check` finds. For a big cassette a process of its own begins to look at once; it is waited for at
    the end.
    """
    if len(recorded) < _BIG:
        return _lazily(partial(found_by_check, recorded.path))
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
    return _lazily(pool.submit(found_by_check, recorded.path).result)


def _lazily(find: Callable[[], list["Oddity"]]) -> Iterator["Oddity"]:
    yield from find()


def found_by_check(path: Path) -> list["Oddity"]:
    """The findings, as the page shows them. Public because another process looks it up by its name."""
    from ewstape.check import check
    from ewstape.report.html import Oddity

    return [
        Oddity(
            rule=finding.rule,
            words=finding.words,
            place=f"document {finding.document}: {finding.path}" if finding.document else finding.path,
            position=finding.document - 2 if finding.document > 1 else None,  # the header is document 1
        )
        for finding in check(path)
    ]


def _write(output: Path, text: Iterable[str]) -> None:
    """To stdout, or to a new file beside the one named, which takes its place when it is whole."""
    if str(output) == "-":
        for piece in text:
            sys.stdout.buffer.write(piece.encode())
        sys.stdout.buffer.flush()
        return
    _refuse_other_files(output)
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(text)
        beside.replace(output)
    except OSError as error:
        raise CassetteError(f"{output}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            beside.unlink()


def _refuse_other_files(output: Path) -> None:
    """Only a page of ours is replaced, so that a slip of the hand costs no cassette."""
    from ewstape.report.html.page import MARK

    try:
        if not output.is_file():
            if output.exists():
                raise ConfigError(f"{output}: is no regular file; name a file, or `-` for stdout")
            return
        with output.open("rb") as file:
            start = file.read(_HEAD)
    except OSError as error:
        raise CassetteError(f"{output}: cannot be read: {error.strerror or error}") from None
    if start and MARK.encode() not in start:
        raise ConfigError(f"{output}: is there already and is no report; name another file")
