"""Big cassettes: the first answer cold and warm, memory, and the cost of a request at different sizes.

Run it with the number of interactions, largest last: `python tests/benchmarks/big_cassette.py 10 1000 100000`. Writes
cassettes of phone calls with polls and of mailbox reads and writes, in a folder of its own, and prints a table. Every
measurement is a process of its own. Bodies of responses are as long as `--size` says (bytes; 8,000 give 1 GB for
100,000 interactions).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

from ewstape.cassette import Header, dump, dump_header
from ewstape.config import Config
from ewstape.interaction import Interaction, Operation, Request, Response
from ewstape.player import open_tape
from ewstape.replay import Answer

URL = "https://mail.example.com/EWS/Exchange.asmx"
XML = (("Content-Type", "text/xml; charset=utf-8"),)
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">'
    '<s:Header><t:RequestServerVersion Version="Exchange2013"/></s:Header><s:Body>{}</s:Body></s:Envelope>'
)
ASKED = {
    "PlayOnPhone": '<m:PlayOnPhone><m:ItemId Id="{item}"/><m:DialString>+1555010{few}</m:DialString></m:PlayOnPhone>',
    "GetPhoneCallInformation": '<m:GetPhoneCallInformation><m:PhoneCallId Id="{call}"/></m:GetPhoneCallInformation>',
    "DisconnectPhoneCall": '<m:DisconnectPhoneCall><m:PhoneCallId Id="{call}"/></m:DisconnectPhoneCall>',
    "GetItem": "<m:GetItem><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>"
    '<m:ItemIds><t:ItemId Id="{item}"/></m:ItemIds></m:GetItem>',
    "CreateItem": "<m:CreateItem><m:Items><t:Message><t:Subject>Note {number}</t:Subject></t:Message></m:Items>"
    "</m:CreateItem>",
}
ANSWERED = {
    "PlayOnPhone": '<m:PhoneCallId Id="{call}"/>',
    "GetPhoneCallInformation": "<m:PhoneCallInformation><t:PhoneCallState>{state}</t:PhoneCallState>"
    "</m:PhoneCallInformation>",
    "DisconnectPhoneCall": "",
    "GetItem": '<m:Items><t:Message><t:ItemId Id="{item}" ChangeKey="CQAA{few}"/>{filling}</t:Message></m:Items>',
    "CreateItem": '<m:Items><t:Message><t:ItemId Id="{item}" ChangeKey="CQAA{few}"/></t:Message></m:Items>',
}
CALL = ("PlayOnPhone", *["GetPhoneCallInformation"] * 4, "DisconnectPhoneCall", "GetPhoneCallInformation")
STATES = ("", "Connecting", "Alerted", "Connected", "Connected", "", "Disconnected")


def interactions(count: int, size: int) -> Iterator[Interaction]:
    """Of ten, seven belong to a call, two read an item each, and one writes."""
    for number in range(count):
        group, step = divmod(number, 10)
        name = CALL[step] if step < len(CALL) else "GetItem" if step < 9 else "CreateItem"
        values = {
            "number": number,
            "few": number % 90 + 10,
            "call": b64encode(f"call {group:09d} um.example.com".encode()).decode(),
            "item": b64encode(f"item {number:060d}".encode()).decode(),
            "state": STATES[step] if step < len(STATES) else "",
            "filling": f"<t:Subject>Message {number}</t:Subject><t:Body>{_lines(5 * size)}</t:Body>",
        }
        answer = f"<m:{name}Response><m:ResponseCode>NoError</m:ResponseCode>{ANSWERED[name]}</m:{name}Response>"
        yield Interaction(
            number=number + 1,
            operation=Operation(name),
            at=number / 10,
            took=0.05,
            request=Request(method="POST", url=URL, headers=XML, body=_envelope(ASKED[name], values)),
            response=Response(status=200, headers=XML, body=_envelope(answer, values)),
        )


def _lines(size: int) -> str:
    return "\n".join(["Nothing in this line is of any interest to anybody."] * (size // 52))


def _envelope(body: str, values: dict[str, object]) -> bytes:
    return ENVELOPE.format(body.format(**values)).encode()


def write(path: Path, count: int, size: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(dump_header(Header(recorded="2024-05-06T07:08:09Z", upstream="https://mail.example.com")))
        for interaction in interactions(count, size):
            file.write(dump(interaction))


def resident() -> float:
    """MiB of this process, at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(path: Path, cache: str, count: int) -> dict[str, float]:
    """Of one start, in this process: everything has been imported."""
    asked = [one for one in interactions(min(count, 10), 0) if one.operation.name in {"GetItem", "CreateItem"}]
    reads = [one for one in asked if one.operation.name == "GetItem"] or asked
    empty, started, used = resident(), time.perf_counter(), time.process_time()
    tape = open_tape(Config(cassette=str(path), index_cache=cache))
    opened = time.perf_counter() - started
    found = [tape.answer(one.request, one.operation) for one in reads]
    first = time.perf_counter() - started
    assert all(isinstance(one, Answer) for one in found)
    used = time.process_time() - used
    figures = {
        "opened_s": opened,
        "first_answer_s": first,
        "cpu_s": used,
        "mib": resident(),
        "mib_grown": resident() - empty,
    }
    figures["repeated_us"] = _each(tape, reads * (2000 // len(reads)))
    others = [one for one in interactions(count, 0) if one.operation.name == "GetItem"][:: max(count // 10_000, 1)]
    figures["first_time_us"] = _each(tape, others)
    figures["mib_then"] = resident()
    return figures


def _each(tape: object, asked: list[Interaction]) -> float:
    started = time.process_time()
    for one in asked:
        tape.answer(one.request, one.operation)  # type: ignore[attr-defined]
    return (time.process_time() - started) / len(asked) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="+")
    parser.add_argument("--size", type=int, default=1000, help="bytes of a response, on average")
    parser.add_argument("--folder", type=Path, help="where the cassettes are written, and found again")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        path, cache = arguments.one
        print(json.dumps(measure(Path(path), cache, arguments.counts[0])))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        for count in arguments.counts:
            path = folder / f"{count}-{arguments.size}.yaml"
            if not path.exists():
                write(path, count, arguments.size)
            print(f"{count} interactions, {path.stat().st_size / 2**20:.1f} MiB", flush=True)
            cache = Path(temporary) / f"cache-{count}"
            for label, where in (
                ("no cache", "none"),
                ("cold", str(cache)),
                ("warm", str(cache)),
                ("warm", str(cache)),
            ):
                command = [sys.executable, __file__, str(count), "--one", str(path), where]
                shown = json.loads(subprocess.run(command, check=True, capture_output=True, env=os.environ).stdout)
                print(f"  {label:9}", "  ".join(f"{name} {value:.4g}" for name, value in shown.items()), flush=True)
            kept = sum(file.stat().st_size for file in cache.glob("*")) if cache.is_dir() else 0
            print(f"  index     {kept / 2**20:.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
