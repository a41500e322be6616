"""What redaction costs, in units of parsing: a FindItem answer of 1 MB and the message of a call.

    python tests/benchmarks/redaction.py [--rounds 15] [--profile CASE]

A ratio is the median over the rounds of redacting divided by parsing the same bytes with lxml a moment before, in CPU
time. The cases:

    known values    the same items in another order: all values have been replaced before, as for a client that polls
    new items       other items of the same 60 people: ids, subjects and dates new, names and addresses known
    new values      nothing has been seen before: every id, subject, name and address is new
    call message    the DisconnectPhoneCall request of MS-OXWUMS 4.2, each time of another call
"""

import argparse
import base64
import cProfile
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ewstape.interaction import Operation, Request, Response
from ewstape.redaction import Redactor, rules_in_force
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.wire.safexml import parse

SAMPLE = Path(__file__).parents[1] / "wire_samples" / "seed-disconnect-phone-call.request.xml"
FIND_ITEM = Operation("FindItem")
SIZE = 1_000_000
URL = "https://mail.example.com/EWS/Exchange.asmx"
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    '<h:ServerVersionInfo MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="16" '
    'Version="V2017_07_11" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body>'
    '<m:FindItemResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><m:ResponseMessages>'
    '<m:FindItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
    '<m:RootFolder IndexedPagingOffset="650" TotalItemsInView="48211" IncludesLastItemInRange="false"><t:Items>'
)
TAIL = (
    "</t:Items></m:RootFolder></m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse></s:Body>"
    "</s:Envelope>"
)
MAILBOX = (
    "<t:Mailbox><t:Name>{}</t:Name><t:EmailAddress>{}</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType>"
    "<t:MailboxType>Mailbox</t:MailboxType></t:Mailbox>"
)
ITEM = (
    '<t:Message><t:ItemId Id="{id}" ChangeKey="{key}"/><t:ParentFolderId Id="{folder}" ChangeKey="AQAAAA=="/>'
    "<t:ItemClass>{kind}</t:ItemClass><t:Subject>{subject}</t:Subject><t:Sensitivity>Normal</t:Sensitivity>"
    "<t:DateTimeReceived>{received}</t:DateTimeReceived><t:Size>{size}</t:Size><t:Importance>Normal</t:Importance>"
    "<t:IsSubmitted>false</t:IsSubmitted><t:IsDraft>false</t:IsDraft><t:IsFromMe>false</t:IsFromMe>"
    "<t:DateTimeSent>{sent}</t:DateTimeSent><t:DateTimeCreated>{received}</t:DateTimeCreated>"
    "<t:DisplayCc/><t:DisplayTo>{to}</t:DisplayTo><t:HasAttachments>{attached}</t:HasAttachments>"
    '<t:Culture>en-US</t:Culture><t:ConversationId Id="{conversation}"/>'
    "<t:Sender>{sender}</t:Sender><t:From>{sender}</t:From><t:IsRead>true</t:IsRead></t:Message>"
)
FIRST = ("Alice", "Bob", "Carol", "Dan", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Olivia", "Rupert", "Sybil")
WORDS = (
    *("budget", "meeting", "review", "call back", "missed", "voice mail from", "plan", "draft", "contract", "figures"),
    *("lunch", "Friday", "Re:", "Fw:", "release", "notes &amp; travel", "invoice 4711", "order", "update", "approval"),
)

type Person = tuple[str, str]


def people(chance: random.Random, count: int) -> list[Person]:
    found = []
    for _ in range(count):
        first, last = chance.choice(FIRST), f"Family{chance.randrange(10**8)}"
        found.append((f"{first} {last}", f"{first}.{last}@contoso.example".lower()))
    return found


def identifier(chance: random.Random, size: int, start: bytes = b"") -> str:
    return base64.b64encode(start + chance.randbytes(size - len(start))).decode()


def instant(chance: random.Random) -> str:
    day, hour, minute = chance.randint(1, 28), chance.randrange(24), chance.randrange(60)
    return f"2026-{chance.randint(1, 12):02}-{day:02}T{hour:02}:{minute:02}:07Z"


def items_of(seed: int, known: list[Person]) -> list[str]:
    """As many as fill the answer; each is of two of the known people or, if there are none, of two of its own."""
    chance = random.Random(seed)
    folder = identifier(chance, 90)
    items, size = [], 0
    while size < SIZE:
        sender, to = chance.sample(known, 2) if known else people(chance, 2)
        item = ITEM.format(
            id=identifier(chance, 114, b"\0\2\0\x36"),
            key=identifier(chance, 30, b"\x09\0\0\0\x16\0\0\0"),
            folder=folder,
            kind=chance.choice(("IPM.Note", "IPM.Note", "IPM.Note.Microsoft.Voicemail.UM.CA")),
            subject=" ".join(chance.choices(WORDS, k=chance.randint(2, 9))) + f" {chance.randrange(10**6)}",
            received=instant(chance),
            sent=instant(chance),
            size=chance.randint(900, 90_000),
            to=to[0],
            attached=chance.choice(("true", "false")),
            conversation=identifier(chance, 46),
            sender=MAILBOX.format(*sender),
        )
        items.append(item)
        size += len(item)
    return items


def answer(items: list[str]) -> bytes:
    """A page of a mailbox."""
    return "".join((HEAD, *items, TAIL)).encode()


def calls() -> Iterator[bytes]:
    """The end of a call, each time of another."""
    text, chance = SAMPLE.read_bytes(), random.Random(1)
    while True:
        yield text.replace(b"OWVl4NWb3N29t", identifier(chance, 66).encode())


def cases() -> dict[str, Callable[[], tuple[Redactor, bytes]]]:
    """For each case a redactor and a body, made anew for every round and not counted."""
    chance = random.Random(7)
    staff = people(chance, 60)
    rules = rules_in_force()
    again = Redactor(rules, Pseudonyms(Key.fresh()))
    page = items_of(1, staff)
    numbers = iter(range(2, 10**6))
    call, caller = calls(), Redactor(rules, Pseudonyms(Key.fresh()))
    redact(again, answer(page))

    def new(known: list[Person]) -> tuple[Redactor, bytes]:
        one = Redactor(rules, Pseudonyms(Key.fresh()))
        redact(one, answer(items_of(next(numbers), known)))  # so that people and folders are known, if any
        return one, answer(items_of(next(numbers), known))

    return {
        "known values": lambda: (again, answer(chance.sample(page, len(page)))),
        "new items": lambda: new(staff),
        "new values": lambda: new([]),
        "call message": lambda: (caller, next(call)),
    }


def redact(redactor: Redactor, body: bytes) -> None:
    if len(body) > SIZE:
        redactor.response(Response(status=200, body=body), FIND_ITEM)
    else:
        redactor.request(Request(method="POST", url=URL, body=body))


def timed(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", metavar="CASE", help="where the time of one case goes")
    options = parser.parse_args()
    made = cases()
    if options.profile:
        profile = cProfile.Profile()
        for _ in range(options.rounds):
            redactor, body = made[options.profile]()
            profile.runcall(redact, redactor, body)
        profile.print_stats("tottime")
        return
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in made}
    for _ in range(options.rounds):
        for name, prepare in made.items():
            redactor, body = prepare()
            parsing = timed(lambda body=body: parse(body))
            found[name].append((timed(lambda one=redactor, body=body: redact(one, body)), parsing))
    print("| case | redacting, ms | parsing, ms | ratio | of the slowest round |\n|---|---|---|---|---|")
    for name, times in found.items():
        took, parsing = (statistics.median(column) * 1e3 for column in zip(*times, strict=True))
        ratios = [one / other for one, other in times]
        print(f"| {name} | {took:.3f} | {parsing:.3f} | {statistics.median(ratios):.2f} | {max(ratios):.2f} |")


if __name__ == "__main__":
    main()
