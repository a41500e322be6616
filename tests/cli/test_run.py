"""`ewstape run` from outside: the real command with real children, its streams, statuses, signals and environment."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from processes import PATIENCE, RAW, ROOT, ewstape

from ewstape.cassette import Cassette
from ewstape.sandbox import Sandbox

SAMPLE = ROOT / "cassettes" / "play-on-phone.yaml"
HOST = "https://mail.example.com/EWS/Exchange.asmx"
POST = """
import os, sys, urllib.request
for url in sys.argv[1:]:
    body = {body!r}.encode()
    headers = {{"Content-Type": "text/xml; charset=utf-8"}}
    request = urllib.request.Request(url if url.startswith("http") else os.environ[url], body, headers)
    try:
        print(urllib.request.urlopen(request, timeout=20).status)
    except urllib.error.HTTPError as error:
        print(error.code)
"""
SOAP = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Body>{}</s:Body></s:Envelope>'
)
PLAY = '<m:PlayOnPhone><m:ItemId Id="YQ==" ChangeKey="Yg=="/><m:DialString>+1 555 0199</m:DialString></m:PlayOnPhone>'
UNKNOWN = '<m:DisconnectPhoneCall><m:PhoneCallId Id="bm9uZQ=="/></m:DisconnectPhoneCall>'


def posting(content: str, *urls: str) -> tuple[str, ...]:
    """A client of Python's own that takes proxy and certificates from the environment, and prints statuses."""
    return (sys.executable, "-c", POST.format(body=SOAP.format(content)), *(urls or ("EWSTAPE_URL",)))


def run(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ewstape("run", *arguments),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, **RAW, **environment},
    )


def test_what_the_command_says_is_untouched_and_the_report_comes_after() -> None:
    command = ("sh", "-c", 'echo "$@"; echo complained >&2', "sh", "--help", "--", "x")
    done = run(SAMPLE, "--no-proxy", "--", *command)
    assert done.stdout == "--help -- x\n"
    complaint, replayed, unused = done.stderr.splitlines()
    assert (complaint, replayed) == ("complained", "ewstape: replayed 0 of 6 interactions")
    assert unused.startswith("ewstape: unused: #1 PlayOnPhone, #2 GetPhoneCallInformation, ")
    assert done.returncode == 0


FAILING = ("sh", "-c", '"$@"; exit 3', "sh", *posting(UNKNOWN))
VERDICTS = {
    "all is well": ((), posting(PLAY), 0),
    "a miss": ((), posting(UNKNOWN), 4),
    "a miss, and the command's own failure": ((), FAILING, 3),
    "unused interactions": (("--fail-on", "miss,unused"), posting(PLAY), 4),
}


@pytest.mark.parametrize(("options", "command", "status"), VERDICTS.values(), ids=VERDICTS)
def test_what_counts_turns_success_into_4(options: tuple[str, ...], command: tuple[str, ...], status: int) -> None:
    done = run(SAMPLE, "--no-proxy", *options, "--", *command)
    assert done.returncode == status
    missed = UNKNOWN in str(command)
    assert done.stdout == ("500\n" if missed else "200\n")
    assert ("ewstape: no answer on tape for DisconnectPhoneCall" in done.stderr) == missed
    assert ("ewstape: 1 request had no answer" in done.stderr) == missed


def test_what_a_hostile_cassette_says_is_harmless(tmp_path: Path) -> None:
    cassette = tmp_path / "hostile.yaml"
    text = (ROOT / "cassettes" / "hand-written.yaml").read_text("utf-8")
    cassette.write_text(text.replace("operation: PlayOnPhone\n", 'operation: "\\e[31mPlay"\n', 1), "utf-8")
    done = run(cassette, "--no-proxy", "--", "true")
    assert "#1 \\x1b[31mPlay" in done.stderr
    assert "\x1b" not in done.stderr


def test_clients_are_led_here_by_url_and_by_proxy_and_trust_it(tmp_path: Path) -> None:
    """A host that is nowhere, over http and https; and the folder of certificates is gone afterwards."""
    temporary = tmp_path / "temporary folder"
    temporary.mkdir()
    script = 'ls -ld "${SSL_CERT_FILE%/*}" | cut -c 1-10; "$@"'
    command = ("sh", "-c", script, "sh", *posting(PLAY, "EWSTAPE_URL", HOST, HOST.replace("https:", "http:")))
    done = run(SAMPLE, "--ca-dir", tmp_path, "--", *command, TMPDIR=str(temporary))
    assert done.stdout.split() == ["drwx------", "200", "200", "200"], done.stderr
    assert done.returncode == 0
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        (("no-such-command",), 127, "ewstape: no-such-command: command not found"),
        (("/etc/passwd",), 126, "ewstape: /etc/passwd: cannot be executed: Permission denied"),
    ],
)
def test_a_command_that_cannot_be_started_is_one_line(command: tuple[str, ...], status: int, message: str) -> None:
    done = run(SAMPLE, "--no-proxy", "--", *command)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", f"{message}\n")


MISTAKES = {
    "no command": ((), "Missing argument '-- COMMAND...'"),
    "a server, but no recording": (("--upstream", "https://mail.example.com", "--", "true"), "add --record-mode"),
    "no server": (("--record-mode", "all", "--", "true"), "say what to record"),
    "an unknown verdict": (("--fail-on", "mis", "--", "true"), "one of miss, unused"),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_before_anything_is_done(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = run(tmp_path / "new.yaml", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("more", "end", "kept"), [((), 0, True), ((), 3, False), (("--keep-failed",), 3, True)])
def test_a_recording_is_kept_if_the_command_did_well(
    more: tuple[str, ...], end: int, kept: bool, tmp_path: Path
) -> None:
    cassette = tmp_path / "new.yaml"
    with Sandbox() as server:
        ask = ("--record-mode", "once", "--upstream", server.origin, "--ca-dir", tmp_path / "ca", *more)
        command = ("sh", "-c", f'"$@"; exit {end}', "sh", *posting(UNKNOWN))
        done = run(cassette, *ask, "--", *command)
    assert (done.returncode, done.stdout) == (end, "200\n")
    assert cassette.exists() == kept
    if kept:
        assert [str(one.operation) for one in Cassette.open(cassette)] == ["DisconnectPhoneCall"]
    else:
        assert "thrown away" in done.stderr


def test_misses_are_written_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "misses.jsonl"
    assert run(SAMPLE, "--no-proxy", "--misses", file, "--", *posting(UNKNOWN)).returncode == 4
    assert [json.loads(line)["operation"] for line in file.read_text().splitlines()] == ["DisconnectPhoneCall"]


WAITING = """
import signal
both = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, both)
print("ready", flush=True)
while signal.sigwait(both) == signal.SIGINT:
    print("interrupted", flush=True)
raise SystemExit(9)
"""


@contextmanager
def waiting(*before: str, stdin: int = subprocess.DEVNULL) -> "Iterator[subprocess.Popen[str]]":
    """A run whose command counts interruptions and ends with status 9 when it is told to."""
    command = (*before, *ewstape("run", SAMPLE, "--no-proxy", "--", sys.executable, "-c", WAITING))
    with subprocess.Popen(
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=not before
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def test_signals_reach_the_command_and_its_status_comes_back() -> None:
    with waiting() as process:
        assert process.stdout is not None
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        process.terminate()
        rest, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest) == (9, "")
    assert "ewstape: replayed 0 of 6 interactions" in said


def test_ctrl_c_at_a_terminal_reaches_the_command_once(need: Callable[[str], str]) -> None:
    """The terminal sends it to both; passing it on would make two of it, which here could not become one again."""
    ours, theirs = os.openpty()
    with os.fdopen(ours, "wb", buffering=0) as terminal, waiting(need("setsid"), "--ctty", stdin=theirs) as process:
        os.close(theirs)
        assert process.stdout is not None
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        terminal.write(b"\x03")
        assert process.stdout.readline() == "interrupted\n"
        process.terminate()
        process.send_signal(signal.SIGCONT)
        rest, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest) == (9, "")
