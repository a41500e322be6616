"""Recorded calls and mailbox requests written as lines of plain words, and turned into real requests and responses.

`poll call-1 = Alerted` is a GetPhoneCallInformation that was answered with that state; see `_REQUESTS` for all verbs.
An answer that starts with `Error` is the ResponseCode of a failure, `(gone)` a connection that broke.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from ewstape.interaction import Interaction, Operation, Request, Response, Service
from ewstape.operations import read_request
from ewstape.replay import Miss, Tape
from ewstape.replay.substitute import identifiers

EWS_URL = "https://mail.example.com/EWS/Exchange.asmx"
UM_URL = "https://mail.example.com/EWS/UM2007Legacy.asmx"
XML = (("Content-Type", "text/xml; charset=utf-8"),)

_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">'
    "<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
_VERSION = '<t:RequestServerVersion Version="Exchange2013"/>'

_REQUESTS = {
    "play": '<m:PlayOnPhone><m:ItemId Id="{0}"/><m:DialString>{1}</m:DialString></m:PlayOnPhone>',
    "play2": '<m:PlayOnPhone2><m:ItemId Id="{0}"/><m:DialString>{1}</m:DialString></m:PlayOnPhone2>',
    "play2-any": '<m:PlayOnPhone2><m:ItemId Id="{0}"/></m:PlayOnPhone2>',
    "poll": '<m:GetPhoneCallInformation><m:PhoneCallId Id="{0}"/></m:GetPhoneCallInformation>',
    "hang": '<m:DisconnectPhoneCall><m:PhoneCallId Id="{0}"/></m:DisconnectPhoneCall>',
    "find": '<m:FindItem Traversal="Shallow"><m:ParentFolderIds><t:DistinguishedFolderId Id="{0}"/>'
    "</m:ParentFolderIds></m:FindItem>",
    "list": '<m:FindItem Traversal="Deep"><m:ParentFolderIds><t:DistinguishedFolderId Id="{0}"/>'
    "</m:ParentFolderIds></m:FindItem>",
    "view": '<m:FindItem><m:CalendarView StartDate="{0}" EndDate="{1}"/></m:FindItem>',
    "sync": "<m:SyncFolderItems><m:SyncState>{0}</m:SyncState></m:SyncFolderItems>",
    "get": '<m:GetItem><m:ItemIds><t:ItemId Id="{0}"/></m:ItemIds></m:GetItem>',
    "create": "<m:CreateItem><m:Items><t:Message><t:Subject>{0}</t:Subject></t:Message></m:Items></m:CreateItem>",
    "delete": '<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="{0}"/></m:ItemIds></m:DeleteItem>',
    "um-play": "<m:PlayOnPhone><m:entryId>{0}</m:entryId><m:DialString>{1}</m:DialString></m:PlayOnPhone>",
    "um-poll": "<m:GetCallInfo><m:CallId>{0}</m:CallId></m:GetCallInfo>",
    "um-hang": "<m:Disconnect><m:CallId>{0}</m:CallId></m:Disconnect>",
}
_INFORMATION = (
    "<m:PhoneCallInformation><t:PhoneCallState>{0}</t:PhoneCallState>"
    "<t:ConnectionFailureCause>None</t:ConnectionFailureCause></m:PhoneCallInformation>"
)
_ANSWERS = {
    "play": ("PlayOnPhone", '<m:PhoneCallId Id="{0}"/>'),
    "play2": ("PlayOnPhone", '<m:PhoneCallId Id="{0}"/>'),
    "poll": ("GetPhoneCallInformation", _INFORMATION),
    "hang": ("DisconnectPhoneCall", ""),
    "list": ("FindItem", '<t:ItemId Id="{0}"/>'),
    "sync": ("SyncFolderItems", "<m:SyncState>{0}</m:SyncState>"),
}
_UM_ANSWERS = {
    "um-play": "<m:PlayOnPhoneResponse><m:PlayOnPhoneResponse>{0}</m:PlayOnPhoneResponse></m:PlayOnPhoneResponse>",
    "um-poll": "<m:GetCallInfoResponse><m:GetCallInfoResponse><m:CallState>{0}</m:CallState>"
    "<m:EventCause>None</m:EventCause></m:GetCallInfoResponse></m:GetCallInfoResponse>",
    "um-hang": "<m:DisconnectResponse/>",
}


@dataclass(frozen=True)
class Step:
    """A line such as `poll call-1 = Alerted`."""

    verb: str
    arguments: tuple[str, ...]
    result: str

    @classmethod
    def of(cls, line: str) -> "Step":
        asked, _, result = line.partition(" = ")
        verb, *arguments = asked.split()
        return cls(verb, tuple(arguments), result.strip())

    @property
    def service(self) -> Service:
        return Service.UM if self.verb.startswith("um-") else Service.EWS

    def request(self) -> Request:
        body = _ENVELOPE.format(header=_VERSION, body=_REQUESTS[self.verb].format(*self.arguments))
        url = UM_URL if self.service is Service.UM else EWS_URL
        return Request(method="POST", url=url, headers=XML, body=body.encode())

    def response(self) -> Response | None:
        if self.result == "(gone)":
            return None
        if self.verb in _UM_ANSWERS:
            body = _UM_ANSWERS[self.verb].format(self.result)
        elif self.verb in _ANSWERS:
            name, content = _ANSWERS[self.verb]
            failed = self.result.startswith("Error")
            code = self.result if failed else "NoError"
            inner = "" if failed else content.format(self.result)
            body = (
                f'<m:{name}Response ResponseClass="{"Error" if failed else "Success"}">'
                f"<m:ResponseCode>{code}</m:ResponseCode>{inner}</m:{name}Response>"
            )
        else:
            body = f"<m:Response>{self.result}</m:Response>"
        return Response(status=200, headers=XML, body=_ENVELOPE.format(header="", body=body).encode())


def steps(text: str) -> list[Step]:
    """The lines of a text; `3* ` before a line stands for three of it."""
    found: list[Step] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        times, star, rest = line.partition("* ")
        found += [Step.of(rest)] * int(times) if star else [Step.of(line)]
    return found


class Words:
    """Builds tapes from words and asks them in words."""

    def interactions(self, text: str) -> list[Interaction]:
        return [self.interaction(number, step) for number, step in enumerate(steps(text), start=1)]

    def interaction(self, number: int, step: Step) -> Interaction:
        request, response = step.request(), step.response()
        operation = self.operation(request, step.service)
        error = "" if response else "server went away"
        return Interaction(number=number, operation=operation, request=request, response=response, error=error)

    def operation(self, request: Request, service: Service = Service.EWS) -> Operation:
        return read_request(request.body, service=service, method=request.method, path="", content_type="").operation

    def request(self, line: str) -> Request:
        return Step.of(line).request()

    def ask(self, tape: Tape, line: str, recorded: Sequence[Step]) -> str:
        """What the tape answers in the words of the recording, but the ids as they are served; a miss by its reason."""
        step = Step.of(line)
        request = step.request()
        found = tape.answer(request, self.operation(request, step.service))
        if isinstance(found, Miss):
            return f"miss {found.reason.name}"
        served = dict(identifiers(found.response)) if found.response else {}
        return next(iter(served.values()), recorded[found.interaction.number - 1].result)

    def play(self, recorded: str, live: str, **options: Any) -> list[str]:
        """Every line of `live` with what it was answered in place of what it expects."""
        return self.play_on(Tape(self.interactions(recorded), **options), recorded, live)

    def play_on(self, tape: Tape, recorded: str, live: str) -> list[str]:
        """The same on a tape that was made of `recorded` and may have been played."""
        lines = steps(recorded)
        asked = [" ".join((step.verb, *step.arguments)) for step in steps(live)]
        return [f"{line} = {self.ask(tape, line, lines)}" for line in asked]

    def expected(self, live: str) -> list[str]:
        return [f"{' '.join((step.verb, *step.arguments))} = {step.result}" for step in steps(live)]


@pytest.fixture(scope="session")
def words() -> Words:
    return Words()


@pytest.fixture(scope="session")
def envelope() -> Callable[..., bytes]:
    """A SOAP request around the text of a body and of header entries."""

    def build(body: str, header: str = _VERSION) -> bytes:
        return _ENVELOPE.format(header=header, body=body).encode()

    return build
