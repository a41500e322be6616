"""`ewstape rules`: what redaction takes out, and why."""

import json

import click


@click.command("rules")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of objects.")
@click.option("--markdown", is_flag=True, help="Print a Markdown table.")
def command(as_json: bool, markdown: bool) -> None:
    """List the redaction rules: name, what is done, kind of value, where it applies, and why.

    A rule is switched off by its name: `ewstape redact --keep NAME`.
    """
    from ewstape.redaction import RULES

    if as_json:
        keys = ("name", "treatment", "kind", "where", "finds", "reason")
        click.echo(json.dumps([{key: getattr(rule, key) for key in keys} for rule in RULES], indent=2))
    elif markdown:
        click.echo("| rule | what is done | kind | where | why |\n| --- | --- | --- | --- | --- |")
        for rule in RULES:
            click.echo(
                f"| `{rule.name}` | {rule.treatment} | {rule.kind or ''} | {', '.join(rule.where)} | {rule.reason} |"
            )
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table("rule", "done", "kind", "where", "why", box=None, pad_edge=False)
        for rule in RULES:
            table.add_row(rule.name, rule.treatment, rule.kind or "", ", ".join(rule.where), rule.reason)
        Console(highlight=False).print(table)
