import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ewstape.cli import report
from ewstape.errors import CassetteError, ConfigError

SAMPLE = Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(report.command, [str(argument) for argument in arguments])


def test_the_page_is_for_its_owner_alone(tmp_path: Path) -> None:
    made = run(SAMPLE, "-o", tmp_path / "page.html", "--title", "Monday & Tuesday")
    assert (made.exit_code, made.output) == (0, "")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "<title>Monday &amp; Tuesday" in text
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_a_dash_means_stdout() -> None:
    assert run(SAMPLE, "-o", "-", "--no-check").output.startswith("<!doctype html>")


def test_a_page_is_replaced_and_no_other_file(tmp_path: Path) -> None:
    page, other = tmp_path / "page.html", tmp_path / "calls.yaml"
    other.write_bytes(SAMPLE.read_bytes())
    page.touch()
    for _ in range(2):
        assert run(SAMPLE, "-o", page).exit_code == 0
    for target in (other, tmp_path):
        refused = run(other, "-o", target)
        assert isinstance(refused.exception, ConfigError)
    assert other.read_bytes() == SAMPLE.read_bytes()


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    failed = run(SAMPLE, "-o", tmp_path / "missing" / "page.html")
    assert isinstance(failed.exception, CassetteError)
    assert "cannot be written: No such file or directory" in str(failed.exception)


@pytest.mark.parametrize(("said", "smaller"), [("all", False), ("none", True), ("8K", False), ("100", True)])
def test_bodies_are_held_as_far_as_is_wanted(tmp_path: Path, said: str, *, smaller: bool) -> None:
    sizes = []
    for bodies in ("1M", said):
        assert run(SAMPLE, "-o", tmp_path / "page.html", "--bodies", bodies, "--no-check").exit_code == 0
        sizes.append((tmp_path / "page.html").stat().st_size)
    assert (sizes[1] < sizes[0]) is smaller


@pytest.mark.parametrize("said", ["some", "-1", "1G", ""])
def test_a_size_that_is_none_is_refused(said: str) -> None:
    refused = run(SAMPLE, "-o", "-", "--bodies", said)
    assert refused.exit_code == 2
    assert "is none of all, none, or a size such as 64K" in refused.output


@pytest.mark.parametrize("big", [False, True], ids=["here", "in a process of its own"])
def test_what_a_check_finds_is_in_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, big: bool) -> None:
    monkeypatch.setattr(report, "_BIG", 1 if big else 1000)
    cassette = tmp_path / "calls.yaml"
    cassette.write_text(SAMPLE.read_text("utf-8").replace("Connecting</t:", "Idle</t:"), "utf-8")
    assert run(cassette, "-o", tmp_path / "page.html").exit_code == 0
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "differs from what the body says" in text
    assert 'data-number="2"' in text


def test_a_torn_cassette_is_reported_as_far_as_it_goes(tmp_path: Path) -> None:
    cassette = tmp_path / "calls.yaml"
    cassette.write_bytes(SAMPLE.read_bytes()[:-20])
    made = run(cassette, "-o", tmp_path / "page.html")
    assert "cut off after byte" in made.stderr
    assert "The last interaction is not here" in (tmp_path / "page.html").read_text("utf-8")
