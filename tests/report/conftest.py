"""Interactions of a phone call, made from their bodies alone, as a hand-written cassette has them."""

from base64 import b64encode
from collections.abc import Callable

import pytest

from ewstape.interaction import Interaction, Operation, Request, Response, Service

CALL_ID = b64encode(b"ewstape:call:9a10b2c3d4e5").decode()

_ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>{}</s:Body></s:Envelope>'
)
_PATHS = {Service.EWS: "/EWS/Exchange.asmx", Service.UM: "/EWS/UM2007Legacy.asmx"}

type Make = Callable[..., Interaction]


@pytest.fixture(scope="session")
def call_id() -> str:
    """A PhoneCallId as redaction leaves it."""
    return CALL_ID


@pytest.fixture(scope="session")
def make() -> Make:
    """Builds an interaction; `at` and `took` are seconds, `answer` is the content of the SOAP body or `None`."""

    def build(  # noqa: PLR0913  one keyword per fact
        name: str,
        asked: str = "",
        answer: str | None = "",
        *,
        number: int = 1,
        at: float = 0.0,
        took: float = 0.084,
        status: int = 200,
        service: Service = Service.EWS,
        error: str = "",
    ) -> Interaction:
        request = _ENVELOPE.format(f"<m:{name}>{asked}</m:{name}>").encode()
        response = None if answer is None else Response(status=status, body=_ENVELOPE.format(answer).encode())
        return Interaction(
            number=number,
            operation=Operation(name, service),
            at=at,
            took=took,
            request=Request(method="POST", url=f"https://mail.example.com{_PATHS[service]}", body=request),
            response=response,
            error=error,
        )

    return build


@pytest.fixture(scope="session")
def play(make: Make) -> Make:
    def build(
        number: int, at: float, dial: str = "+15550100", call: str = CALL_ID, code: str = "NoError"
    ) -> Interaction:
        kind = "Success" if code == "NoError" else "Error"
        given = f'<m:PhoneCallId Id="{call}"/>' if kind == "Success" else ""
        answer = (
            f'<m:PlayOnPhoneResponse ResponseClass="{kind}"><m:ResponseCode>{code}</m:ResponseCode>{given}'
            "</m:PlayOnPhoneResponse>"
        )
        asked = f'<m:ItemId Id="item-1" ChangeKey="k"/><m:DialString>{dial}</m:DialString>'
        return make("PlayOnPhone", asked, answer, number=number, at=at)

    return build


@pytest.fixture(scope="session")
def poll(make: Make) -> Make:
    def build(  # noqa: PLR0913  one keyword per fact
        number: int, at: float, state: str, cause: str = "None", *, sip: str = "", call: str = CALL_ID
    ) -> Interaction:
        answer = (
            '<m:GetPhoneCallInformationResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
            f"<m:PhoneCallInformation><t:PhoneCallState>{state}</t:PhoneCallState>"
            f"<t:ConnectionFailureCause>{cause}</t:ConnectionFailureCause>{sip}</m:PhoneCallInformation>"
            "</m:GetPhoneCallInformationResponse>"
        )
        return make("GetPhoneCallInformation", f'<m:PhoneCallId Id="{call}"/>', answer, number=number, at=at)

    return build


@pytest.fixture(scope="session")
def hang(make: Make) -> Make:
    def build(number: int, at: float, code: str = "NoError", call: str = CALL_ID) -> Interaction:
        kind = "Success" if code == "NoError" else "Error"
        answer = (
            f'<m:DisconnectPhoneCallResponse ResponseClass="{kind}"><m:ResponseCode>{code}</m:ResponseCode>'
            "</m:DisconnectPhoneCallResponse>"
        )
        return make("DisconnectPhoneCall", f'<m:PhoneCallId Id="{call}"/>', answer, number=number, at=at)

    return build


@pytest.fixture(scope="session")
def recorded(play: Make, poll: Make, hang: Make) -> list[Interaction]:
    """A whole call, in the order in which its interactions were completed."""
    return [
        play(1, 1.0),
        poll(3, 2.5, "Alerted"),
        poll(2, 1.5, "Connecting"),
        poll(4, 3.5, "Alerted"),
        poll(5, 4.5, "Connected"),
        hang(6, 6.0),
        poll(7, 6.5, "Disconnected"),
    ]
