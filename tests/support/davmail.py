"""DavMail, an IMAP gateway to Exchange, as a process of its own; and what an IMAP client sees through it."""

import imaplib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from processes import PATIENCE, Process, free_port

JAR = Path("/usr/share/davmail/davmail.jar")
"""Where the Debian packages davmail and davmail-server have it."""
_PASSWORD = "changeit"


def _properties(url: str, port: int, proxy: str, log: Path) -> dict[str, object]:
    through = urlsplit(proxy)
    return {
        "davmail.server": "true",
        "davmail.mode": "EWS",
        "davmail.url": url,
        "davmail.imapPort": port,
        **{f"davmail.{protocol}Port": "" for protocol in ("caldav", "ldap", "pop", "smtp")},
        "davmail.bindAddress": "127.0.0.1",
        "davmail.allowRemote": "false",
        "davmail.disableUpdateCheck": "true",
        "davmail.useSystemProxies": "false",
        "davmail.enableProxy": str(bool(proxy)).lower(),
        "davmail.proxyHost": through.hostname or "",
        "davmail.proxyPort": through.port or "",
        "davmail.noProxyFor": "",
        "davmail.logFilePath": log,
        "log4j.rootLogger": "WARN",
        "log4j.logger.davmail": "INFO",
    }


@contextmanager
def davmail(java: str, folder: Path, url: str, *, proxy: str = "", ca: Path | None = None) -> Iterator[int]:
    """Runs DavMail in front of an EWS endpoint and gives the port of its IMAP server."""
    folder.mkdir()
    port = free_port()
    properties = folder / "davmail.properties"
    lines = (f"{name}={value}\n" for name, value in _properties(url, port, proxy, folder / "davmail.log").items())
    properties.write_text("".join(lines), "utf-8")
    command = [java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", *(_trusting(ca) if ca else ())]
    popen = subprocess.Popen(
        [*command, "-jar", str(JAR), "-server", str(properties)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with popen:
        process = Process(popen)
        try:
            process.wait_for("listening on IMAP port")
            yield port
        finally:
            process.stop()


def imap_session(port: int) -> list[str]:
    """Logs in, lists the folders, opens the inbox, and reads all headers and one message: each answer as text."""
    with imaplib.IMAP4("127.0.0.1", port, timeout=PATIENCE) as imap:
        return [
            str(answer)
            for answer in (
                imap.login("alex", "secret"),
                imap.list(),
                imap.select("INBOX"),
                imap.uid("FETCH", "1:*", "(FLAGS UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT FROM DATE)])"),
                imap.fetch("1", "(RFC822)"),
            )
        ]


@cache
def _trusting(ca: Path) -> tuple[str, ...]:
    """What makes Java trust an authority and no other; its trust store stands beside the authority's file."""
    store = ca.with_name("trust.p12")
    command = ["keytool", "-importcert", "-noprompt", "-alias", "ca", "-storetype", "PKCS12", "-storepass", _PASSWORD]
    subprocess.run([*command, "-keystore", str(store), "-file", str(ca)], check=True, capture_output=True)
    return (f"-Djavax.net.ssl.trustStore={store}", f"-Djavax.net.ssl.trustStorePassword={_PASSWORD}")
