"""The command line from outside: one line for every mistake, the right exit status, and help at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from processes import ROOT, ewstape

from ewstape.cli import app

SAMPLE = ROOT / "cassettes" / "play-on-phone.yaml"


def run(*arguments: object, cwd: Path | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ewstape(*arguments),
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        check=False,
        env={**os.environ, **environment},
    )


def test_help_lists_the_commands_and_imports_none_of_their_libraries() -> None:
    code = (
        "import sys\nfrom ewstape.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'mitmproxy', 'lxml', 'yaml', 'rich', 'msgspec', 'uvicorn'} & sys.modules.keys()\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "record" in done.stdout
    assert "Exit status: 0 fine" in done.stdout


def test_the_version_is_the_packages() -> None:
    import ewstape as package

    assert run("--version").stdout == f"ewstape {package.__version__}\n"


MISTAKES = {
    "unknown command": (("recrod", "x.yaml"), 2, "did you mean 'record'?"),
    "unknown option": (("replay", "x.yaml", "--lisen", ":0"), 2, "No such option"),
    "neither upstream nor forward": (("record", "x.yaml"), 2, "either --upstream URL or --forward"),
    "both": (("record", "x.yaml", "--upstream", "http://h", "--forward"), 2, "either --upstream URL or --forward"),
    "forward without hosts": (("record", "x.yaml", "--forward"), 2, "add --host PATTERN"),
    "hosts without forward": (("record", "x.yaml", "--upstream", "http://h", "--host", "h"), 2, "--host belongs to"),
    "not a URL": (("record", "x.yaml", "--upstream", "ftp://h"), 2, "ftp://h"),
    "not an address": (("replay", "x.yaml", "--listen", "here"), 2, "'here' is not HOST:PORT"),
    "no such cassette": (("replay", "missing.yaml"), 3, "missing.yaml: there is no such cassette"),
    "hostile name": (("show", "\x1b[31m\n.yaml"), 3, r"ewstape: \x1b[31m\n.yaml: there is no such cassette"),
    "a directory": (("show", "."), 3, "is a directory"),
    "somebody else's YAML": (("show", "other.yaml"), 3, "not an ewstape cassette"),
    "broken YAML": (("replay", "broken.yaml"), 3, "broken.yaml: document 2: line"),
    "not empty": (("record", "full.yaml", "--upstream", "http://h"), 3, "--append or --overwrite"),
    "no folder": (("record", "no/such/x.yaml", "--upstream", "http://h"), 3, "no/such/x.yaml"),
    "unknown setting in a file": (("replay", "x.yaml", "--config", "bad.yaml"), 2, "did you mean 'auth'?"),
    "half a certificate": (("sandbox", "--tls-cert", "full.yaml"), 2, "belong together"),
}


@pytest.mark.parametrize(("arguments", "status", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_clear_line(arguments: tuple[str, ...], status: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("services: [web]\n")
    (tmp_path / "broken.yaml").write_text("ewstape: 1\n...\n---\noperation: [\n...\n")
    (tmp_path / "full.yaml").write_bytes(SAMPLE.read_bytes())
    (tmp_path / "bad.yaml").write_text("auht: none\n")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("name", app.COMMANDS)
def test_a_cassette_that_may_not_be_read_is_file_trouble_and_no_slip_of_the_hand(name: str) -> None:
    """What may be read is asked by who reads it; click would call it a mistake in the usage."""
    command = app.ewstape.get_command(click.Context(app.ewstape), name)
    assert command is not None
    paths = [one.type for one in command.params if isinstance(one, click.Argument) and isinstance(one.type, click.Path)]
    assert not any(path.readable for path in paths)


def test_a_setting_may_come_from_the_environment(tmp_path: Path) -> None:
    done = run("replay", "x.yaml", cwd=tmp_path, EWSTAPE_AUTH="perhaps")
    assert done.returncode == 2
    assert "environment: auth: invalid enum value 'perhaps' (one of auto, none" in done.stderr


def test_show_is_a_table_and_a_timeline() -> None:
    done = run("show", SAMPLE)
    assert done.returncode == 0
    assert "PlayOnPhone (PlayOnPhone2)" in done.stdout
    assert "Connected" in done.stdout
    assert "\x1b" not in done.stdout  # no colour in a pipe


def test_show_as_json_has_fields_and_exact_bodies() -> None:
    from ewstape.cassette import Cassette

    shown = json.loads(run("show", SAMPLE, "--json", "--body").stdout)["interactions"]
    recorded = list(Cassette.open(SAMPLE))
    assert [one["operation"] for one in shown] == [one.operation.name for one in recorded]
    assert [one["request"]["body"].encode() for one in shown] == [one.request.body for one in recorded]
    assert [one["response"]["body"].encode() for one in shown] == [
        one.response.body for one in recorded if one.response
    ]


def test_show_with_bodies_prints_them() -> None:
    assert "<m:DisconnectPhoneCall>" in run("show", SAMPLE, "--body").stdout


def test_a_closed_pipe_is_no_error() -> None:
    shell = ("sh", "-c", '"$@" | head -n 1', "sh", *ewstape("show", SAMPLE, "--body"))
    done = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [("show", SAMPLE, "--json"), ("diff", SAMPLE, SAMPLE)], ids=["show", "diff"])
def test_output_that_nobody_reads_is_neither_fine_nor_a_finding(arguments: tuple[object, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(ewstape(*arguments), stdout=closed, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_output_that_has_no_room_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            ewstape("show", SAMPLE), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert (done.returncode, done.stderr) == (3, "ewstape: the output: No space left on device\n")


def test_the_schema_is_json() -> None:
    assert json.loads(run("schema").stdout)["$schema"].startswith("http://json-schema.org/draft-07")


def test_the_script_is_the_one_for_mitmdump() -> None:
    assert Path(run("script").stdout.strip()).read_text("utf-8").startswith('"""The addon for `mitmdump -s`')


def test_python_m_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ewstape", "--help"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.startswith("Usage: ewstape ")
