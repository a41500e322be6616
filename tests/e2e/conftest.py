"""What the end-to-end tests share."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import CLIENTS, PATIENCE, Authority


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


@pytest.fixture
def play(need: Callable[[str], str]) -> Callable[..., list[str]]:
    """Runs a real client's whole job and returns its answers, a JSON line each."""

    def run(client: str, url: str, *, auth: str = "none", proxy: str = "", ca: Path | None = None) -> list[str]:
        if client == "curl":
            need("curl")
        command = [sys.executable, str(CLIENTS / f"{client}_client.py"), url, "--auth", auth]
        command += ["--proxy", proxy] if proxy else []
        command += ["--ca", str(ca)] if ca else []
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, f"{client}: {done.stdout}\n{done.stderr}"
        return done.stdout.splitlines()

    return run
