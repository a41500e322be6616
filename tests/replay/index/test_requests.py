"""Requests are read by what was learned of those before them, and as strictly as in full."""

import hashlib

import pytest

from ewstape.cassette import dump
from ewstape.cassette.quick import halves, read_asked
from ewstape.interaction import Headers, Interaction, Operation, Request
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.replay.index import requests as module
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.requests import Asked, Requests

LINE = b"---\noperation: GetItem"
XML = (("Content-Type", "text/xml; charset=utf-8"),)
MAKE = Pseudonyms(Key(hashlib.sha256(b"key").digest())).of
ID, TEXT = MAKE("an id of somebody", Kind.ID), MAKE("a subject", Kind.TEXT)
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:t"><s:Header>'
    "<t:Trace>{trace}</t:Trace></s:Header><s:Body>%s</s:Body></s:Envelope>"
)
GET = '<t:GetItem><t:ItemId Id="{id}"/><t:Shape>Default</t:Shape></t:GetItem>'
CREATE = "<t:CreateItem><t:Subject>{text}</t:Subject><t:ItemId Id='{id}'/></t:CreateItem>"
FIND = '<t:FindItem><t:CalendarView StartDate="{date}" EndDate="2026-01-01"/></t:FindItem>'


def half_of(number: int, payload: str = GET, headers: Headers = XML, auth: str = "", **values: str) -> bytes:
    defaults = {
        "id": f"id{number}",
        "text": f"text {number}",
        "date": f"2026-01-0{number}",
        "trace": f"{number}-{number}",
    }
    body = (ENVELOPE % payload).format(**{**defaults, **values}).encode()
    request = Request(method="POST", url="https://mail.example.com/", headers=headers, body=body)
    made = Interaction(number=number, operation=Operation("GetItem"), at=number / 4, auth=auth, request=request)
    found = halves(dump(made).encode())
    assert found is not None
    return found[0]


@pytest.fixture
def in_full(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The halves that were read in full."""
    found: list[bytes] = []
    monkeypatch.setattr(module, "read_asked", lambda half: found.append(half) or read_asked(half))
    return found


def learned(digests: Digests, payload: str, **values: str) -> Requests:
    requests = Requests(digests, frozenset())
    for number in range(1, 7):
        assert requests.read(LINE, half_of(number, payload, **values)) is not None
    return requests


def fully(half: bytes, digests: Digests) -> Asked:
    """The request as it is read where nothing was learned."""
    interaction = read_asked(half)
    assert interaction is not None
    return Requests(digests, frozenset()).of(interaction)


@pytest.mark.parametrize(
    ("payload", "values"),
    [
        (GET, {}),
        (GET, {"trace": "another"}),
        (GET, {"id": ID}),
        (CREATE, {}),
        (CREATE, {"text": 'it\'s "another"'}),
        (FIND, {}),
    ],
)
def test_one_that_is_like_others_is_not_read_in_full(
    payload: str, values: dict[str, str], in_full: list[bytes]
) -> None:
    digests = Digests()
    requests = learned(digests, payload)
    in_full.clear()
    for number in (7, 8, 9):
        half = half_of(number, payload, **values)
        assert requests.read(LINE, half) == fully(half, digests)
    assert in_full == []


@pytest.mark.parametrize(
    ("payload", "half"),
    [
        (GET, half_of(7, GET, id="a &amp; b")),
        (GET, half_of(7, GET, id="\xe9")),
        (GET, half_of(7, GET, id="")),
        (GET, half_of(7, GET.replace("Default", "IdOnly"))),
        (GET, half_of(7, GET, auth="NTLM")),
        (GET, half_of(7, GET, headers=(("Content-Type", "text/xml; charset=utf-16"),))),
        (GET, half_of(7, GET, trace=TEXT)),
        (CREATE, half_of(7, CREATE, text=TEXT)),
        (CREATE, half_of(7, CREATE, text=" blank")),
        (CREATE, half_of(7, CREATE, text="a<b/>c")),
        (FIND, half_of(7, FIND, date="soon")),
        (FIND, half_of(7, FIND, date=TEXT)),
        (FIND, half_of(7, FIND, date="")),
    ],
)
def test_one_that_is_not_means_what_it_does_in_full(payload: str, half: bytes) -> None:
    digests, others = Digests(), Digests()
    assert learned(digests, payload).read(LINE, half) == fully(half, others)
    assert digests.slots == others.slots


def test_places_that_are_redacted_late_are_identifiers_from_then_on(in_full: list[bytes]) -> None:
    digests = Digests()
    requests = learned(digests, CREATE)
    assert digests.slots == frozenset()
    requests.read(LINE, half_of(7, CREATE, text=TEXT))
    assert {slot[1] for slot in digests.slots} == {"{urn:t}Subject"}
    for number in (7, 8, 9):
        requests.read(LINE, half_of(number, CREATE))
    in_full.clear()
    found = requests.read(LINE, half_of(5, CREATE, text=TEXT))
    assert found is not None
    assert (found.meaning.values, found.suspect, in_full) == ((TEXT, "id5"), True, [])


@pytest.mark.parametrize(
    ("payload", "headers"),
    [
        (GET, (("Content-Type", "text/xml; charset=utf-7"),)),
        (GET.replace("Default", "&#65;"), XML),
        (GET.replace("Default", "<![CDATA[a]]>"), XML),
        (GET.replace("Default", "\xe9"), XML),
    ],
    ids=["another charset", "an entity", "CDATA", "not ASCII"],
)
def test_of_what_templates_cannot_tell_of_nothing_is_learned(
    payload: str, headers: Headers, in_full: list[bytes]
) -> None:
    requests = Requests(Digests(), frozenset())
    halves = [half_of(number, payload, headers) for number in range(1, 7)]
    for half in halves:
        assert requests.read(LINE, half) == fully(half, Digests())
    assert set(halves) <= set(in_full)


def test_one_that_is_none_of_ours_is_not_read() -> None:
    assert Requests(Digests(), frozenset()).read(LINE, half_of(1).replace(b"at: 0", b"at: x")) is None
    assert learned(Digests(), GET).read(LINE, half_of(7).replace(b"number: 7", b"number: 07")) is None
