"""What the end-to-end tests share."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from processes import CLIENTS, Authority, Process, ewstape, finished, lacking, python, running
from variants import FORWARD, FORWARD_RECORDED, RECORDED, VARIANTS

from ewstape.sandbox import Sandbox

type PlayVariants = Callable[..., list[list[str]]]

ENDPOINT = "/EWS/Exchange.asmx"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Tests that share a recording run in one worker, so that it is made once; those that share a library, too."""
    for item in items:
        if "played" in item.fixturenames:
            chosen = item.callspec.params
            client = chosen["client"]
            group = client if client == "javascript" else f"{client}-{chosen['auth']}-{chosen.get('mode', 'reverse')}"
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    import trustme

    folder = tmp_path_factory.mktemp("authority")
    ca = trustme.CA()
    server = ca.issue_cert("localhost", "127.0.0.1")
    made = Authority(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    ca.cert_pem.write_to_path(made.ca)
    server.cert_chain_pems[0].write_to_path(made.cert)
    server.private_key_pem.write_to_path(made.key)
    return made


@pytest.fixture(scope="session")
def proxy_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for mitmproxy's own CA, so that the user's is left alone."""
    return tmp_path_factory.mktemp("mitmproxy")


@pytest.fixture(scope="session")
def node_modules(need: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the JavaScript libraries that a client script needs, installed from the registry."""
    need("node")
    need("npm")
    folder = tmp_path_factory.mktemp("javascript")
    shutil.copy(CLIENTS / "javascript" / "package.json", folder)
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)
    if done.returncode:
        lacking(f"ews-javascript-api cannot be installed from the npm registry: {done.stderr.strip()[-300:]}")
    return folder / "node_modules"


@pytest.fixture(scope="session")
def play_variants(need: Callable[[str], str], request: pytest.FixtureRequest) -> PlayVariants:
    """Runs a real client in a process of its own: variants in turn, each giving its answers as JSON lines.

    What the client could not finish is missing at the end of the lists, and what it said of that is its last line.
    """

    def run(
        client: str, url: str, *variants: tuple[str, ...], auth: str, proxy: str, ca: Path | None
    ) -> list[list[str]]:
        environment = dict(os.environ)
        if client == "curl":
            need("curl")
        if client == "javascript":
            environment["NODE_PATH"] = str(request.getfixturevalue("node_modules"))
        first, *others = variants
        command = [url, "--auth", auth]
        command += ["--proxy", proxy] if proxy else []
        command += ["--ca", str(ca)] if ca else []
        command += first
        for variant in others:
            command += ["--next", *variant]
        done = finished(*python(CLIENTS / f"{client}_client.py", *command), env=environment, timeout=90)
        said = [part.splitlines() for part in done.stdout.split("\n\n")]
        if done.returncode:
            said[-1].append(f"{client} broke off: {done.stderr[-2000:]}")
        return said

    return run


@pytest.fixture(scope="session")
def play(play_variants: PlayVariants) -> Callable[..., list[str]]:
    """Runs a real client's whole job and returns its answers, a JSON line each."""

    def run(client: str, url: str, *, auth: str = "none", proxy: str = "", ca: Path | None = None) -> list[str]:
        [said] = play_variants(client, url, (), auth=auth, proxy=proxy, ca=ca)
        assert said, f"{client} said nothing"
        assert "broke off" not in said[-1], said[-1]
        return said

    return run


@dataclass
class Played:
    """What a client was told, live and from the tape, by the names of `RECORDED` and `VARIANTS`."""

    cassette: Path
    live: dict[str, list[str]]
    replayed: dict[str, list[str]] = field(default_factory=dict)
    said: str = ""
    """What `ewstape replay` logged."""
    status: int = -1
    """And its exit status."""


@pytest.fixture(scope="session")
def played(
    play_variants: PlayVariants, authority: Authority, proxy_ca: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str, str], Played]:
    """Records a client's runs and, with the server gone, plays all variants: by client, logon and kind of proxy."""

    @cache  # one recording and one tape serve many tests
    def record_and_play(client: str, auth: str, mode: str) -> Played:
        cassette = tmp_path_factory.mktemp("tape") / "tape.yaml"
        forward = mode == "forward"
        tls = (authority.cert, authority.key) if forward else None
        listening: tuple[Any, ...] = ("--listen", "127.0.0.1:0")
        listening += ("--forward", "--ca-dir", proxy_ca) if forward else ()
        ca = proxy_ca / "mitmproxy-ca-cert.pem" if forward else None

        def ask(proxy: Process, variants: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
            url, through = (server.origin, proxy.url) if forward else (proxy.url, "")
            said = play_variants(client, url + ENDPOINT, *variants.values(), auth=auth, proxy=through, ca=ca)
            return dict(zip(variants, said, strict=False))

        with Sandbox(auth=auth, tls=tls) as server:
            to = ("--host", "127.0.0.1", "--upstream-ca", authority.ca) if forward else ("--upstream", server.origin)
            with running(*ewstape("record", cassette, *to, *listening)) as recorder:
                result = Played(
                    cassette,
                    ask(recorder, {name: RECORDED[name] for name in FORWARD_RECORDED} if forward else RECORDED),
                )
                assert recorder.stop() == 0, recorder.said
        chosen = {
            name: (*variant.arguments, *(("--rewind",) if variant.rewind else ()))
            for name, variant in VARIANTS.items()
            if (name in FORWARD if forward else client in (variant.only or (client,)))
        }
        with running(*ewstape("replay", cassette, *listening)) as tape:
            result.replayed = ask(tape, chosen)
            result.status = tape.stop()
            result.said = tape.said
        return result

    return record_and_play


@pytest.fixture(scope="session")
def calls() -> Callable[[list[str]], list[list[dict[str, str]]]]:
    """Takes a client's lines apart into calls: what it was told of each, from PlayOnPhone on."""

    def split(lines: list[str]) -> list[list[dict[str, str]]]:
        found: list[list[dict[str, str]]] = []
        for line in lines:
            answer = json.loads(line)
            if answer["operation"] == "PlayOnPhone":
                found.append([])
            if "Phone" in answer["operation"]:
                found[-1].append(answer)
        return found

    return split
