"""`ewstape env`: what it prints is what a shell needs to reach a running replay."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner, Result
from processes import ROOT, ewstape, running

from ewstape.cli.env import command
from ewstape.errors import ConfigError

SAMPLE = ROOT / "cassettes" / "play-on-phone.yaml"
ENVIRONMENT = dict.fromkeys(("SSL_CERT_FILE", "JAVA_TOOL_OPTIONS", "NO_PROXY", "no_proxy"))


def env(*arguments: object, **environment: str) -> Result:
    return CliRunner(env=ENVIRONMENT | environment).invoke(command, list(map(str, arguments)))


@pytest.fixture
def ca_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "it's $HOME"
    folder.mkdir()
    trustme.CA().cert_pem.write_to_path(folder / "mitmproxy-ca-cert.pem")
    return folder


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/EWS/Exchange.asmx"]
)
def test_the_url_of_a_replay_becomes_the_endpoint(url: str) -> None:
    assert "export EWSTAPE_URL=http://127.0.0.1:8080/EWS/Exchange.asmx\n" in env("--url", url).stdout


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("sh", "export HTTPS_PROXY=http://127.0.0.1:8080"),
        ("fish", "set -gx HTTPS_PROXY 'http://127.0.0.1:8080'"),
        ("powershell", "$env:HTTPS_PROXY = 'http://127.0.0.1:8080'"),
    ],
)
def test_each_shell_has_its_language(shell: str, line: str, ca_dir: Path) -> None:
    shown = env("--proxy", "http://127.0.0.1:8080", "--ca-dir", ca_dir, "--shell", shell)
    assert line in shown.stdout.splitlines()
    assert "EWSTAPE_URL" not in shown.stdout


def test_asking_again_in_the_same_shell_changes_nothing(ca_dir: Path) -> None:
    """Although what is asked for is then in the environment: the certificates, the options of Java."""
    ask = ("--proxy", "http://127.0.0.1:8080", "--ca-dir", ca_dir)
    first = env(*ask).stdout
    bundle = ca_dir / "ewstape-trust.pem"
    trusted = bundle.read_bytes()
    script = f'{first}\n"$@"'
    again = subprocess.run(
        ["sh", "-c", script, "sh", *ewstape("env", *ask)], capture_output=True, text=True, check=True
    )
    assert again.stdout == first
    assert bundle.read_bytes() == trusted


MISTAKES = {
    "nothing": ((), "say what is running: --url URL, --proxy URL, or both"),
    "no URL": (("--url", "8080"), "'8080' is no URL such as"),
    "no port": (("--url", "http://127.0.0.1:port"), "is no URL such as"),
    "no http": (("--proxy", "socks5://127.0.0.1:8080"), "is no URL such as"),
    "credentials": (("--proxy", "http://a:b@127.0.0.1:8080"), "is no URL such as"),
    "lines": (("--url", "http://127.0.0.1:8080/\n"), "is no URL such as"),
    "no authority": (("--proxy", "http://127.0.0.1:8080", "--ca-dir", "empty"), "start the proxy first"),
    "a broken one": (("--proxy", "http://127.0.0.1:8080", "--ca-dir", "."), "holds no certificate"),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_in_a_line(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mitmproxy-ca-cert.pem").write_text("nothing")
    done = env(*arguments)
    assert done.exit_code != 0
    assert message in (str(done.exception) if isinstance(done.exception, ConfigError) else done.stderr)


def test_curl_in_that_shell_reaches_the_replay(need: Callable[[str], str], tmp_path: Path) -> None:
    """Through the proxy, for a host that is nowhere, over https that curl trusts."""
    need("curl")
    replay = ewstape("replay", SAMPLE, "--forward", "--listen", "127.0.0.1:0", "--ca-dir", tmp_path)
    with running(*replay) as tape:
        ask = ewstape("env", "--proxy", tape.url, "--ca-dir", tmp_path)
        script = 'eval "$("$@")" && curl -sS -o /dev/null -w "%{http_code}" https://mail.example.com/'
        done = subprocess.run(["sh", "-c", script, "sh", *ask], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("404", "")
