"""How the sandbox is asked: without a network (`ask`), or through a socket (`connect`)."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pytest

from ewstape.interaction import Request, Response
from ewstape.sandbox import Sandbox
from ewstape.sandbox.exchange import Exchange
from ewstape.sandbox.identifiers import Identifiers
from ewstape.sandbox.mailbox import Mailbox

ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>{}</s:Body></s:Envelope>'
)

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


@dataclass(frozen=True)
class Answer:
    """A response with its XML at hand."""

    status: int
    body: bytes

    def text(self, name: str) -> str | None:
        """The text of the first element of that local name."""
        return next((element.text or "" for element in self._named(name)), None)

    def texts(self, name: str) -> list[str]:
        return [element.text or "" for element in self._named(name)]

    def get(self, name: str, attribute: str) -> str | None:
        return next((element.get(attribute) for element in self._named(name)), None)

    @property
    def codes(self) -> list[str]:
        return self.texts("ResponseCode")

    def _named(self, name: str) -> Iterator[ET.Element]:
        found = ET.fromstring(self.body).iterfind(f".//{{*}}{name}")
        return (element for element in found if not element.tag.startswith(SOAP))  # a message has a Body as well


type Ask = Callable[..., Answer]


@pytest.fixture
def envelope() -> Callable[[str], bytes]:
    """Wraps a payload (prefixes m and t are bound) in a SOAP envelope."""
    return lambda payload: ENVELOPE.format(payload).encode()


@pytest.fixture
def new_ask(envelope: Callable[[str], bytes]) -> Callable[[int], Ask]:
    """Makes another server with a seed, asked as by `ask`."""

    def make(seed: int) -> Ask:
        exchange = Exchange(seed, pause=lambda: None)

        def ask(payload: str | bytes, path: str = "/EWS/Exchange.asmx", method: str = "POST") -> Answer:
            body = payload if isinstance(payload, bytes) else envelope(payload)
            headers = (("Content-Type", "text/xml; charset=utf-8"),)
            request = Request(method=method, url=f"http://mail.example.com{path}", headers=headers, body=body)
            answer = exchange.answer(request)
            if isinstance(answer, Response):
                return Answer(answer.status, answer.body)
            return Answer(200, b"".join(answer))

        return ask

    return make


@pytest.fixture
def ask(new_ask: Callable[[int], Ask]) -> Ask:
    """Asks a server with seed 0 a payload and gives its answer: `ask(payload, path="/EWS/Exchange.asmx")`."""
    return new_ask(0)


@pytest.fixture
def ask_um(ask: Ask) -> Ask:
    """The same server, at its older service."""
    return lambda payload: ask(payload, "/EWS/UM2007Legacy.asmx")


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mailbox of that server holds."""
    return Mailbox(Identifiers(0))


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    """Starts a sandbox with the options given, closed when the test ends."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Sandbox(**options))


@pytest.fixture
def connect() -> Iterator[Callable[[Sandbox], http.client.HTTPConnection]]:
    """Opens a connection to a sandbox, closed when the test ends."""
    with ExitStack() as stack:

        def open_connection(sandbox: Sandbox) -> http.client.HTTPConnection:
            connection = http.client.HTTPConnection(sandbox.origin.removeprefix("http://"), timeout=30)
            stack.callback(connection.close)
            return connection

        yield open_connection
