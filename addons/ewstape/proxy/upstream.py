"""Where a proxy listens, and what is behind it, in our words and in mitmproxy's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ewstape.errors import ConfigError

__all__ = ["CA_FILE", "Listen", "Upstream", "server_of"]

CA_FILE = "mitmproxy-ca-cert.pem"
"""The certificate of the proxy's own CA, in its folder."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen."""

    host: str = "127.0.0.1"
    port: int = 8080
    """0 takes any free port."""

    def __str__(self) -> str:
        """`127.0.0.1:8080`, `[::1]:8080`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """How the proxy meets its clients and the server behind it."""

    url: str = ""
    """The server of a reverse proxy; empty for an ordinary proxy."""
    ca_file: Path | None = None
    """What the server's certificate is checked against, instead of the usual authorities."""
    insecure: bool = False
    """The server's certificate is not checked."""
    ca_folder: Path | None = None
    """Where the proxy's own CA is kept or made; by default where mitmproxy keeps its own."""

    def options(self, listen: Listen) -> dict[str, Any]:
        """Mitmproxy's options that say the same."""
        mode = f"reverse:{self.url}" if self.url else "regular"
        return {"mode": [f"{mode}@{listen.host}:{listen.port}"], **self.trust()}

    def trust(self) -> dict[str, Any]:
        """The options that are about certificates."""
        chosen: dict[str, Any] = {"ssl_insecure": self.insecure}
        if self.ca_file:
            chosen["ssl_verify_upstream_trusted_ca"] = str(self.ca_file)
        if self.ca_folder:
            chosen["confdir"] = str(self.ca_folder)
        return chosen


def server_of(url: str) -> str:
    """Scheme, host and port of a URL. Its path is the client's affair; people paste the whole endpoint.

    Raises:
        ConfigError: it is no such URL.
    """
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # a port that is none, a bracket that is open
        fits = False
    if not fits:
        shown = f"...@{url.rpartition('@')[2]}" if "@" in url else url  # an error message ends up in logs
        raise ConfigError(f"upstream {shown!r}: expected a URL such as https://mail.example.com, without credentials")
    return f"{parts.scheme}://{parts.netloc}"
