"""The three requests as files in a folder, filled in and posted by whatever sends bytes; answers by name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import Any
from xml.etree import ElementTree as ET

from driver import Item

HERE = Path(__file__).parent
HEADERS = {"Content-Type": "text/xml; charset=utf-8"}
_ATTRIBUTES = {"PhoneCallId": "Id"}


class RefusedError(Exception):
    """An answer with a status other than 200."""


class PlainClient:
    """A client of which only the way a body is posted is its own: `post` gives a status and a body."""

    def __init__(
        self, post: Callable[[bytes], tuple[int, bytes]], soap: str, close: Callable[[], object] = lambda: None
    ) -> None:
        self._post = post
        self._soap = HERE / soap
        self.close = close

    def before(self) -> Iterator[dict[str, Any]]:
        yield from ()

    def play_on_phone(self, item: Item, dial_string: str) -> dict[str, Any]:
        return self._send("play_on_phone", item_id=item.id, change_key=item.changekey, dial_string=dial_string)

    def call_information(self, call_id: str) -> dict[str, Any]:
        return self._send("get_phone_call_information", call_id=call_id)

    def disconnect(self, call_id: str) -> dict[str, Any]:
        return self._send("disconnect_phone_call", call_id=call_id)

    def _send(self, name: str, **values: str) -> dict[str, Any]:
        body = Template((self._soap / f"{name}.xml").read_text("utf-8")).substitute(values)
        status, answer = self._post(body.encode())
        root = ET.fromstring(answer)
        if status != 200:
            raise RefusedError(f"{status} {root.findtext('.//faultstring', answer.decode())}")
        said = {}
        for element in root.iter():
            name = element.tag.rpartition("}")[2]
            if name in _ATTRIBUTES:
                said[name] = element.get(_ATTRIBUTES[name])
            elif element.text and "Envelope" not in name:
                said[name] = element.text
        return said
