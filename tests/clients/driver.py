"""What the client scripts beside this file share: their command line, the steps of a call, and how they report.

Each script plays the same call with another real client: PlayOnPhone, three polls, DisconnectPhoneCall, one more poll,
on each of N connections at once. It prints one JSON line for each answer, connection by connection, so the output of
two runs can be compared as text.

    python CLIENT.py URL [--auth none|basic|ntlm] [--proxy URL] [--ca FILE] [--connections N]
"""

import argparse
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

USER, PASSWORD = "alex", "secret"
VOICE_MAIL = "AAgAMzQzOTcwYTktZDdjYS00MTdmLTk5MDktNzkwYTk3ZDM0NDdjAEbg+K0H2DvZkHwF4W12/RhP5psGqBMfVAV4COSmcxysrw=="
"""The id of the newest voice mail in a sandbox with seed 0."""
CHANGE_KEY = "FgAAAPUlgRtoCMDX1G0dqeW4SbBupQ=="

_POLLS = 3
_NUMBERS = 90  # from +1 555 0110 on, all of which answer; connections beyond them share


@dataclass(frozen=True)
class Options:
    """The command line."""

    url: str
    auth: str
    proxy: str | None
    ca: str | None


class PhoneClient(Protocol):
    """What a script gives for one connection. Answers are mappings with a ResponseCode and what else was said."""

    def before(self) -> Iterator[dict[str, Any]]: ...
    def play_on_phone(self, dial_string: str) -> dict[str, Any]: ...
    def call_information(self, call_id: str) -> dict[str, Any]: ...
    def disconnect(self, call_id: str) -> dict[str, Any]: ...
    def close(self) -> None: ...


def main(make_client: Callable[[Options], PhoneClient]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--auth", choices=["none", "basic", "ntlm"], default="none")
    parser.add_argument("--proxy")
    parser.add_argument("--ca")
    parser.add_argument("--connections", type=int, default=1)
    arguments = parser.parse_args()
    options = Options(arguments.url, arguments.auth, arguments.proxy, arguments.ca)
    with ThreadPoolExecutor(arguments.connections) as pool:
        for answers in pool.map(lambda number: list(_play(make_client(options), number)), range(arguments.connections)):
            for answer in answers:
                print(json.dumps(answer))


def _play(client: PhoneClient, number: int) -> Iterator[dict[str, Any]]:
    dial_string = f"+1 555 {110 + number % _NUMBERS:04}"

    def report(operation: str, answer: dict[str, Any]) -> dict[str, Any]:
        return {"connection": number, "operation": operation, **answer}

    try:
        for answer in client.before():
            yield report(answer.pop("operation"), answer)
        played = client.play_on_phone(dial_string)
        yield report("PlayOnPhone", played)
        call_id = played["PhoneCallId"]
        for _ in range(_POLLS):
            yield report("GetPhoneCallInformation", client.call_information(call_id))
        yield report("DisconnectPhoneCall", client.disconnect(call_id))
        yield report("GetPhoneCallInformation", client.call_information(call_id))
    finally:
        client.close()
