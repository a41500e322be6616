"""Responses are read by what was learned of those before them, and as strictly as in full."""

from collections.abc import Callable

import pytest

from ewstape.cassette import dump
from ewstape.cassette.quick import halves, read_answered
from ewstape.interaction import Interaction, Operation, Request, Response
from ewstape.operations.identifiers import ITEM_ID, PHONE_CALL_ID, SMTP_ADDRESS
from ewstape.replay.index import responses as module
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.responses import Answered, Responses

OPERATION = b"---\noperation: GetItem"
XML = (("Content-Type", "text/xml; charset=utf-8"),)
BODY = (
    '<?xml version="1.0" encoding="utf-8"?><a><ItemId Id="{0}"/><State>{1}</State><PhoneCallId Id="call"/>'
    "<EmailAddress>a@example.com</EmailAddress><Subject>{2}</Subject></a>"
)


def half_of(*values: str, body: str = BODY, headers: tuple[tuple[str, str], ...] = XML) -> bytes:
    request = Request(method="POST", url="https://mail.example.com/", body=b"<a/>")
    response = Response(status=200, headers=headers, body=body.format(*values).encode())
    found = halves(
        dump(Interaction(number=1, operation=Operation("GetItem"), request=request, response=response)).encode()
    )
    assert found is not None
    return found[1]


@pytest.fixture
def in_full(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The halves that were read in full."""
    found: list[bytes] = []
    monkeypatch.setattr(module, "read_answered", lambda half: found.append(half) or read_answered(half))
    return found


@pytest.fixture
def learned() -> Callable[..., Responses]:
    """Makes what reads responses, and shows it some."""

    def make(digests: Digests, *halves: bytes) -> Responses:
        responses = Responses(digests)
        for half in halves:
            assert responses.read(OPERATION, half) is not None
        return responses

    return make


ORDINARY = [half_of(f"id{at}", "Connected", f"subject {at}") for at in range(3)]
VARIED = [*ORDINARY, half_of("id", "Alerted", "x")]


def plain(answered: Answered | None) -> tuple[object, ...]:
    assert answered is not None
    return list(answered.answered), sorted(answered.mentioned), *answered[2:]


def test_one_that_is_like_others_is_not_read_in_full(learned: Callable[..., Responses], in_full: list[bytes]) -> None:
    digests = Digests()
    responses = learned(digests, *VARIED)
    in_full.clear()
    found = responses.read(OPERATION, half_of("new", "Other", "gr\xfc\xdfe &amp; more"))
    assert in_full == []
    assert plain(found) == (
        [digests.value(ITEM_ID, "new"), digests.value(PHONE_CALL_ID, "call")],
        [],
        "call",
        False,
        False,
    )


@pytest.mark.parametrize(
    "half",
    [
        half_of("a &amp; b", "Connected", "x"),
        half_of("\xe9", "Connected", "x"),
        half_of("", "Connected", "x"),
        half_of("id", "Connected", "<b/>"),
        half_of("id", "Connected", "x", body=BODY.replace("a@example.com", "b@example.com")),
        half_of("id", "Connected", "x", headers=(("Content-Type", "text/plain"),)),
        half_of("id", "Connected", "x", body=BODY.replace("utf-8", "us-ascii")),
    ],
    ids=["escaped", "not ASCII", "empty", "an element", "another address", "another type", "another encoding"],
)
def test_one_that_is_not_is_read_in_full(learned: Callable[..., Responses], in_full: list[bytes], half: bytes) -> None:
    digests = Digests()
    responses = learned(digests, *VARIED)
    in_full.clear()
    found = responses.read(OPERATION, half)
    assert half in in_full
    assert plain(found) == plain(Responses(digests).of(read_answered(half)))


def test_a_charset_that_only_some_bodies_can_be_of_is_tried_with_each(learned: Callable[..., Responses]) -> None:
    """An odd number of bytes is no UTF-16."""
    digests, headers = Digests(), (("Content-Type", "text/xml; charset=utf-16-le"),)
    body = BODY.removeprefix('<?xml version="1.0" encoding="utf-8"?>')
    halves = [half_of(f"id{at}", "Connected", "x" * at, body=body, headers=headers) for at in range(8)]
    responses = learned(digests, *halves)
    found = [plain(responses.read(OPERATION, half)) for half in halves]
    assert found == [plain(Responses(digests).of(read_answered(half))) for half in halves]
    assert len(found[0][0]) != len(found[1][0])  # type: ignore[arg-type]  # lists


def test_what_every_response_says_of_a_call_is_told(learned: Callable[..., Responses]) -> None:
    halves = [half_of(f"id{at}", "Disconnected", f"x{at}") for at in range(6)]
    responses = learned(Digests(), *halves)
    assert [plain(responses.read(OPERATION, half))[3:] for half in halves] == [(True, False)] * 6


@pytest.mark.parametrize(
    ("state", "subject", "told"),
    [
        ("Disconnected", "x", (True, False)),
        ("Connected", "Disconnected", (False, False)),
        ("ErrorInvalidPhoneCallId", "x", (False, True)),
        ("Connected", "no InvalidCallId", (False, True)),
    ],
)
def test_what_is_said_of_a_call_is_told(
    learned: Callable[..., Responses], in_full: list[bytes], state: str, subject: str, told: tuple[bool, bool]
) -> None:
    responses = learned(Digests(), *VARIED)
    in_full.clear()
    found = responses.read(OPERATION, half_of("id", state, subject))
    assert found is not None
    assert (found[3:], in_full) == (told, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("utf-8", "iso-8859-1"),
        ("<State>", "<!-- a --><State>"),
        ("<State>", "<![CDATA[<]]><State>"),
        ("<State>", "<?b?><State>"),
    ],
)
def test_of_what_is_more_than_tags_and_texts_nothing_is_learned(
    learned: Callable[..., Responses], in_full: list[bytes], old: str, new: str
) -> None:
    halves = [half_of(f"id{at}", "Connected", f"x{at}", body=BODY.replace(old, new)) for at in range(6)]
    learned(Digests(), *halves)
    assert set(halves) <= set(in_full)


def test_no_response_says_nothing_and_one_that_is_none_of_ours_is_not_read() -> None:
    responses = Responses(Digests())
    assert responses.read(OPERATION, b"") == responses.of(None) == Answered()
    assert responses.read(OPERATION, ORDINARY[0] + b"\n") is None


def test_identifiers_that_clients_have_are_told_apart() -> None:
    digests = Digests()
    found = Responses(digests).read(OPERATION, ORDINARY[0])
    assert found is not None
    assert list(found.mentioned) == [digests.value(SMTP_ADDRESS, "a@example.com")]
