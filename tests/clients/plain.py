"""The three requests as files in soap/, filled in and posted by whatever sends bytes; answers taken apart by name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import Any
from xml.etree import ElementTree as ET

from driver import CHANGE_KEY, VOICE_MAIL

SOAP = Path(__file__).parent / "soap"
HEADERS = {"Content-Type": "text/xml; charset=utf-8"}
_ATTRIBUTES = {"PhoneCallId": "Id"}
_MESSAGES = "{http://schemas.microsoft.com/exchange/services/2006/messages}"


class PlainClient:
    """A client of which only the way a body is posted is its own."""

    def __init__(self, post: Callable[[bytes], bytes], close: Callable[[], object] = lambda: None) -> None:
        self._post = post
        self.close = close

    def before(self) -> Iterator[dict[str, Any]]:
        yield from ()

    def play_on_phone(self, dial_string: str) -> dict[str, Any]:
        return self._send("play_on_phone", item_id=VOICE_MAIL, change_key=CHANGE_KEY, dial_string=dial_string)

    def call_information(self, call_id: str) -> dict[str, Any]:
        return self._send("get_phone_call_information", call_id=call_id)

    def disconnect(self, call_id: str) -> dict[str, Any]:
        return self._send("disconnect_phone_call", call_id=call_id)

    def _send(self, name: str, **values: str) -> dict[str, Any]:
        body = Template((SOAP / f"{name}.xml").read_text("utf-8")).substitute(values)
        root = ET.fromstring(self._post(body.encode()))
        said = {}
        for element in root.iter():
            name = element.tag.rpartition("}")[2]
            if name in _ATTRIBUTES:
                said[name] = element.get(_ATTRIBUTES[name])
            elif element.text and "Envelope" not in name:
                said[name] = element.text
        return said
