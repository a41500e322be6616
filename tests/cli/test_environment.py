"""The variables for clients, against those who read them: sh, fish, Java, and PowerShell's rules."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given
from hypothesis import strategies as st

from ewstape.cli.environment import SHELLS, Trust, trust_in, usual_authorities, variables

URL, PROXY = "http://127.0.0.1:8081/EWS/Exchange.asmx", "http://127.0.0.1:8082"
TRUST = Trust(Path("/ca/ca.pem"), Path("/own/trust.pem"), Path("/own/trust.p12"))
HOSTILE = {
    "PLAIN": "http://127.0.0.1:8080",
    "QUOTES": """it's "so" ''' '""",
    "COMMANDS": "$(exit 1)`exit 1`;exit 1|exit 1&exit 1",
    "EXPANSIONS": "$HOME ~ * ? {a,b} [x] !! %PATH% $$ (pwd)",
    "BACKSLASHES": r"\ \\ \' \n \x41 C:\certificates\ ",
    "ENDS_WITH_BACKSLASH": "C:\\",
    "LINES": "a\nexit 1\n\tb",
    "TYPOGRAPHIC": "\u2018a\u2019 \u201ab\u201b; exit 1",
    "EMPTY": "",
}
VALUES = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"))


def test_without_a_proxy_only_the_endpoint_is_led_here() -> None:
    assert variables(URL, "", None, {"HTTPS_PROXY": "http://gateway.example.com"}) == {
        "EWSTAPE_URL": URL,
        "NO_PROXY": "localhost,127.0.0.1,::1",
        "no_proxy": "localhost,127.0.0.1,::1",
    }


def test_without_a_proxy_exceptions_of_an_inherited_one_stay() -> None:
    asked = variables(URL, "", None, {"no_proxy": ".example.com"})
    assert asked["NO_PROXY"] == asked["no_proxy"] == ".example.com,localhost,127.0.0.1,::1"
    assert variables(URL, "", None, asked) == asked


def test_with_a_proxy_everything_but_loopback_goes_through_it() -> None:
    """Also what was an exception: it may be the server that is replayed."""
    asked = variables(URL, PROXY, TRUST, {"NO_PROXY": "mail.example.com", "no_proxy": "mail.example.com"})
    assert asked.pop("JAVA_TOOL_OPTIONS").split()[:2] == ["-Dhttp.proxyHost=127.0.0.1", "-Dhttp.proxyPort=8082"]
    assert asked == {
        "EWSTAPE_URL": URL,
        **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), PROXY),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1"),
        **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"), "/own/trust.pem"),
        "NODE_EXTRA_CA_CERTS": "/ca/ca.pem",
        "NODE_USE_ENV_PROXY": "1",
    }


def test_options_of_java_come_after_those_that_were_there_and_once() -> None:
    asked = variables("", PROXY, TRUST, {"JAVA_TOOL_OPTIONS": "-Xmx1g"})
    assert asked["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -Dhttp.proxyHost=")
    assert variables("", PROXY, TRUST, asked) == asked
    assert "EWSTAPE_URL" not in asked


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    trustme.CA().cert_pem.write_to_path(file)
    return file


def test_what_is_trusted_is_the_proxy_and_those_that_are_named(ca: Path, tmp_path: Path) -> None:
    """Each once; what cannot be read is left to clients, and Java does without it."""
    other, broken = trustme.CA().cert_pem.bytes(), b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    trust = trust_in(tmp_path, ca, other + b"some words\n" + broken + ca.read_bytes() + other)
    assert trust.ca == ca
    assert trust.bundle.read_bytes() == ca.read_bytes() + other + broken
    stored = pkcs12.load_pkcs12(trust.java_store.read_bytes(), b"changeit").additional_certs
    assert {one.certificate for one in stored} == {load_pem_x509_certificate(pem) for pem in (ca.read_bytes(), other)}
    assert len({one.friendly_name for one in stored}) == 2
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    assert sorted(tmp_path.iterdir()) == [trust.java_store, trust.bundle]


def test_what_is_no_certificate_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ValueError, match="PEM"):
        trust_in(tmp_path, tmp_path / "ca.pem")


def test_the_usual_authorities_are_certificates(ca: Path, tmp_path: Path) -> None:
    """Whatever oddities they have: none of them is a warning."""
    trust = trust_in(tmp_path, ca, usual_authorities())
    assert trust.bundle.read_bytes().count(b"BEGIN CERTIFICATE") > 50
    assert trust.java_store.stat().st_size > 50 * 500


def test_java_takes_the_store_wherever_it_lies(ca: Path, tmp_path: Path, need: Callable[[str], str]) -> None:
    folder = tmp_path / 'it\'s a "folder"'
    folder.mkdir()
    trust = trust_in(folder, ca)
    listed = subprocess.run(
        [need("keytool"), "-list", "-keystore", trust.java_store, "-storepass", "changeit"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"ewstape-0, .*trustedCertEntry", listed.stdout)
    shown = subprocess.run(
        [need("java"), "-XshowSettings:properties", "-version"],
        env=variables(URL, PROXY, trust, {}),
        capture_output=True,
        text=True,
        check=True,
    )
    settings = dict(re.findall(r"^\s*(\S+) = (.*)$", shown.stderr, re.MULTILINE))
    assert settings["javax.net.ssl.trustStore"] == str(trust.java_store)
    assert settings["https.proxyPort"] == "8082"
    assert settings["http.nonProxyHosts"] == "localhost|127.*|[::1]"


@pytest.mark.parametrize("shell", ["sh", "fish"])
def test_a_shell_takes_hostile_values_as_they_are(shell: str, need: Callable[[str], str]) -> None:
    script = "\n".join([*(SHELLS[shell](name, value) for name, value in HOSTILE.items()), "env -0"])
    done = subprocess.run([need(shell)], input=script.encode(), capture_output=True, check=True)
    got = dict(line.split("=", 1) for line in done.stdout.decode().split("\0") if line)
    assert {name: got[name] for name in HOSTILE} == HOSTILE
    assert done.stderr == b""


@given(VALUES)
def test_powershell_takes_any_value_as_it_is(value: str) -> None:
    """By its rules, a single-quoted string ends at any of five characters unless it is doubled; nothing else counts."""
    line = SHELLS["powershell"]("NAME", value)
    found = re.fullmatch(r"\$env:NAME = '((?:[^'‘’‚‛]|(['‘’‚‛])\2)*)'", line, re.DOTALL)  # noqa: RUF001  those five
    assert found
    assert re.sub(r"(['‘’‚‛])\1", r"\1", found[1]) == value  # noqa: RUF001  those five
