"""A call through exchangelib, after logging in, listing the inbox and reading the newest voice mail."""

from collections.abc import Iterator
from typing import Any

from driver import PASSWORD, USER, Item, Options, main

from ewstape.sandbox.client import VoicemailClient


class Client:
    def __init__(self, options: Options) -> None:
        self._client = VoicemailClient(options.url, USER, PASSWORD, options.auth, proxy=options.proxy, ca=options.ca)

    def before(self) -> Iterator[dict[str, Any]]:
        yield {"operation": "FindItem", "subjects": [item.subject for item in self._client.inbox()]}
        item = self._client.find_voice_mail()
        yield {"operation": "GetItem", "sender": item.sender.name, "body": item.body}

    def play_on_phone(self, item: Item, dial_string: str) -> dict[str, Any]:
        return {"ResponseCode": "NoError", "PhoneCallId": self._client.play_on_phone(item, dial_string)}

    def call_information(self, call_id: str) -> dict[str, Any]:
        return {"ResponseCode": "NoError", **self._client.call_information(call_id)}

    def disconnect(self, call_id: str) -> dict[str, Any]:
        self._client.disconnect(call_id)
        return {"ResponseCode": "NoError"}

    def close(self) -> None:
        self._client.close()


if __name__ == "__main__":
    main(Client)
