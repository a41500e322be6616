"""`ewstape diff`: exit statuses, what is printed where, and the options."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ewstape.cli import diff, redact
from ewstape.errors import CassetteError

SAMPLE = Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(diff.command, list(map(str, arguments)), catch_exceptions=False, standalone_mode=False)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The sample, with another number dialled and a slower answer."""
    path = tmp_path / "other.yaml"
    text = SAMPLE.read_text("utf-8").replace("+1 555 0100", "+1 555 0199")
    path.write_text(text.replace("took: 0.", "took: 5."), "utf-8")
    return path


def test_a_cassette_does_not_differ_from_itself() -> None:
    result = run(SAMPLE, SAMPLE)
    assert (result.return_value, result.stdout.splitlines()[2]) == (0, "no difference")


def test_a_difference_is_status_1(other: Path) -> None:
    result = run(SAMPLE, other)
    assert result.return_value == 1
    assert "request.dial_string: +1 555 0100 -> +1 555 0199" in result.stdout
    assert "\x1b" not in result.stdout
    assert "took" not in result.stdout


def test_json_names_both_files(other: Path) -> None:
    result = run(SAMPLE, other, "--json")
    found = json.loads(result.stdout)
    assert (result.return_value, found["left"], found["right"], found["differs"]) == (1, str(SAMPLE), str(other), True)


def test_fields_that_do_not_count(other: Path) -> None:
    assert run(SAMPLE, other, "--ignore", "dial_string").return_value == 0


def test_durations_count_where_asked(other: Path) -> None:
    result = run(SAMPLE, other, "--ignore", "dial_string", "--timing", "2x/500ms")
    assert result.return_value == 1
    assert "took: " in result.stdout


def test_a_threshold_that_is_none_is_a_usage_error() -> None:
    result = CliRunner().invoke(diff.command, [str(SAMPLE), str(SAMPLE), "--timing", "often"])
    assert result.exit_code == 2
    assert "'often' is not a threshold such as 2x, 500ms or 2x/500ms" in result.stderr


def test_a_redacted_copy_does_not_differ(tmp_path: Path) -> None:
    public = tmp_path / "public.yaml"
    CliRunner().invoke(
        redact.command, [str(SAMPLE), "-o", str(public), "--fresh-key"], catch_exceptions=False, standalone_mode=False
    )
    assert run(SAMPLE, public).return_value == 0
    assert "a pseudonym may stand for any one value" in run(public, SAMPLE).stdout


def test_a_torn_cassette_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    torn = tmp_path / "torn.yaml"
    torn.write_bytes(SAMPLE.read_bytes()[:-40])
    result = run(SAMPLE, torn)
    assert result.return_value == 1
    assert result.stderr.startswith(f"ewstape: {torn}: cut off after byte")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="there is no such cassette"):
        run(SAMPLE, tmp_path / "none.yaml")
