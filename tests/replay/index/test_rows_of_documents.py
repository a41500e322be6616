"""Rows that are made of documents are those of the interactions in them, whatever the documents hold."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ewstape.cassette import Cassette
from ewstape.cassette.quick import read_document
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.replay.index import Contents, requests, responses, rows
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.rows import Rows
from ewstape.replay.kept import Kept

MAKE = Pseudonyms(Key(hashlib.sha256(b"key").digest())).of
MADE = [MAKE(f"a value {kind}", kind) for kind in (Kind.ID, Kind.TEXT, Kind.SMTP_ADDRESS, Kind.PHONE_NUMBER)]
HEADER = "ewstape: 1\n...\n"
DOCUMENT = """---
operation: {operation}
number: {number}
at: {at}
took: {took}
{more}request:
{asked}{answered}...
"""
VIEW = """  fields:
    subject: {field}
    ids:
      - item_id:
          id: {field}
      - {field}
  notes:
    - {field}
"""
HEADERS = """  headers:
    Content-Type: {type}
    X-Id: {header}
    X-Twice:
      - {header}
      - b
{keys}"""
ASKED = VIEW + "  http: POST https://mail.example.com/EWS/Exchange.asmx\n" + HEADERS
ANSWERED = "response:\n" + VIEW + "  status: 200\n" + HEADERS
BODIES = (
    "  layout: {layout}\n  body: {block}\n    {body}\n",
    "  body: {plain}\n    {body}\n",
)
JOINTS = ("\n      ", "")
"""What stands between tags in these."""
ENVELOPE = (
    '<?xml version="1.0" encoding="{encoding}"?>{joint}'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="{space}"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">{joint}'
    "<s:Header>{joint}<t:MailboxCulture>{text}</t:MailboxCulture>{joint}"
    '<t:ServerVersionInfo Version="{text}"/>{joint}</s:Header>{joint}'
    "<s:Body>{joint}%s{joint}</s:Body>{joint}</s:Envelope>"
)
QUESTIONS = {
    "GetPhoneCallInformation": '<m:GetPhoneCallInformation><m:PhoneCallId Id="{text}"/></m:GetPhoneCallInformation>',
    "DisconnectPhoneCall": "<m:DisconnectPhoneCall><m:PhoneCallId Id='{text}'/></m:DisconnectPhoneCall>",
    "PlayOnPhone": '<m:PlayOnPhone><m:ItemId Id="{text}"/>{joint}<m:DialString>{text}</m:DialString></m:PlayOnPhone>',
    "CreateItem": "<m:CreateItem><t:Message><t:Subject>{text}</t:Subject>{joint}"
    '<t:Body>{text}</t:Body><t:ItemId Id="{text}"/></t:Message></m:CreateItem>',
    "FindItem": '<m:FindItem><t:CalendarView StartDate="{text}" EndDate="2026-01-01"/>{joint}'
    '<t:FieldURIOrConstant><t:Constant Value="{text}"/></t:FieldURIOrConstant></m:FindItem>',
    "Unheard": "<m:Unheard>{text}</m:Unheard>",
}
ANSWER = (
    "<m:Answer><m:ResponseCode>{text}</m:ResponseCode>{joint}<t:PhoneCallState>{text}</t:PhoneCallState>{joint}"
    '<m:PhoneCallId Id="{text}"/>{joint}<t:ItemId ChangeKey="{text}" Id=\'{text}\'/>{joint}'
    "<t:EmailAddress>{text}</t:EmailAddress>{joint}<t:Body>{text}</t:Body></m:Answer>"
)
FIXED = {"took": "0.5", "more": "", "type": "text/xml; charset=utf-8", "keys": "", "layout": "indented", "block": "|"}
FIXED |= {"plain": "|-", "encoding": "utf-8", "space": "http://schemas.microsoft.com/exchange/services/2006/types"}
ORDINARY = {
    "field": ["a", '"1"', "Default", "ZXdz", '"Gr\\"uesse \xfc"', "c d"],
    "header": ["abc", '"17"', "Mon, 23 Nov 2026 15:02:48 GMT"],
    "text": ["a", "b1", "NoError", "Connected", "Disconnected", "+1 555 0100", "2026-01-01", "x@example.com"],
}
AWKWARD = {
    "field": [
        *(
            "a: b",
            "a #c",
            "#",
            "'x'",
            "[]",
            "{}",
            '"\\x41"',
            '"\\z"',
            '"a',
            "null",
            "\xfc",
            "a\n    b: c",
            "a:",
            " a",
            "",
        ),
        *("&a", "- a", "? a", '"\u2028"', '"\ufffe"', "|", "a\n      - b", '"\\uD800"', '"\x00"', '"\t"'),
    ],
    "header": [
        *(
            "a: b",
            '"\\xe9"',
            '"\\u20ac"',
            "\xe9",
            '"\xe9"',
            "a #",
            "",
            "a\n    Content-Type: text/plain",
            '"\\n"',
            "{}",
        ),
        *("a\n    X-Id: c", "- a", '"\\x7F"'),
    ],
    "text": [
        *(
            "",
            " ",
            "a ",
            " a",
            "&amp;",
            "&#65;",
            "&bad;",
            "&",
            "<b/>",
            "<b>c</b>",
            "a<!-- c -->",
            "<![CDATA[x]]>",
            "]]>",
        ),
        *('"', "'", ">", "<", "\xfc", "\u2028", "\ufeff", "\x85", "\x7f", "\t", "a\tb", "a\n    b", "a\n    \n    b"),
        *("a\n\n    b", "a\nb", "a\n   b", "a\n    ", "\n    a", "a\\b", "\0", "a\n\n", "State>Disconnected<a", "\r"),
        *("ErrorInvalidPhoneCallId", "InvalidCallId", "<t:ItemId Id='x'/>", "...", "a\n...", "a\nresponse:\nb", "?>"),
        *("a\n---\nb", "\xa0", "a\xa0", "\u3000x", "\ufffe", "\U0001f4de", 'a="b" c', "x y='z'", "+999", "--", "%b\0t"),
        *("2026-13-45T00:00:00Z", "1", *MADE, f"to {MADE[1]}!", f"{MADE[3]} and {MADE[2]}"),
    ],
    "number": ["0", "007", "1" * 15, "1" * 16, "x", "-1", "1.5", '"1"', "1 # a", "99999999999"],
    "at": ["1", "00.5", "1e3", "-1", ".5", "1.", "1234567890123", "0.0000000001", "x", "999999999999"],
    "took": ["1", "x", "1_0"],
    "more": ["auth: NTLM\n", "auth: Basic\n", 'error: "a"\n', "error: a\n", "x: y\n", "# c\n", "at: 3\n"],
    "type": ["text/xml", "text/xml; charset=utf-16", "text/plain", "text/xml; charset=iso-8859-1", '"text/xml"'],
    "keys": ["  charset: utf-16-le\n", "  charset: iso-8859-1\n", "  newlines: crlf\n", "  content_encoding: gzip\n"],
    "layout": ["indented-after-declaration", "other"],
    "block": ["|+", "|2", "|2-", ">-", "|-"],
    "plain": ["|", "|+", "|2-", ">-"],
    "encoding": ["iso-8859-1", "utf-16", "US-ASCII", "latin-1", "no such"],
    "space": ["urn:a", "", "http://www.w3.org/XML/1998/namespace"],
    "joint": ["", "\n    ", "\n\n    ", " ", "\n    x\n    ", "\n"],
    "answered": [""],
}


def written(random: Random, outline: Mapping[str, Any], number: int, awkward: bool) -> str:
    """A document of an outline, with values that are ordinary but for one or a few."""
    odd = set(random.choices(range(40), k=random.choice((1, 1, 2)))) if awkward else set()
    at = count()

    class Values(dict[str, str]):
        def __missing__(self, name: str) -> str:
            choices = AWKWARD.get(name) if next(at) % 40 in odd else None
            more = outline["texts"] if name == "text" else []
            return random.choice(choices or [*ORDINARY.get(name, []), *more] or [(FIXED | outline)[name]])

    def filled(text: str, **more: str) -> str:
        return text.format_map(Values(more))

    halves = []
    for head, body in ((ASKED, QUESTIONS[outline["operation"]]), (ANSWERED, ANSWER)):
        halves.append(filled(head) + filled(outline["lines"], body=filled(ENVELOPE % body)))
    numbers = {"number": str(number), "at": f"{number / 4:.3f}"}
    outline = {**outline, **numbers, "asked": halves[0], "answered": random.choice([halves[1]] * 9 + [""])}
    return filled(DOCUMENT)


def read(interactions: Any, digests: Digests) -> tuple[Rows, Contents] | str:
    """The rows and contents, or the error that there is."""
    found = Rows(digests, frozenset())
    try:
        found.read(interactions)
    except CassetteError as error:
        return str(error)
    return found, Contents.of(found, digests.slots)


def interactions_of(cassette: Cassette) -> list[Interaction] | str:
    try:
        return list(cassette)
    except CassetteError as error:
        return str(error)


def check(path: Path, text: str) -> None:
    """The rows of the cassette are those of its interactions, and errors are the same."""
    path.write_bytes((HEADER + text).encode("utf-8", "surrogatepass"))
    cassette = Cassette.open(path)
    interactions = interactions_of(cassette)
    found = read(Kept(cassette), Digests(b"key"))
    if isinstance(interactions, str):
        assert found == interactions
        return
    digests = Digests(b"key")
    wanted = read(interactions, digests)
    assert not isinstance(found, str)
    assert not isinstance(wanted, str)
    checks = [0 if read_document(one) is None else digests.document(one) for one in cassette.documents()]
    assert found[0].columns.pop("check").tolist() == checks
    del wanted[0].columns["check"]
    assert found[0].columns == wanted[0].columns
    assert (found[0].operations, found[0].logons) == (wanted[0].operations, wanted[0].logons)
    contents, others = ({**vars_of(one), "columns": dict(one.columns)} for one in (found[1], wanted[1]))
    contents["columns"].pop("check")
    others["columns"].pop("check")
    assert contents == others


def vars_of(contents: Contents) -> dict[str, Any]:
    return {name: getattr(contents, name) for name in Contents.__slots__}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    operation=st.sampled_from(sorted(QUESTIONS)),
    kind=st.sampled_from([0, 1]),
    ordinary=st.integers(2, 14),
)
def test_rows_are_the_same_whichever_way_documents_are_read(
    seed: int, operation: str, kind: int, ordinary: int, tmp_path: Path
) -> None:
    """What is ordinary was learned by then; what is odd is then read as if nothing had been."""
    random = Random(seed)
    outline = {"operation": operation, "lines": BODIES[kind], "joint": JOINTS[kind], "texts": []}
    odd = [False] * ordinary + [True] * random.choice((1, 1, 1, 2)) + [False]
    check(tmp_path / "x.yaml", "".join(written(random, outline, at, one) for at, one in enumerate(odd, 1)))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    operations=st.lists(st.sampled_from(sorted(QUESTIONS)), min_size=1, max_size=3),
    block=st.sampled_from([8, 256]),
)
def test_what_is_redacted_is_found_wherever_it_begins(
    seed: int, operations: list[str], block: int, tmp_path: Path
) -> None:
    random = Random(seed)
    texts = [random.sample(MADE, random.randint(0, 2)) for _ in range(2)]
    documents = [
        written(
            random,
            {"operation": random.choice(operations), "lines": BODIES[0], "joint": JOINTS[0], "texts": texts[at > 20]},
            at,
            awkward=False,
        )
        for at in range(1, 41)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_BLOCK", block)
        patch.setattr(rows, "_SAMPLES", 4)
        check(tmp_path / "x.yaml", "".join(documents))


@pytest.mark.parametrize("operation", sorted(QUESTIONS))
@pytest.mark.parametrize("kind", [0, 1], ids=["indented", "as it was sent"])
def test_documents_that_are_like_those_before_are_not_read_in_full(
    operation: str, kind: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outline = {"operation": operation, "lines": BODIES[kind], "joint": JOINTS[kind], "texts": []}
    random, read_in_full = Random(operation), Counter[str]()
    for part, name in ((requests, "read_asked"), (responses, "read_answered")):
        monkeypatch.setattr(part, name, counted(read_in_full, name, getattr(part, name)))
    check(tmp_path / "x.yaml", "".join(written(random, outline, at, awkward=False) for at in range(1, 101)))
    assert read_in_full["read_asked"] < 50
    assert read_in_full["read_answered"] < 50


def counted(counter: Counter[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def count_and_call(*arguments: Any) -> Any:
        counter[name] += 1
        return function(*arguments)

    return count_and_call


@pytest.mark.parametrize("place", ["<t:Subject>{}</t:Subject>", '<t:ItemId Id="{}"/>', "<!--{}-->"])
def test_a_place_that_is_redacted_late_is_found(place: str, tmp_path: Path) -> None:
    """In an ordinary document it held no pseudonym, and was learned as a place of no identifier."""
    body = "<m:CreateItem><t:Message>" + place + "<t:Body>{{text}}</t:Body></t:Message></m:CreateItem>"
    random = Random(1)
    texts = []
    for number, value in enumerate([*"abcdefghijklmnopqrstuvwxyz", MADE[1], "g", MADE[0], MADE[1], "h"], 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(QUESTIONS, "CreateItem", body.format(value))
            outline = {"operation": "CreateItem", "lines": BODIES[0], "joint": JOINTS[0], "texts": []}
            texts.append(written(random, outline, number, awkward=False))
    check(tmp_path / "x.yaml", "".join(texts))


def test_what_was_only_sampled_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests have one id, so that nothing of it is left in what varies between them."""
    monkeypatch.setattr(rows, "_BLOCK", 8)
    monkeypatch.setattr(rows, "_SAMPLES", 8)
    monkeypatch.setitem(QUESTIONS, "PlayOnPhone", f'<m:PlayOnPhone><m:ItemId Id="{MADE[0]}"/></m:PlayOnPhone>')
    outline = {"operation": "PlayOnPhone", "lines": BODIES[0], "joint": JOINTS[0], "texts": []}
    check(tmp_path / "x.yaml", "".join(written(Random(1), outline, at, awkward=False) for at in range(1, 60)))
