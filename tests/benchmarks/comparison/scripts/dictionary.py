"""The ceiling of a server in Python: answers from a dictionary of bodies, and the first one for what is not in it."""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

with Path(os.environ["EXCHANGES"]).open(encoding="utf-8") as lines:
    answers = {asked.encode(): answered.encode() for asked, answered in map(json.loads, lines)}
first = next(iter(answers.values()))


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    assert scope["type"] == "http"
    message = await receive()
    asked: bytes = message["body"]
    while message.get("more_body"):
        message = await receive()
        asked += message["body"]
    answer = answers.get(asked, first)
    headers = [(b"content-type", b"text/xml; charset=utf-8"), (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
