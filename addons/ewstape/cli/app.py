"""The command group: which commands there are, and how errors become one line and an exit status.

Commands are named in a table with their one-line help, so that `ewstape --help` imports none of them.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ewstape import __version__
from ewstape.errors import CassetteError, EwsTapeError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["COMPLETE", "main"]

COMMANDS = {
    "record": "Record EWS traffic to a cassette, as a reverse or an ordinary proxy.",
    "replay": "Answer EWS clients from a cassette, with no server at all.",
    "run": "Run a command, such as a test suite, whose EWS requests are answered from a cassette.",
    "env": "Print the environment variables that lead clients to a replay that is running.",
    "redact": "Take what is private out of a cassette, in place or into a new file.",
    "check": "Check cassettes for leaks, broken documents and odd calls; for CI and pre-commit.",
    "rules": "List the redaction rules: what each finds, and why.",
    "report": "Make one HTML page of a cassette: calls, operations, latencies, every request and response.",
    "show": "Show a cassette: its interactions and a timeline of each phone call.",
    "diff": "Show what differs between two cassettes: calls, operations, fields; not bytes.",
    "demo": "Watch a phone call being recorded and replayed, with nothing to set up.",
    "sandbox": "Run a small simulated Exchange server on this machine.",
    "schema": "Print the JSON Schema of a cassette, for editors.",
    "completion": "Print the script that completes ewstape's commands in a shell.",
    "script": "Print the path of the script for mitmdump -s and mitmweb -s.",
}

_EPILOG = (
    "Exit status: 0 fine, 1 findings, 2 usage or configuration, 3 file trouble, 4 a replayed request had no answer, "
    "130 interrupted, 141 the output was closed."
)

COMPLETE = "_EWSTAPE_COMPLETE"
"""Set by the scripts that complete, when they ask for completions."""

_UNREAD = 141
"""As a shell reports a program that ended because nobody reads its output: neither fine nor findings."""


class _Commands(click.Group):
    """Finds a command in the module of its name, when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"ewstape.cli.{cmd_name}").command
        command.short_help = COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(COMMANDS)}"
            raise click.UsageError(f"no such command {args[0]!r}, {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  click's signature
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # the reader of our output has seen enough, as `head` does; click would say 1, findings
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _UNREAD

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        from click.shell_completion import CompletionItem

        named = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]  # not Group's, which imports them all


@click.group(
    cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def ewstape() -> None:
    """Record and replay Exchange Web Services traffic: a readable cassette answers a real client with no server."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command and ends the process with its exit status."""
    if COMPLETE in os.environ:  # a shell asks for completions, perhaps one that click does not know
        import_module("ewstape.cli.completion")
    try:
        status = ewstape.main(arguments, prog_name="ewstape", standalone_mode=False)
    except EwsTapeError as error:
        from ewstape.report.escape import escape

        click.echo(f"ewstape: {escape(str(error))}", err=True)  # names of files are hostile, too
        status = error.exit_status
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except OSError as error:  # files are dealt with where they are used, so this is the output: a full disk
        click.echo(f"ewstape: {error.filename or 'the output'}: {error.strerror or error}", err=True)
        status = CassetteError.exit_status
    sys.exit(status if isinstance(status, int) else 0)
