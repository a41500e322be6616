"""`ewstape redact`: a cassette again, with what must not be in it taken out."""

import os
import sys
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ewstape.cli.common import config_option, read_settings
from ewstape.cli.completion import complete_cassettes, complete_rules
from ewstape.cli.progress import progress
from ewstape.errors import CassetteError, ConfigError

if TYPE_CHECKING:
    from ewstape.cassette import Cassette, Header
    from ewstape.interaction import Interaction, Message
    from ewstape.operations import Reader
    from ewstape.redaction import Redactor


@click.command("redact")
@click.argument("cassette", type=click.Path(readable=False, path_type=Path), shell_complete=complete_cassettes)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this new file.")
@click.option("--in-place", is_flag=True, help="Replace CASSETTE.")
@click.option(
    "--keep",
    multiple=True,
    metavar="RULE",
    shell_complete=complete_rules,
    help="Switch a rule off, see `ewstape rules`; repeatable.",
)
@click.option("--fresh-key", is_flag=True, help="Use a key made for this once and thrown away: for publishing.")
@click.option(
    "--undecodable",
    type=click.Choice(["withhold", "patterns"]),
    help="Bodies that cannot be read: leave them out (default), or look for patterns and known values in them.",
)
@config_option
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    cassette: Path,
    output: Path | None,
    in_place: bool,
    keep: tuple[str, ...],
    fresh_key: bool,
    undecodable: str | None,
    config_file: Path | None,
) -> None:
    """Redact CASSETTE, which was recorded raw or with fewer rules.

    \b
    ewstape redact calls.yaml --in-place
    ewstape redact calls.yaml -o public.yaml --fresh-key

    Only what is sensitive changes; what is a pseudonym already stays. Counts for each rule go to stderr.
    A cassette that is being recorded is not replaced.
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    from ewstape.cassette import Cassette, locked
    from ewstape.redaction import Redactor, rules_in_force
    from ewstape.redaction.key import Key
    from ewstape.redaction.pseudonyms import Pseudonyms
    from ewstape.report.figures import counted

    if bool(output) == in_place:
        raise ConfigError("say where the redacted cassette goes: either -o OUT or --in-place")
    target = output or cassette
    if output and output.exists():
        raise ConfigError(f"{output}: is there already; name a new file, or use --in-place")
    config = read_settings(config_file, keep=keep, undecodable=undecodable)
    rules = rules_in_force(config.keep, config.rules)
    with ExitStack() as lock:
        if in_place:
            lock.enter_context(locked(cassette))
        recorded = Cassette.open(cassette)
        if recorded.torn:
            click.echo(f"ewstape: {recorded.path}: {recorded.torn}; that end is left out", err=True)
        key = Key.fresh() if fresh_key else Key.load(os.environ)
        redactor = Redactor(rules, Pseudonyms(key), config.undecodable)
        count = _write(target, recorded.header, recorded, redactor, lock)
    for name, times in sorted(redactor.counts.items()):
        click.echo(f"{name}: {times}", err=True)
    replaced = counted(sum(redactor.counts.values()), "value")
    click.echo(f"redacted {counted(count, 'interaction')} to {target}, {replaced} replaced", err=True)


def _write(target: Path, header: "Header", interactions: "Cassette", redactor: "Redactor", lock: ExitStack) -> int:
    """Everything to a new file beside the target, which is put in its place when it is whole and holds no leak.

    The `lock` on the target is held until then.
    """
    from ewstape.cassette import CassetteWriter
    from ewstape.operations import Reader

    beside = target.with_name(f"{target.name}.redacted")
    if beside.exists():
        raise CassetteError(f"{beside}: is left from a run that broke off; move or delete it first")
    header = replace(header, upstream=redactor.url(header.upstream), redaction=redactor.header)
    reader = Reader()
    try:
        with CassetteWriter(beside, header) as writer, progress("redacting", len(interactions)) as advance:
            for interaction in interactions:
                writer.write(redacted(interaction, redactor, reader))
                advance()
        _refuse_leaks(beside, redactor)
        if sys.platform == "win32":
            lock.close()  # an open file cannot be replaced there
        beside.replace(target)
    except OSError as error:
        raise CassetteError(f"{target}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            beside.unlink()
    return writer.count


def _refuse_leaks(file: Path, redactor: "Redactor") -> None:
    from ewstape.check.written import leaks_in

    with progress("looking for leaks", file.stat().st_size) as advance:
        for leak in leaks_in(file, redactor.pseudonyms.originals, advance):
            raise CassetteError(f"{file}: not kept, {leak}")


def redacted(interaction: "Interaction", redactor: "Redactor", reader: "Reader") -> "Interaction":
    """The interaction without what must not be written; decoded anew, by the `reader`, where its bodies changed."""
    from ewstape.recording.recorder import interpret
    from ewstape.wire.auth import scheme_of

    request, response = interaction.request, interaction.response
    _, before_request, before_response = interpret(
        replace(request, notes=()), response and replace(response, notes=()), None, reader
    )
    request = replace(request, notes=_own(request, before_request))
    if response is not None and before_response is not None:
        response = replace(response, notes=_own(response, before_response))
    _, new_request, new_response = interpret(request, response, redactor, reader)
    return replace(
        interaction,
        auth=scheme_of(interaction.auth),
        error=redactor.text(interaction.error),
        request=_as_decoded(new_request, interaction.request),
        response=new_response and interaction.response and _as_decoded(new_response, interaction.response),
    )


def _own(message: "Message", decoded: "Message") -> tuple[str, ...]:
    """The notes that decoding does not make again."""
    return tuple(note for note in message.notes if note not in decoded.notes)


def _as_decoded[M: "Message"](new: M, old: M) -> M:
    """A hand-written message has no decoded fields and notes; it gets none."""
    return (
        new
        if old.fields or old.notes
        else replace(new, fields={}, notes=tuple(n for n in new.notes if n.startswith("withheld")))
    )
