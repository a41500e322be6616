"""Where a proxy listens and what is behind it."""

from pathlib import Path

import pytest

from ewstape.errors import ConfigError
from ewstape.proxy.upstream import Listen, Upstream, server_of


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80")])
def test_an_address_is_shown_as_urls_have_it(host: str, shown: str) -> None:
    assert str(Listen(host, 80)) == shown


def test_options_say_what_is_behind(tmp_path: Path) -> None:
    upstream = Upstream(url="https://mail.example.com", ca_file=tmp_path / "ca.pem", ca_folder=tmp_path)
    assert upstream.options(Listen(port=80)) == {
        "mode": ["reverse:https://mail.example.com@127.0.0.1:80"],
        "ssl_insecure": False,
        "ssl_verify_upstream_trusted_ca": str(tmp_path / "ca.pem"),
        "confdir": str(tmp_path),
    }
    assert Upstream().options(Listen("::1", 80)) == {"mode": ["regular@::1:80"], "ssl_insecure": False}


@pytest.mark.parametrize(
    ("given", "server"),
    [
        ("https://mail.example.com", "https://mail.example.com"),
        ("http://127.0.0.1:8080/EWS/Exchange.asmx", "http://127.0.0.1:8080"),
    ],
)
def test_of_a_url_the_server_counts(given: str, server: str) -> None:
    assert server_of(given) == server


@pytest.mark.parametrize(
    "given",
    [
        "mail.example.com",
        "ftp://mail.example.com",
        "https://",
        "https://[::1",
        "https://example.com:https",
        "https://user:secret@example.com",
        "https://user:sec/ret@example.com",
    ],
)
def test_what_names_no_server_is_refused_and_no_password_is_shown(given: str) -> None:
    with pytest.raises(ConfigError, match="expected a URL such as") as refused:
        server_of(given)
    assert "sec" not in str(refused.value)
