"""The README is true: every command, option, setting and exit status is in it; its commands are the ones CI runs."""

import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ewstape.cassette.strictyaml import parse
from ewstape.cli import app
from ewstape.config import Config
from ewstape.redaction import rules_in_force

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted(app.COMMANDS)


def command(name: str) -> click.Command:
    found = app.ewstape.get_command(click.Context(app.ewstape), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_row_with_all_its_options(name: str) -> None:
    [row] = [line for line in README.splitlines() if re.match(rf"\| `ewstape {name}\b", line)]
    options = {
        option
        for parameter in command(name).params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option not in {"--help", "-h"}
    }
    assert set(re.findall(r"`(--?[a-z-]+)`", row)) == options


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_says_what_it_does(name: str) -> None:
    assert command(name).help
    assert all(option.help for option in command(name).params if isinstance(option, click.Option))


@pytest.mark.parametrize("setting", Config.__struct_fields__)
def test_every_setting_is_in_the_table(setting: str) -> None:
    assert f"| `{setting}` |" in README


def test_the_exit_statuses_are_those_of_the_help() -> None:
    statuses = re.search(r"Exit status: ([^.]*)\.", app._EPILOG)  # noqa: SLF001  the text that --help prints
    assert statuses
    assert statuses[1] in " ".join(README.split())


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    """.ci/run takes them from the README, by the pattern that is tried here."""
    first = [line.strip() for line in README.splitlines() if line.startswith("    python3 -m venv ")]
    assert [("ewstape demo" in line, "pytest" in line) for line in first] == [(True, False), (False, True)]
    assert "readme_command pytest" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_folder_of_the_package_is_in_the_map() -> None:
    folders = {path.name for path in (ROOT / "addons" / "ewstape").iterdir() if (path / "__init__.py").is_file()}
    assert [name for name in sorted(folders) if f"`{name}/`" not in README] == []


def test_the_changelog_begins_with_this_version_or_what_is_to_come() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["dynamic"] == ["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == "Unreleased"  # type: ignore[index]  # fails if absent


def test_the_table_of_redaction_rules_is_the_one_that_the_command_prints() -> None:
    shown = README.partition("<!-- ewstape rules --markdown -->\n")[2].partition("<!-- end -->")[0]
    printed = CliRunner().invoke(command("rules"), ["--markdown"]).output
    assert shown.strip() == printed.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_no_marks(name: str) -> None:
    """Paragraphs whose lines are kept begin with a backspace for click, which must not be two characters."""
    assert "\\b" not in CliRunner().invoke(command(name), ["--help"]).output


def test_the_examples_of_redaction_rules_in_the_sample_are_valid() -> None:
    keep, rules = re.findall(r"Example: (\[.*\])\n(?:keep|rules): ", (ROOT / "config.yaml").read_text("utf-8"))
    names = {rule.name for rule in rules_in_force(parse(keep), parse(rules))}  # type: ignore[arg-type]  # lists, as YAML
    assert "ticket-numbers" in names  # and a name in `keep` that is no rule would have been an error
