"""The environment variables that lead a command to a replay, and let it trust what it meets there.

One table of names for everything that reads them: what `run` gives its command is what `env` prints. Every name is one
that some client documents; clients ignore the others. Loopback is never proxied, since `EWSTAPE_URL` lies there, and an
inherited list of exceptions is not kept beside a proxy: it might name the very server that is to be replayed.
"""

import os
import re
import shlex
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["SHELLS", "Trust", "trust_in", "usual_authorities", "variables"]

LOOPBACK: Final = "localhost,127.0.0.1,::1"
_JAVA_PASSWORD: Final = "changeit"  # noqa: S105  Java wants one; the certificates in the store are public
_CERTIFICATE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_BUNDLE, _JAVA_STORE = "ewstape-trust.pem", "ewstape-trust.p12"


@dataclass(frozen=True, slots=True)
class Trust:
    """The certificates of a proxy, as files for the clients that want them so."""

    ca: Path
    """The proxy's own authority, PEM: for clients that trust it besides others."""
    bundle: Path
    """All that is to be trusted, PEM: for clients that trust this file and no other."""
    java_store: Path
    """The same as a PKCS12 trust store."""


def variables(url: str, proxy: str, trust: Trust | None, inherited: Mapping[str, str]) -> dict[str, str]:
    """What a client needs in its environment.

    Args:
        url: the EWS endpoint for clients that can be given one; may be empty.
        proxy: the URL of the proxy for those that cannot; may be empty.
        trust: the proxy's certificates; `None` without a proxy.
        inherited: the environment that the client would have had.
    """
    chosen = {"EWSTAPE_URL": url} if url else {}
    if trust is None:
        exceptions = inherited.get("no_proxy") or inherited.get("NO_PROXY") or ""
        return chosen | _twice(no_proxy=_joined(exceptions, ",", LOOPBACK))
    java = " ".join(_java_options(proxy, trust.java_store))
    return {
        **chosen,
        **_twice(http_proxy=proxy, https_proxy=proxy, no_proxy=LOOPBACK),
        "REQUESTS_CA_BUNDLE": str(trust.bundle),  # requests and what is built on it
        "SSL_CERT_FILE": str(trust.bundle),  # OpenSSL: Python, httpx, Go, Ruby, .NET on Linux
        "CURL_CA_BUNDLE": str(trust.bundle),
        "NODE_EXTRA_CA_CERTS": str(trust.ca),
        "NODE_USE_ENV_PROXY": "1",  # Node.js 24, and 22 from 22.21 on; earlier ones read no proxy from the environment
        "JAVA_TOOL_OPTIONS": _joined(inherited.get("JAVA_TOOL_OPTIONS", ""), " ", java),  # the last one counts
    }


def _joined(inherited: str, separator: str, ours: str) -> str:
    """What was there, then ours; once, although `env` may be asked again and again."""
    return inherited if inherited.endswith(ours) else separator.join(filter(None, (inherited, ours)))


def _twice(**values: str) -> dict[str, str]:
    """In both spellings: of http_proxy curl reads only the lower case, others only the upper."""
    return {spelling: value for name, value in values.items() for spelling in (name.upper(), name)}


def _java_options(proxy: str, store: Path) -> list[str]:
    address = urlsplit(proxy)
    host, port = address.hostname or "", address.port or 80
    properties = {
        "http.proxyHost": host,
        "http.proxyPort": port,
        "https.proxyHost": host,
        "https.proxyPort": port,
        "http.nonProxyHosts": "localhost|127.*|[::1]",
        "javax.net.ssl.trustStore": store,
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": _JAVA_PASSWORD,
    }
    # The launcher of Java splits at blanks and knows a shell's quotation marks, each without any escape in it.
    return [shlex.quote(f"-D{name}={value}") for name, value in properties.items()]


def trust_in(folder: Path, ca: Path, authorities: bytes = b"") -> Trust:
    """Writes a proxy's certificate, with other authorities if there are any, as clients want it.

    Args:
        folder: where the files go; they are the owner's alone.
        ca: the proxy's own authority, PEM.
        authorities: others to be trusted as well, PEM.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: what is there is no certificate.
    """
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
    from cryptography.x509 import load_pem_x509_certificate

    own = ca.read_bytes()
    found = dict.fromkeys(_CERTIFICATE.findall(own + b"\n" + authorities))
    # Distinct names, or Java would see but the last of them.
    entries = [
        pkcs12.PKCS12Certificate(certificate, b"ewstape-%d" % number)
        for number, certificate in enumerate((load_pem_x509_certificate(own), *_readable(list(found)[1:])))
    ]
    store = pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(_JAVA_PASSWORD.encode()))
    bundle, java_store = folder / _BUNDLE, folder / _JAVA_STORE
    for file, content in ((bundle, b"\n".join((*found, b""))), (java_store, store)):
        _write(file, content)
    return Trust(ca, bundle, java_store)


def _readable(authorities: Iterable[bytes]) -> list["Certificate"]:
    """The certificates that can be read: old authorities have oddities that cryptography warns of or refuses."""
    from cryptography.utils import CryptographyDeprecationWarning
    from cryptography.x509 import load_pem_x509_certificate

    certificates = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for authority in authorities:
            with suppress(ValueError):
                certificates.append(load_pem_x509_certificate(authority))
    return certificates


def _write(file: Path, content: bytes) -> None:
    """As a whole and for the owner alone; who has the old one open keeps it."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    beside.replace(file)


def usual_authorities() -> bytes:
    """The certificates that OpenSSL trusts on this machine, or those of certifi where it keeps them elsewhere; PEM."""
    import ssl

    import certifi

    return Path(ssl.get_default_verify_paths().cafile or certifi.where()).read_bytes()


def _fish(value: str) -> str:
    """In single quotation marks fish knows two escapes."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _powershell(value: str) -> str:
    """PowerShell takes the typographic single quotation marks for the plain one; each is doubled."""
    return (
        "'" + "".join(character * (2 if character in "'\u2018\u2019\u201a\u201b" else 1) for character in value) + "'"
    )


SHELLS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "sh": lambda name, value: f"export {name}={shlex.quote(value)}",
    "fish": lambda name, value: f"set -gx {name} {_fish(value)}",
    "powershell": lambda name, value: f"$env:{name} = {_powershell(value)}",
}
"""How each shell sets a variable for the commands that it starts."""
