"""What the tests of cassettes in use share."""

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from ewstape import Interaction

CASSETTES = Path(__file__).parents[2] / "cassettes"
CALL = CASSETTES / "play-on-phone.yaml"


@pytest.fixture
def call() -> Path:
    """A cassette with a call that is placed, polled and hung up."""
    return CALL


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the proxy's authority, which takes long to make."""
    return tmp_path_factory.mktemp("ca")


@pytest.fixture
def ask() -> Callable[..., bytes]:
    """Posts the request of an interaction, or a body, and gives the answer; an error's as well."""

    def asked(url: str, body: Interaction | bytes, proxy: str = "", context: object = None) -> bytes:
        sent = body if isinstance(body, bytes) else body.request.body
        request = urllib.request.Request(url, data=sent, headers={"Content-Type": "text/xml; charset=utf-8"})
        handlers: list[urllib.request.BaseHandler] = [
            urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {})
        ]
        if context is not None:
            handlers.append(urllib.request.HTTPSHandler(context=context))  # type: ignore[arg-type]
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=10) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.read()

    return asked
