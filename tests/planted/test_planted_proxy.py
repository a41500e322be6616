"""The planted secrets sent through the real proxy: nothing of them is on disk or in what it says."""

import sys
from pathlib import Path

from planted_secrets import exchanges, values
from processes import running
from traffic import Answers, send

from ewstape.cassette import Cassette
from ewstape.redaction.kinds import Kind
from ewstape.redaction.leaks import Leaks
from ewstape.sandbox import Sandbox


def test_nothing_planted_is_on_disk_or_said(tmp_path: Path) -> None:
    planted = [one for one in exchanges() if not one.secret.kind.startswith("Basic credentials of a proxy")]
    tape = tmp_path / "planted.yaml"
    data = {"XDG_DATA_HOME": str(tmp_path / "data"), "EWSTAPE_REDACTION_KEY": "5f0c2b9e71d84a36c7e1f20b94ad6385"}
    ca = ("--ca-dir", str(tmp_path / "ca"))
    with Sandbox(hook=Answers(planted)) as sandbox:
        command = (
            sys.executable,
            "-m",
            "ewstape",
            "record",
            str(tape),
            "--upstream",
            sandbox.url,
            "--listen",
            ":0",
            *ca,
        )
        with running(*command, cwd=tmp_path, env={**data, "EWSTAPE_REDACTION": "true"}, forked=False) as proxy:
            send(planted, proxy.url)
            proxy.stop()
            said = proxy.said
    search = Leaks(dict.fromkeys(values(), Kind.TEXT))
    left = [str(leak) for leak in search.find(said, "its output")]
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.parent.name != "ca":
            left += [str(leak) for leak in search.find(file.read_bytes(), file.name)]
    assert len(Cassette.open(tape)) > len(planted) * 0.9
    assert left == []
