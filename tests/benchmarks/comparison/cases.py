"""What is measured: the cases, in one table.

A case names its corpora and contenders; all pairs of them take turns in it. `kind` says how, see `measuring.py`.
"""

from dataclasses import dataclass
from enum import StrEnum

from comparison.exchanges import Corpus, Items, PhoneCall

PEERS = ("server-replay", "wiremock", "wiremock-xml", "mountebank", "talkback", "proxay", "mockserver", "vcrpy")
OWN = ("ewstape", "ewstape-https", "ewstape-addon")
PROXIES = ("ewstape-https", "ewstape-forward", "ewstape-addon", "mitmdump", "mitmdump-forward", "server-replay")
STARTERS = (*OWN, "mitmdump", *PEERS, "uvicorn")
ONE, TEN, THOUSAND, TEN_THOUSAND, HUNDRED_THOUSAND = (Items(10**power) for power in (0, 1, 3, 4, 5))
MEGABYTE = Items(1, text=1_000_000)
CALL, REDACTED_CALL = PhoneCall(50), PhoneCall(50, redacted=True)


class Kind(StrEnum):
    """How a case is measured."""

    LOAD = "load"
    """wrk posts for some seconds."""
    START = "start"
    """The process is started until it has answered."""
    CLIENT = "client"
    """requests and urllib3 post one after the other."""
    COMMAND = "command"
    """Our commands read a whole cassette."""
    FIRST = "first"
    """In one process: open a cassette and answer one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question."""

    name: str
    title: str
    kind: Kind = Kind.LOAD
    corpora: tuple[Corpus, ...]
    contenders: tuple[str, ...] = ()
    connections: tuple[int, ...] = (1,)
    fresh: bool = False
    """No two requests have the same bytes."""
    missing: bool = False
    """What is asked for is not on tape."""
    https: bool = False
    """The same contenders are visited by https."""


CASES = (
    Case(
        name="start", title="Start of the process to the first answer, by interactions on tape", kind=Kind.START,
        corpora=(TEN, THOUSAND, TEN_THOUSAND), contenders=STARTERS,
    ),
    Case(
        name="start-big", title="The same with a big cassette", kind=Kind.START,
        corpora=(HUNDRED_THOUSAND,), contenders=("ewstape", "uvicorn"),
    ),
    Case(
        name="first", title="In one process: open a cassette without any cache and answer one request", kind=Kind.FIRST,
        corpora=(TEN_THOUSAND,), contenders=("ewstape", "vcrpy"),
    ),
    Case(
        name="one", title="One interaction, asked for again and again", corpora=(ONE,), connections=(1, 8, 32),
        contenders=(*OWN, "mitmdump", *PEERS, "uvicorn", "nginx"),
    ),
    Case(
        name="thousand", title="1,000 interactions in turn", corpora=(THOUSAND,), connections=(1, 8, 32),
        contenders=(*OWN, "mitmdump", *PEERS, "uvicorn"),
    ),
    Case(
        name="fresh", title="Requests never repeated, by interactions on tape", fresh=True, connections=(1, 8),
        corpora=(TEN, THOUSAND, HUNDRED_THOUSAND),
        contenders=("ewstape", "ewstape-https", "wiremock-xml-ids", "mitmdump", "uvicorn"),
    ),
    Case(
        name="call", title="A call: PlayOnPhone, 50 polls, DisconnectPhoneCall", corpora=(CALL, REDACTED_CALL),
        contenders=OWN,
    ),
    Case(
        name="megabyte", title="Answers of 1 MB", corpora=(MEGABYTE,), connections=(1, 8),
        contenders=(*OWN, "mitmdump", *PEERS, "uvicorn", "nginx"),
    ),
    Case(
        name="miss", title="Requests that have no answer, 1,000 interactions on tape", corpora=(THOUSAND,),
        contenders=(*OWN, *(name for name in PEERS if name != "vcrpy")), missing=True,
    ),
    Case(
        name="https", title="https, 1,000 interactions in turn", corpora=(THOUSAND,), connections=(1, 8), https=True,
        contenders=("ewstape-https", "ewstape-addon", "mitmdump", "server-replay", "uvicorn"),
    ),
    Case(
        name="clients", title="A post by a Python client on a kept connection", kind=Kind.CLIENT, corpora=(THOUSAND,),
        contenders=("ewstape", *PROXIES, "addon-records", "ewstape-record"),
    ),
    Case(
        name="record", title="Recording, requests never repeated", corpora=(THOUSAND,), fresh=True, connections=(1, 8),
        contenders=("pass-through", "mitmdump-w", "addon-records", "ewstape-record"),
    ),
    Case(name="commands", title="Our commands on a whole cassette", kind=Kind.COMMAND, corpora=(TEN_THOUSAND,)),
)  # fmt: skip
