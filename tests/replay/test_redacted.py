"""A redacted cassette answers a client that sends its real data, with the client's own values."""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.interaction import Interaction, Request, Response, Service
from ewstape.operations import Decoded, read_request
from ewstape.redaction import Redactor, rules_in_force
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms, holds_pseudonym
from ewstape.replay import Miss, Tape
from ewstape.replay.canonical import redacted_slots
from ewstape.replay.miss import Reason
from ewstape.replay.tape import Answer

URL = "https://mail.contoso.com/EWS/Exchange.asmx"
XML = (("Content-Type", "text/xml; charset=utf-8"),)

IMPERSONATED = (
    "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>{}</t:PrimarySmtpAddress></t:ConnectingSID>"
    "</t:ExchangeImpersonation>"
)
CREATE = (
    '<m:CreateItem MessageDisposition="{disposition}"><m:Items><t:Message><t:Subject>{subject}</t:Subject>'
    '<t:Body BodyType="Text">{body}</t:Body></t:Message></m:Items></m:CreateItem>'
)
RESOLVE = "<m:ResolveNames><m:UnresolvedEntry>{}</m:UnresolvedEntry></m:ResolveNames>"
ATTENDEE = "<m:FindPeople><t:Mailbox><t:Name>{}</t:Name></t:Mailbox></m:FindPeople>"
SEARCH = (
    '<m:FindItem Traversal="Shallow"><m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="item:Subject"/>'
    '<t:FieldURIOrConstant><t:Constant Value="{}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction></m:FindItem>'
)
GET = '<m:GetItem><m:ItemIds><t:ItemId Id="{}"/></m:ItemIds></m:GetItem>'
PLAY = '<m:PlayOnPhone><m:ItemId Id="{}"/><m:DialString>{}</m:DialString></m:PlayOnPhone>'
HANG = '<m:DisconnectPhoneCall><m:PhoneCallId Id="{}"/></m:DisconnectPhoneCall>'
FOLDER = (
    "<m:CreateFolder><m:Folders><t:Folder><t:DisplayName>{}</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>"
)

ITEM = "AAMkADhiY2QtY29udG9zby1pdGVtLW9uZS1sb25nLWlk"
OTHER_ITEM = "AAMkADhiY2QtY29udG9zby1pdGVtLXR3by1sb25nLWlk"
CALL = "OWYzYzEyM2YtY2FsbC1vbmVAY29udG9zby5jb20tbG9uZw=="
ALICE = "Alice.Hartwell@contoso.com"
MAILBOX = "<t:Mailbox><t:Name>{}</t:Name><t:EmailAddress>{}</t:EmailAddress></t:Mailbox>"

MESSAGE = CREATE.format(disposition="SaveOnly", subject="Merger &amp; plans", body="Dear Bob,\n sign <![CDATA[<now>]]>")
REMINDER = CREATE.format(disposition="SaveOnly", subject="Lunch on Friday", body="Noon?")

CONVERSATION = {
    "search": (
        SEARCH.format("Quarterly figures"),
        f'<t:Message><t:ItemId Id="{ITEM}"/><t:Subject>Quarterly figures</t:Subject></t:Message>',
    ),
    "item": (
        GET.format(ITEM),
        f'<t:Message><t:ItemId Id="{ITEM}"/><t:Subject>\n Quarterly figures </t:Subject></t:Message>',
    ),
    "message": (
        MESSAGE,
        f'<t:Message><t:ItemId Id="{OTHER_ITEM}"/><t:Subject>Merger &amp; plans</t:Subject></t:Message>',
    ),
    "reminder": (REMINDER, "<t:Message><t:Subject>Lunch on Friday</t:Subject></t:Message>"),
    "name": (ATTENDEE.format("Alice Hartwell"), MAILBOX.format("Alice Hartwell", ALICE)),
    "address": (RESOLVE.format(ALICE), MAILBOX.format("Alice Hartwell", ALICE)),
    "folder": (FOLDER.format("Lunch on Friday"), "<t:DisplayName>Lunch on Friday</t:DisplayName>"),
    "play": (PLAY.format(ITEM, "+1 425 555 0142"), f'<m:PhoneCallId Id="{CALL}"/><m:Of>{ALICE}</m:Of>'),
    "hang": (HANG.format(CALL), ""),
}
IMPERSONATING = {"play", "hang"}


def decoded(request: Request) -> Decoded:
    return read_request(request.body, service=Service.EWS, method="POST", path="", content_type="")


def redactor() -> Redactor:
    return Redactor(rules_in_force(), Pseudonyms(Key(sha256(b"a key of these tests").digest())))


@pytest.fixture(scope="module")
def request_of(envelope: Callable[..., bytes]) -> Callable[..., Request]:
    def build(body: str, impersonated: str = "") -> Request:
        header = IMPERSONATED.format(impersonated) if impersonated else ""
        return Request(method="POST", url=URL, headers=XML, body=envelope(body, header))

    return build


@pytest.fixture(scope="module")
def conversation(request_of: Callable[..., Request], envelope: Callable[..., bytes]) -> dict[str, Interaction]:
    """What was said, not redacted."""
    found = {}
    for number, (name, (asked, answered)) in enumerate(CONVERSATION.items(), start=1):
        request = request_of(asked, ALICE if name in IMPERSONATING else "")
        response = Response(status=200, headers=XML, body=envelope(f"<m:Response>{answered}</m:Response>", ""))
        operation = decoded(request).operation
        found[name] = Interaction(number=number, operation=operation, request=request, response=response)
    return found


@pytest.fixture(scope="module")
def redacted(conversation: dict[str, Interaction]) -> dict[str, Interaction]:
    one = redactor()
    return {
        name: replace(each, request=one.request(each.request), response=one.response(each.response, each.operation))
        for name, each in conversation.items()
        if each.response is not None
    }


@pytest.fixture
def tape(redacted: dict[str, Interaction]) -> Tape:
    return Tape(list(redacted.values()))


def ask(tape: Tape, request: Request) -> Answer | Miss:
    meant = decoded(request)
    return tape.answer(request, meant.operation)


def answer(tape: Tape, request: Request) -> tuple[int, str]:
    """The number of the interaction and the body that it is answered with."""
    found = ask(tape, request)
    assert isinstance(found, Answer), str(found)
    assert found.response is not None
    return found.interaction.number, found.response.body.decode()


def test_the_recording_is_redacted(redacted: dict[str, Interaction]) -> None:
    text = "".join(one.request.body.decode() + one.response.body.decode() for one in redacted.values() if one.response)
    secrets = ("contoso", "Hartwell", "Quarterly", "Merger", "Lunch", "Dear", "425", ITEM, CALL)
    assert [secret for secret in secrets if secret in text] == []


def tokens(body: bytes) -> list[str]:
    """What stands between markup and quotation marks, and those."""
    return re.split(r"(<!\[CDATA\[.*\]\]>|\s*[<>\"]\s*)", body.decode())


def test_the_original_requests_are_answered_with_the_original_values(
    tape: Tape, conversation: dict[str, Interaction], redacted: dict[str, Interaction]
) -> None:
    """Every pseudonym of a value that was sent so far gives way to it; what the server alone knew stays a pseudonym."""
    own: dict[str, str] = {}
    for name, one in conversation.items():
        recorded = redacted[name]
        if name == "hang":  # the client has the id from the tape
            continue
        number, body = answer(tape, one.request)
        if name != "message":  # its text is in several pieces, and no answer holds it
            own |= zip(tokens(recorded.request.body), tokens(one.request.body), strict=True)
        assert recorded.response is not None
        assert number == one.number
        if name != "message":
            assert tokens(body.encode()) == [own.get(token, token) for token in tokens(recorded.response.body)]


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("search", "item"),
        ("message", "reminder"),
    ],
)
def test_an_answer_that_holds_only_what_was_sent_is_the_original_byte_for_byte(
    tape: Tape, conversation: dict[str, Interaction], before: str, name: str
) -> None:
    answer(tape, conversation[before].request)
    _, body = answer(tape, conversation[name].request)
    response = conversation[name].response
    assert response is not None
    assert body.encode() == response.body


def test_a_call_goes_on_with_the_id_that_the_tape_served(
    tape: Tape, conversation: dict[str, Interaction], redacted: dict[str, Interaction]
) -> None:
    _, body = answer(tape, conversation["play"].request)
    served = body.partition('PhoneCallId Id="')[2].partition('"')[0]
    assert holds_pseudonym(served)
    assert f"<m:Of>{ALICE}</m:Of>" in body  # known from impersonation
    hang = conversation["hang"].request
    hang = replace(hang, body=hang.body.replace(CALL.encode(), served.encode()))
    assert answer(tape, hang)[0] == redacted["hang"].number


@pytest.mark.parametrize("order", [("message", "reminder"), ("reminder", "message")])
def test_two_texts_stay_two(tape: Tape, conversation: dict[str, Interaction], order: tuple[str, str]) -> None:
    """In whatever order: each is bound to one recorded text, and its answer holds it."""
    found = {}
    for name in order:
        found[name], body = answer(tape, conversation[name].request)
        subject = conversation[name].request.body.decode().partition("<t:Subject>")[2].partition("<")[0]
        assert f"<t:Subject>{subject}</t:Subject>" in body
    assert len(set(found.values())) == 2


THIRD = CREATE.format(disposition="SaveOnly", subject="A third", body="One")
WRONG = {
    "another attribute": (CREATE.format(disposition="SendOnly", subject="Lunch on Friday", body="Noon?"), ()),
    "an element less": (REMINDER.replace('<t:Body BodyType="Text">Noon?</t:Body>', ""), ()),
    "another body type": (REMINDER.replace("Text", "HTML"), ()),
    "an empty subject": (CREATE.format(disposition="SaveOnly", subject="", body="Noon?"), ()),
    "a third text where two were recorded": (THIRD, ("message", "reminder")),
    "a known subject with another body": (REMINDER.replace("Noon?", "One?"), ("message", "reminder")),
}


@pytest.mark.parametrize(("body", "before"), WRONG.values(), ids=WRONG)
def test_other_content_is_still_a_miss(
    tape: Tape,
    conversation: dict[str, Interaction],
    request_of: Callable[..., Request],
    body: str,
    before: tuple[str, ...],
) -> None:
    for name in before:
        answer(tape, conversation[name].request)
    found = ask(tape, request_of(body))
    assert isinstance(found, Miss)
    assert found.reason is Reason.DIFFERENT_CONTENT
    assert found.nearest[0].differences
    assert "Lunch" not in str(found.to_dict())


SPELT = {
    "address": [RESOLVE.format(text) for text in (ALICE, ALICE.lower(), ALICE.upper())],
    "name": [ATTENDEE.format(text) for text in ("Alice Hartwell", "alice  hartwell", "ALICE HARTWELL")],
}


@pytest.mark.parametrize("name", SPELT)
def test_spellings_of_one_value_are_one(
    redacted: dict[str, Interaction], request_of: Callable[..., Request], name: str
) -> None:
    """Redaction gave them one pseudonym; the answer has the spelling that was sent."""
    tape = Tape([redacted[name]])
    for body in SPELT[name]:
        text = re.findall(">([^<]+)<", body)[0]
        assert f">{text}<" in answer(tape, request_of(body))[1]


@pytest.mark.parametrize(
    ("entry", "held"),
    [
        ("Alice Hartwell", "<t:Name>Alice Hartwell<"),
        (ALICE, f"<t:EmailAddress>{ALICE}<"),
        (f"smtp:{ALICE}", f">{ALICE}<"),
    ],
)
def test_what_is_resolved_comes_back_in_the_answer(
    request_of: Callable[..., Request], conversation: dict[str, Interaction], entry: str, held: str
) -> None:
    """What a client looks up is the name or the address that it is answered with, and redaction keeps it so."""
    one, resolve = redactor(), conversation["address"]
    asked = request_of(RESOLVE.format(entry))
    assert resolve.response is not None
    response = one.response(resolve.response, resolve.operation)
    tape = Tape([replace(resolve, request=one.request(asked), response=response)])
    assert held not in response.body.decode()
    assert held in answer(tape, asked)[1]


def test_what_is_known_from_one_field_finds_the_right_request_in_another(
    request_of: Callable[..., Request], conversation: dict[str, Interaction]
) -> None:
    """Impersonation told whose pseudonym it is, so the second of two equal requests is the one."""
    one = redactor()
    play, resolve = conversation["play"], conversation["address"]
    bodies = [RESOLVE.format("bob@contoso.com"), RESOLVE.format(ALICE)]
    asked = [play, *(replace(resolve, number=20 + at, request=request_of(body)) for at, body in enumerate(bodies))]
    tape = Tape([replace(each, request=one.request(each.request), response=None) for each in asked])
    ask(tape, play.request)
    found = [ask(tape, request_of(body)) for body in reversed(bodies)]
    assert [one.interaction.number for one in found if isinstance(one, Answer)] == [21, 20]


def test_what_redaction_left_in_a_redacted_place_must_be_equal(
    request_of: Callable[..., Request], redacted: dict[str, Interaction], conversation: dict[str, Interaction]
) -> None:
    plain = replace(conversation["name"], number=20, request=request_of(ATTENDEE.format("printer")))
    tape = Tape([plain, redacted["name"]])
    assert answer(tape, request_of(ATTENDEE.format("printer")))[0] == 20
    assert answer(tape, conversation["name"].request)[0] == redacted["name"].number
    found = ask(tape, request_of(ATTENDEE.format("scanner")))
    assert isinstance(found, Miss)
    assert {near.differences[0].why for near in found.nearest} == {
        "the recorded value is no pseudonym, and stands for itself",
        "another live value stands for the recorded one",
    }


def test_a_redacted_date_may_be_another_in_every_run(
    request_of: Callable[..., Request], conversation: dict[str, Interaction]
) -> None:
    one, search = redactor(), conversation["search"]
    dated = replace(search, request=one.request(request_of(SEARCH.format("2024-05-06T07:08:09Z"))))
    tape = Tape([dated])
    for day in ("2024-05-06", "2025-01-01"):
        assert answer(tape, request_of(SEARCH.format(f"{day}T00:00:00Z")))[0] == search.number


def test_slots_are_found_where_redacted_text_stands_and_nowhere_else(
    conversation: dict[str, Interaction], redacted: dict[str, Interaction]
) -> None:
    def local(name: str) -> str:
        return name.rpartition("}")[2]

    found = {
        (local(element), attribute)
        for one in redacted.values()
        for _, element, attribute in redacted_slots(one.request, one.operation, frozenset())
    }
    texts = {(element, "") for element in ("Name", "Subject", "Body", "UnresolvedEntry", "DisplayName")}
    assert found == {("Constant", "Value"), *texts}
    for one in conversation.values():
        assert not redacted_slots(one.request, one.operation, frozenset())


def test_a_rewound_tape_binds_anew(
    tape: Tape, conversation: dict[str, Interaction], request_of: Callable[..., Request]
) -> None:
    answer(tape, conversation["name"].request)
    answer(tape, conversation["address"].request)
    tape.rewind()
    number, body = answer(tape, request_of(ATTENDEE.format("Carol")))
    assert (number, ALICE in body, ">Carol<" in body) == (conversation["name"].number, False, True)


_words = st.text(st.characters(categories=["Ll", "Lu"], codec="ascii"), min_size=9, max_size=20)


@given(subjects=st.lists(_words, min_size=1, max_size=6, unique_by=str.casefold), order=st.randoms())
def test_every_redacted_subject_comes_back_as_it_was_sent(
    envelope: Callable[..., bytes], subjects: list[str], order: Random
) -> None:
    one = redactor()
    requests = [
        Request(
            method="POST", url=URL, headers=XML, body=envelope(CREATE.format(disposition="x", subject=s, body="-"), "")
        )
        for s in subjects
    ]
    operation = decoded(requests[0]).operation
    recorded = []
    for number, (request, subject) in enumerate(zip(requests, subjects, strict=True), start=1):
        response = Response(status=200, headers=XML, body=f"<x><Subject>{subject}</Subject></x>".encode())
        redacted = one.response(response, operation)
        recorded.append(
            Interaction(number=number, operation=operation, request=one.request(request), response=redacted)
        )
    tape, pairs = Tape(recorded), list(zip(requests, subjects, strict=True))
    order.shuffle(pairs)
    found = [(answer(tape, request), subject) for request, subject in pairs]
    assert {number for (number, _), _ in found} == set(range(1, len(subjects) + 1))
    assert [body for (_, body), _ in found] == [f"<x><Subject>{subject}</Subject></x>" for _, subject in found]
