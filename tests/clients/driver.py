"""What the client scripts beside this file share: their command line, the steps of a call, and how they report.

Each script plays the same call with another real client: PlayOnPhone, three polls, DisconnectPhoneCall, one more poll.
It prints one JSON line for each answer, and one for each error that the client raised, call by call, so the output of
two runs can be compared as text.

    python CLIENT.py URL [--auth none|basic|ntlm] [--proxy URL] [--ca FILE] [--connections N] [VARIANT]
    python CLIENT.py URL ... VARIANT --next VARIANT --next VARIANT

A variant differs from that call in number, item, polls, order and so on; after `--next` comes another, in the same
process, and an empty line between what they print.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from typing import Any, Protocol
from urllib.parse import urljoin
from urllib.request import ProxyHandler, Request, build_opener

USER, PASSWORD = "alex", "secret"
VOICE_MAIL = "AAgAMzQzOTcwYTktZDdjYS00MTdmLTk5MDktNzkwYTk3ZDM0NDdjAEbg+K0H2DvZkHwF4W12/RhP5psGqBMfVAV4COSmcxysrw=="
"""The id of the newest voice mail in a sandbox with seed 0."""
CHANGE_KEY = "FgAAAPUlgRtoCMDX1G0dqeW4SbBupQ=="
WRONG_CALL = "bm8gc3VjaCBjYWxsQGV4YW1wbGUuY29t"

_NUMBERS = 90  # from +1 555 0110 on, all of which answer; connections beyond them share


@dataclass(frozen=True)
class Item:
    """What is played; the names are those that exchangelib's own messages have."""

    id: str = VOICE_MAIL
    changekey: str = CHANGE_KEY


@dataclass(frozen=True)
class Options:
    """The command line, as far as it says how to reach the server, and in what spelling."""

    url: str
    auth: str
    proxy: str | None
    ca: str | None
    soap: str = "soap"
    """For clients that send requests from files: the folder with them."""


class PhoneClient(Protocol):
    """What a script gives for one connection. Answers are mappings with a ResponseCode and what else was said."""

    def before(self) -> Iterator[dict[str, Any]]: ...
    def play_on_phone(self, item: Item, dial_string: str) -> dict[str, Any]: ...
    def call_information(self, call_id: str) -> dict[str, Any]: ...
    def disconnect(self, call_id: str) -> dict[str, Any]: ...
    def close(self) -> None: ...


type Make = Callable[[Options], PhoneClient]


def main(make_client: Make) -> None:
    options, variants = parse(sys.argv[1:])
    for number, variant in enumerate(variants):
        if number:
            print()
        for answer in _run(partial(make_client, replace(options, soap=variant.soap)), options.url, variant):
            print(json.dumps(answer), flush=True)


def parse(arguments: list[str]) -> tuple[Options, list[argparse.Namespace]]:
    parts: list[list[str]] = [[]]
    for argument in arguments:
        parts.append([]) if argument == "--next" else parts[-1].append(argument)
    reaching = argparse.ArgumentParser(usage=__doc__)
    reaching.add_argument("url")
    reaching.add_argument("--auth", choices=["none", "basic", "ntlm"], default="none")
    reaching.add_argument("--proxy")
    reaching.add_argument("--ca")
    reached, first = reaching.parse_known_args(parts[0])
    varying = argparse.ArgumentParser(prog="VARIANT")
    varying.add_argument("--connections", type=int, default=1, help="so many calls, each on a connection, all at once")
    varying.add_argument("--interleave", default="", help="calls A, B, ... whose steps take turns in this order")
    varying.add_argument("--runs", type=int, default=1, help="all of it so many times, one after another")
    varying.add_argument("--item", nargs=2, help="another item, not looked for: id and change key")
    varying.add_argument("--dial", action="append", default=[], help="another number; the second is that of call B")
    varying.add_argument("--polls", type=int, default=3)
    varying.add_argument("--wrong-id", action="store_true", help="hang up a call that never was, before the right one")
    varying.add_argument("--disconnect-twice", action="store_true")
    varying.add_argument("--rewind", action="store_true", help="begin with a rewind of the tape, if it is one")
    varying.add_argument("--soap", default="soap", help="the folder of another spelling, for clients that have one")
    return Options(**vars(reached)), [varying.parse_args(part) for part in (first, *parts[1:])]


def _run(make: Callable[[], PhoneClient], url: str, variant: argparse.Namespace) -> Iterator[dict[str, Any]]:
    if variant.rewind:
        build_opener(ProxyHandler({})).open(
            Request(urljoin(url, "/.ewstape/rewind"), method="POST"), timeout=20
        ).close()
    for _ in range(variant.runs):
        if variant.interleave:
            yield from _interleaved(make, variant)
            continue
        with ThreadPoolExecutor(variant.connections) as pool:
            for answers in pool.map(lambda number: list(_play(make(), number, variant)), range(variant.connections)):
                yield from answers


def _interleaved(make: Callable[[], PhoneClient], variant: argparse.Namespace) -> Iterator[dict[str, Any]]:
    calls = {letter: _play(make(), number, variant) for number, letter in enumerate(sorted(set(variant.interleave)))}
    said: dict[str, list[dict[str, Any]]] = {letter: [] for letter in calls}
    for letter in cycle(variant.interleave):
        if not calls:
            break
        if letter in calls and (answer := next(calls[letter], None)) is not None:
            said[letter].append(answer)
        else:
            calls.pop(letter, None)
    for answers in said.values():
        yield from answers


def _play(client: PhoneClient, number: int, variant: argparse.Namespace) -> Iterator[dict[str, Any]]:
    dial_string = variant.dial[number] if number < len(variant.dial) else f"+1 555 {110 + number % _NUMBERS:04}"

    def ask(operation: str, *arguments: Any) -> dict[str, Any]:
        said = {"connection": number, "operation": operation}
        try:
            return {
                **said,
                **{
                    "PlayOnPhone": client.play_on_phone,
                    "GetPhoneCallInformation": client.call_information,
                    "DisconnectPhoneCall": client.disconnect,
                }[operation](*arguments),
            }
        except Exception as error:  # noqa: BLE001  whatever a library raises is what is reported
            return {**said, "raised": type(error).__name__, "reason": str(error)}

    try:
        for answer in () if variant.item else client.before():
            yield {"connection": number, **answer}
        played = ask("PlayOnPhone", Item(*variant.item or ()), dial_string)
        yield played
        if not (call_id := played.get("PhoneCallId")):
            return
        for _ in range(variant.polls):
            yield ask("GetPhoneCallInformation", call_id)
        if variant.wrong_id:
            yield ask("DisconnectPhoneCall", WRONG_CALL)
        yield ask("DisconnectPhoneCall", call_id)
        if variant.disconnect_twice:
            yield ask("DisconnectPhoneCall", call_id)
        yield ask("GetPhoneCallInformation", call_id)
    finally:
        client.close()
