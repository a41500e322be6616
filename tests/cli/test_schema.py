"""`ewstape schema` prints the schema that cassettes are checked with."""

import json

from click.testing import CliRunner

from ewstape.cassette.schema import json_schema
from ewstape.cli.schema import command


def test_it_is_the_schema_as_json() -> None:
    result = CliRunner().invoke(command)
    assert result.exit_code == 0
    assert json.loads(result.output) == json.loads(json.dumps(json_schema()))
