"""`ewstape rules` lists every rule, in three forms."""

import json

import pytest
from click.testing import CliRunner

from ewstape.cli.rules import command
from ewstape.redaction import RULES

NAMES = [rule.name for rule in RULES]


def said(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_json_has_an_object_a_rule() -> None:
    objects = json.loads(said("--json"))
    assert [one["name"] for one in objects] == NAMES
    assert all(one["reason"] for one in objects)


def test_markdown_has_a_row_a_rule() -> None:
    assert [line.split("`")[1] for line in said("--markdown").splitlines()[2:]] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_table_names_it(name: str) -> None:
    assert any(line.startswith(name) for line in said().splitlines())
