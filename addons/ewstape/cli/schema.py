"""`ewstape schema`: the JSON Schema of a cassette's documents."""

import json

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema (draft-07) of a cassette.

    Editors that speak it check hand-written cassettes as you type: save it and begin the cassette with
    `# yaml-language-server: $schema=FILE`.
    """
    from ewstape.cassette.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
