"""A call through ews-javascript-api, after opening the inbox, listing it and reading its first message.

The library and its script run in Node, one process for all clients of this one; NODE_PATH says where the library is.
"""

import atexit
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from driver import Item, Options, main

SCRIPT = Path(__file__).parent / "javascript" / "client.js"
NUMBERS = count()


class RaisedError(Exception):
    """What the library raised."""


@cache
def node(url: str, auth: str, proxy: str | None, ca: str | None) -> Callable[..., dict[str, Any]]:
    """Starts the script; what comes back asks it."""
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": ca or "", "NO_PROXY": "" if proxy else "*"}
    command = ["node", str(SCRIPT), url, auth, proxy or "-"]
    process = subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, text=True)
    atexit.register(process.communicate)
    lock = Lock()

    def ask(**request: object) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        with lock:
            print(json.dumps(request), file=process.stdin, flush=True)
            answer: dict[str, Any] = json.loads(process.stdout.readline())
        if "raised" in answer:
            raise RaisedError(f"{answer['reason']} ({answer['raised']})")
        return answer

    return ask


class Client:
    def __init__(self, options: Options) -> None:
        self._node = node(options.url, options.auth, options.proxy, options.ca)
        self._number = next(NUMBERS)

    def before(self) -> Iterator[dict[str, Any]]:
        yield {"operation": "GetFolder", **self._ask("inbox")}
        listed = self._ask("list")
        yield {"operation": "FindItem", **listed}
        yield {"operation": "GetItem", **self._ask("load", item=listed["first"])}

    def play_on_phone(self, item: Item, dial_string: str) -> dict[str, Any]:
        return self._ask("play", item=item.id, changeKey=item.changekey, number=dial_string)

    def call_information(self, call_id: str) -> dict[str, Any]:
        return self._ask("ask", call=call_id)

    def disconnect(self, call_id: str) -> dict[str, Any]:
        return self._ask("hangUp", call=call_id)

    def close(self) -> None:
        self._ask("close")

    def _ask(self, operation: str, **parameters: str) -> dict[str, Any]:
        return self._node(client=self._number, operation=operation, **parameters)


if __name__ == "__main__":
    main(Client)
