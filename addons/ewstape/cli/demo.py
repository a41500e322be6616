"""`ewstape demo`: the main job from end to end, each part a process of its own.

A real client (exchangelib) plays a voice mail on a phone at a simulated Exchange while a real proxy records it; then
the server is gone, and the same client gets the same answers from the cassette.
"""

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from ewstape.errors import CassetteError, ConfigError, EwsTapeError
from ewstape.redaction.key import VARIABLE

_READY = "listening on "
_KEY = secrets.token_hex(32)  # the demo leaves no redaction key behind


@click.command("demo")
@click.option("--keep", type=click.Path(dir_okay=False, path_type=Path), help="Keep the cassette in this new file.")
@click.option(
    "--dial", default="+1 555 0100", show_default=True, help="The number to play the voice mail to; it is simulated."
)
def command(keep: Path | None, dial: str) -> None:
    """Watch a phone call being recorded and replayed. Needs no server, no account and no network."""
    if find_spec("exchangelib") is None:
        raise ConfigError("the demo's client is exchangelib: pip install 'ewstape[demo]'")
    if keep and keep.exists():
        raise ConfigError(f"{keep}: is there already; name a new file with --keep")
    with TemporaryDirectory(prefix="ewstape-demo-") as folder:
        cassette = Path(folder) / "play-on-phone.yaml"
        _say("1. A simulated Exchange server, and a proxy in front of it that records.")
        with (
            _running("sandbox", "--auth", "ntlm") as server,
            _running("record", str(cassette), "--upstream", server) as proxy,
        ):
            _say("2. A voicemail app (exchangelib, NTLM) calls a phone through the proxy.")
            recorded = _play(proxy, dial)
        _say("3. The server is gone. This is the cassette:")
        _show(cassette)
        _say("4. The same app again, answered from the cassette alone.")
        with _running("replay", str(cassette)) as replay:
            replayed = _play(replay, dial)
        if keep:
            _copy(cassette, keep)
    if list(map(_public, recorded)) != list(map(_public, replayed)):
        raise EwsTapeError("the replayed answers differ from the recorded ones: please report this")
    _say(f"All {len(recorded)} answers came again, with no server; what is private was never written.")


def _copy(cassette: Path, target: Path) -> None:
    try:
        target.touch(mode=0o600, exist_ok=False)
        target.write_bytes(cassette.read_bytes())
    except OSError as error:
        raise CassetteError(f"{target}: cannot be written: {error.strerror or error}") from None


def _play(url: str, dial: str) -> list[str]:
    from ewstape.sandbox.client import run_voice_mail

    return run_voice_mail(
        f"{url}/EWS/Exchange.asmx", auth_type="ntlm", dial_string=dial, say=lambda line: click.echo(f"   app: {line}")
    )


def _public(line: str) -> str:
    """What of an answer is the same when it comes from a redacted cassette: the operation, and the state of a call."""
    operation, _, said = line.partition(": ")
    return line if operation in {"GetPhoneCallInformation", "DisconnectPhoneCall"} else f"{operation}: {bool(said)}"


def _show(cassette: Path) -> None:
    call = next(
        text for text in cassette.read_text("utf-8").split("---\n") if text.startswith("operation: PlayOnPhone")
    )
    for line in call.splitlines():
        click.echo(f"   {line}")
    subprocess.run([sys.executable, "-m", "ewstape", "show", str(cassette)], check=True)  # noqa: S603  our own command


def _say(text: str) -> None:
    click.secho(text, bold=True)


@contextmanager
def _running(*arguments: str) -> Iterator[str]:
    """One of our own servers as a process; yields its URL when it listens, passes its log on, and stops it."""
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-m", "ewstape", *arguments, "--listen", "127.0.0.1:0"],
        stderr=subprocess.PIPE,
        text=True,
        env={VARIABLE: _KEY, **os.environ},
    )
    stream = process.stderr
    if stream is None:
        raise RuntimeError("no pipe")  # Popen was asked for one
    with process, stream:
        url = next((line.strip().removeprefix(_READY) for line in stream if line.startswith(_READY)), None)
        if url is None:
            raise EwsTapeError(f"`ewstape {arguments[0]}` did not start")
        log = threading.Thread(target=_pass_on, args=(arguments[0], stream), daemon=True)
        log.start()
        try:
            yield url
        finally:
            process.terminate()
            process.wait(timeout=10)
            log.join(timeout=10)


def _pass_on(name: str, lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(f"   {name}: {line.rstrip()}")
