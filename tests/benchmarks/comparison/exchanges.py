"""What is asked and answered: the same bytes for every contender.

A corpus is a number of distinct requests with their answers. Mail items are made from their number, so that a hundred
thousand need no memory and the load generator can make them as well. A request may carry a message id that no request
carried before: it means the same, and no cache of bytes can help.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

HOST = "mail.example.com"
PATH = "/EWS/Exchange.asmx"
CONTENT_TYPE = "text/xml; charset=utf-8"
RECORDED_ID = 111_111_111_111
"""The message id of what is recorded; the load generator begins above it."""
UNRECORDED = "AllProperties"
"""A shape of items that nobody asked for when the corpus was recorded."""
PLACEHOLDER = "${xmlunit.ignore}"
"""What stands for any text in the XML equality of WireMock."""
_SPACES = (
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
)
_ASKED = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:a="http://www.w3.org/2005/08/addressing" %s><soap:Header>'
    '<t:RequestServerVersion Version="Exchange2013_SP1"/>'
    "<a:MessageID>%s</a:MessageID></soap:Header><soap:Body>%s</soap:Body></soap:Envelope>"
)
_ANSWERED = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    '<h:ServerVersionInfo MajorVersion="15" MinorVersion="0" MajorBuildNumber="1497" MinorBuildNumber="2" '
    'Version="V2_23" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header>'
    "<s:Body>%s</s:Body></s:Envelope>"
)
_GET_ITEM = (
    "<m:GetItem><m:ItemShape><t:BaseShape>%s</t:BaseShape></m:ItemShape><m:ItemIds>"
    '<t:ItemId Id="ZXdzdGFwZTppdGVt%s"/></m:ItemIds></m:GetItem>'
)
_ITEM = (
    f'<m:GetItemResponse {_SPACES}><m:ResponseMessages><m:GetItemResponseMessage ResponseClass="Success">'
    "<m:ResponseCode>NoError</m:ResponseCode><m:Items><t:Message>"
    '<t:ItemId Id="ZXdzdGFwZTppdGVt%s"/><t:Subject>Item %s</t:Subject><t:Body BodyType="Text">%s</t:Body>'
    "<t:From><t:Mailbox><t:Name>Alice Example</t:Name><t:EmailAddress>alice@example.com</t:EmailAddress></t:Mailbox>"
    "</t:From></t:Message></m:Items></m:GetItemResponseMessage></m:ResponseMessages></m:GetItemResponse>"
)
_WORDS = "The figures for the quarter are as we talked about on the phone. "


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request's body and its answer's."""

    request: bytes
    answer: bytes


class Corpus(Protocol):
    """What a contender is fed with."""

    @property
    def name(self) -> str: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Exchange]: ...
    def __getitem__(self, number: int) -> Exchange: ...


@dataclass(frozen=True, slots=True)
class Items:
    """GetItem, each of another item. Reading an item again gives the same."""

    count: int
    text: int = 300
    """Letters in each item's body."""

    @property
    def name(self) -> str:
        return f"{self.count:,}" + (f" of {self.text:,} bytes" if self.text > 300 else "")

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Exchange]:
        return map(self.__getitem__, range(self.count))

    def __getitem__(self, number: int) -> Exchange:
        item = f"{number:08}"
        words = (_WORDS * (self.text // len(_WORDS) + 1))[: self.text]
        return Exchange(get_item(item, str(RECORDED_ID)), (_ANSWERED % (_ITEM % (item, item, words))).encode())


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """PlayOnPhone, polls while the call goes on, DisconnectPhoneCall."""

    polls: int
    redacted: bool = False
    """The cassette holds pseudonyms; the client sends what it always sends."""

    @property
    def name(self) -> str:
        return f"a call of {self.polls} polls" + (", redacted" if self.redacted else "")

    def __len__(self) -> int:
        return self.polls + 2

    def __iter__(self) -> Iterator[Exchange]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> Exchange:
        call = f'<m:PhoneCallId Id="{_base64("ewstape:call:0001")}"/>'
        if number == 0:
            item = f'<m:ItemId Id="{_base64("ewstape:item:0001")}"/><m:DialString>+1 555 0100</m:DialString>'
            return _exchange("PlayOnPhone", item, call)
        if number == len(self) - 1:
            return _exchange("DisconnectPhoneCall", call, "")
        state = ("Connecting", "Alerted", "Connected")[min(number // 5, 2)]
        return _exchange(
            "GetPhoneCallInformation",
            call,
            f"<m:PhoneCallInformation><t:PhoneCallState>{state}</t:PhoneCallState>"
            "<t:ConnectionFailureCause>None</t:ConnectionFailureCause></m:PhoneCallInformation>",
        )


def get_item(item: str, message_id: str, *, shape: str = "Default") -> bytes:
    """The request for an item; only those with the default shape are recorded."""
    return (_ASKED % (_SPACES, message_id, _GET_ITEM % (shape, item))).encode()


def _exchange(operation: str, asked: str, answered: str) -> Exchange:
    request = _ASKED % (_SPACES, RECORDED_ID, f"<m:{operation}>{asked}</m:{operation}>")
    response = (
        f'<m:{operation}Response ResponseClass="Success" {_SPACES}><m:ResponseCode>NoError</m:ResponseCode>'
        f"{answered}</m:{operation}Response>"
    )
    return Exchange(request.encode(), (_ANSWERED % response).encode())


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
