"""`ewstape completion`: what makes a shell complete ewstape's commands, options and values.

click speaks bash, zsh and fish. PowerShell's part is our own and simpler than that of newer clicks: the words go over
as JSON, so no quoting rule of one side is guessed on the other, and files are completed by PowerShell itself.
"""

import json
import os
from pathlib import Path
from typing import Any, ClassVar, override

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class

from ewstape.cli.app import COMPLETE

__all__ = ["command", "complete_cassettes", "complete_operations", "complete_rules"]

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_.PSObject.Properties['Value']) { "$($_.Value)" } else { "$_" } })
    $saved = $env:%(complete_var)s, $env:COMP_WORDS, $env:COMP_CWORD
    try {
        $env:%(complete_var)s = 'powershell_complete'
        $env:COMP_WORDS = ConvertTo-Json -Compress -InputObject $words
        $env:COMP_CWORD = ConvertTo-Json -Compress -InputObject "$wordToComplete"
        $answer = @(& %(prog_name)s 2>$null)
    } finally {
        $env:%(complete_var)s, $env:COMP_WORDS, $env:COMP_CWORD = $saved
    }
    foreach ($line in $answer) {
        $kind, $value, $help = $line -split "`t", 3
        if ($kind -eq 'plain') {
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
        } elseif ($kind) {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
        }
    }
}
"""


class _PowerShell(ShellComplete):
    """The words before the cursor come as a JSON list, the one at it as a JSON string; an item goes back as a line."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    @override
    def get_completion_args(self) -> tuple[list[str], str]:
        words = json.loads(os.environ["COMP_WORDS"])
        return words[1:], json.loads(os.environ["COMP_CWORD"])

    @override
    def format_completion(self, item: CompletionItem[Any]) -> str:
        return "\t".join((item.type, item.value, item.help or item.value))  # a tooltip must not be empty


add_completion_class(_PowerShell)

_SHELLS = ("bash", "zsh", "fish", "powershell")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete ewstape's commands, options and values.

    \b
    bash        ewstape completion bash > ~/.local/share/bash-completion/completions/ewstape
    zsh         ewstape completion zsh > ~/.zfunc/_ewstape, with ~/.zfunc in fpath before compinit
    fish        ewstape completion fish > ~/.config/fish/completions/ewstape.fish
    PowerShell  ewstape completion powershell >> $PROFILE
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this mark
    root = context.find_root()
    found = get_completion_class(shell)
    if found is None:
        raise RuntimeError(f"click has no completion for {shell}")  # it has had all three since 8.0
    click.echo(found(root.command, {}, "ewstape", COMPLETE).source(), nl=False)


def complete_cassettes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001  click's signature
    """The YAML files that begin so; where folders do, too, or a name is no plain word, files as the shell has them."""
    typed = Path(incomplete)
    folder, start = (typed, "") if incomplete.endswith(("/", os.sep)) else (typed.parent, typed.name)
    try:
        entries = [entry for entry in os.scandir(folder) if entry.name.startswith(start)]
    except OSError:
        entries = []
    entries = [entry for entry in entries if start or not entry.name.startswith(".")]
    prefix = incomplete[: len(incomplete) - len(start)]
    names = sorted(prefix + entry.name for entry in entries if entry.name.lower().endswith((".yaml", ".yml")))
    if not names or not all(map(_is_plain, names)) or any(entry.is_dir() for entry in entries):
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(name) for name in names]


def complete_operations(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001  click's signature
    """The names of operations that begin so."""
    from ewstape.operations import SPECS
    from ewstape.operations.catalog import SHAPES

    names = {*SHAPES, *(name for spec in SPECS for name in (spec.name, spec.document_name) if name)}
    return _beginning(sorted(names), incomplete)


def complete_rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001  click's signature
    """The names of redaction rules that begin so."""
    from ewstape.redaction import RULES

    return _beginning([rule.name for rule in RULES], incomplete)


def _beginning(names: list[str], incomplete: str) -> list[CompletionItem[str]]:
    return [CompletionItem(name) for name in names if name.lower().startswith(incomplete.lower())]


def _is_plain(name: str) -> bool:
    """Whether a shell takes the name as it stands, and the lines that carry it to the shell do as well."""
    return name.replace("-", "").replace("_", "").replace(".", "").replace("/", "").isalnum()
