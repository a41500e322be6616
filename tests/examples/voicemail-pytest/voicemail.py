"""A small voicemail app: it lists the voice mails of an Exchange mailbox and plays one on a phone.

The mailbox is read with exchangelib. It knows no call operations, so those three are sent as they are on the wire.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import requests
from exchangelib import BASIC, DELEGATE, UTC, Account, Build, Configuration, Credentials, FailFast, Version

MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="{namespace}">'
    "<s:Body>{body}</s:Body></s:Envelope>"
)


class RefusedError(Exception):
    """What the server said when it refused."""


@dataclass(frozen=True)
class VoiceMail:
    """A voice mail in the inbox."""

    id: str
    change_key: str
    subject: str


class Mailbox:
    """A mailbox with voice mails; a context manager that closes its connections."""

    def __init__(self, url: str, user: str, password: str, address: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.auth = (user, password)
        configuration = Configuration(
            service_endpoint=url,
            credentials=Credentials(user, password),
            auth_type=BASIC,
            version=Version(Build(15, 0)),
            retry_policy=FailFast(),
        )
        self.account = Account(
            address, config=configuration, autodiscover=False, access_type=DELEGATE, default_timezone=UTC
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.account.protocol.close()
        self.session.close()

    def voice_mails(self) -> list[VoiceMail]:
        """The voice mails of the inbox, newest first."""
        found = self.account.inbox.filter(item_class__startswith="IPM.Note.Microsoft.Voicemail")
        items = found.order_by("-datetime_received").only("subject")
        return [VoiceMail(item.id, item.changekey, item.subject) for item in items]

    def play(self, voice_mail: VoiceMail, number: str) -> "Call":
        """Has the server call `number` and play the voice mail there."""
        item = f"<m:ItemId Id={quoteattr(voice_mail.id)} ChangeKey={quoteattr(voice_mail.change_key)}/>"
        answer = self.send("PlayOnPhone", f"{item}<m:DialString>{escape(number)}</m:DialString>")
        return Call(self, answer.find(f"{{{MESSAGES}}}PhoneCallId").attrib["Id"])

    def send(self, operation: str, content: str) -> Any:
        """Posts an operation; the element that answers it."""
        body = ENVELOPE.format(namespace=MESSAGES, body=f"<m:{operation}>{content}</m:{operation}>")
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        response = self.session.post(self.url, data=body.encode(), headers=headers, timeout=30)
        envelope = ET.fromstring(response.content)
        answer = envelope.find(f".//{{{MESSAGES}}}{operation}Response")
        if answer is None:
            raise RefusedError(envelope.findtext(".//faultstring"))
        if answer.get("ResponseClass") == "Error":
            raise RefusedError(answer.findtext(f"{{{MESSAGES}}}MessageText"))
        return answer


class Call:
    """A phone call that the server makes."""

    def __init__(self, mailbox: Mailbox, call_id: str) -> None:
        self.mailbox = mailbox
        self.id = f"<m:PhoneCallId Id={quoteattr(call_id)}/>"

    def state(self) -> str:
        """`Connecting`, `Alerted`, `Connected` or `Disconnected`, with the reason after a failure."""
        answer = self.mailbox.send("GetPhoneCallInformation", self.id)
        facts = {element.tag.rpartition("}")[2]: element.text for element in answer.iter()}
        cause = facts["ConnectionFailureCause"]
        return f"{facts['PhoneCallState']}{'' if cause == 'None' else f' ({cause})'}"

    def watch(self, pause: float = 1) -> Iterator[str]:
        """The states of the call until it is answered or over."""
        while True:
            state = self.state()
            yield state
            if state.startswith(("Connected", "Disconnected")):
                return
            time.sleep(pause)

    def hang_up(self) -> None:
        """Ends the call."""
        self.mailbox.send("DisconnectPhoneCall", self.id)
