"""The specification of replay order is the table: a recording, what a client asks, and what it must be answered."""

from dataclasses import replace
from typing import Any

import pytest

from ewstape.interaction import Fields, Interaction, Operation, Request
from ewstape.replay.miss import Miss, Reason
from ewstape.replay.tape import Answer, Tape

CALL = """
    play item-1 100 = call-1
    poll call-1 = Connecting
    poll call-1 = Alerted
    poll call-1 = Connected
    hang call-1 = Success
    poll call-1 = Disconnected
"""

VARIANTS = {
    "the same polls": (CALL, CALL),
    "one poll": (CALL, "play item-1 100 = call-1 \n poll call-1 = Connecting \n hang call-1 = Success"),
    "fifty polls before the end": (
        CALL,
        """
        play item-1 100 = call-1
        poll call-1 = Connecting
        poll call-1 = Alerted
        48* poll call-1 = Connected
        hang call-1 = Success
        poll call-1 = Disconnected
        """,
    ),
    "no poll before the end": (
        CALL,
        "play item-1 100 = call-1 \n hang call-1 = Success \n 3* poll call-1 = Disconnected",
    ),
    "the client never hangs up": (
        CALL,
        """
        play item-1 100 = call-1
        poll call-1 = Connecting
        poll call-1 = Alerted
        5* poll call-1 = Connected
        """,
    ),
    "hung up twice, recorded once": (
        CALL,
        """
        play item-1 100 = call-1
        hang call-1 = Success
        hang call-1 = miss USED_UP
        poll call-1 = Disconnected
        """,
    ),
    "hung up twice, recorded twice": (
        CALL + "hang call-1 = ErrorInvalidPhoneCallId \n poll call-1 = ErrorInvalidPhoneCallId",
        """
        play item-1 100 = call-1
        poll call-1 = Connecting
        hang call-1 = Success
        2* poll call-1 = Disconnected
        hang call-1 = ErrorInvalidPhoneCallId
        2* poll call-1 = ErrorInvalidPhoneCallId
        hang call-1 = miss USED_UP
        """,
    ),
    "played again after its end": (CALL, CALL + CALL),
    "played again while it is up": (
        CALL,
        """
        play item-1 100 = call-1
        poll call-1 = Connecting
        poll call-1 = Alerted
        play item-1 100 = call-1
        poll call-1 = Connecting
        hang call-1 = Success
        poll call-1 = Disconnected
        """,
    ),
    "the same run ten times": (CALL, CALL * 10),
    "two calls, interleaved otherwise than recorded": (
        """
        play item-1 100 = call-1
        poll call-1 = Connecting
        play item-2 200 = call-2
        poll call-2 = Idle
        poll call-1 = Connected
        hang call-1 = Success
        poll call-2 = Alerted
        hang call-2 = Success
        poll call-2 = Disconnected
        """,
        """
        play item-2 200 = call-2
        poll call-2 = Idle
        poll call-2 = Alerted
        play item-1 100 = call-1
        hang call-2 = Success
        poll call-1 = Connecting
        poll call-2 = Disconnected
        poll call-1 = Connected
        hang call-1 = Success
        poll call-1 = miss OTHER_PHASE
        """,
    ),
    "two calls with the same item and number": (
        """
        play item-1 100 = call-1
        poll call-1 = Alerted
        hang call-1 = Success
        play item-1 100 = call-2
        poll call-2 = Connected
        hang call-2 = Success
        """,
        """
        play item-1 100 = call-1
        play item-1 100 = call-2
        poll call-2 = Connected
        poll call-1 = Alerted
        hang call-2 = Success
        hang call-1 = Success
        play item-1 100 = call-1
        poll call-1 = Alerted
        play item-1 100 = call-2
        hang call-2 = Success
        """,
    ),
    "busy: the call ends by itself": (
        "play item-1 100 = call-1 \n poll call-1 = Connecting \n poll call-1 = Disconnected",
        """
        play item-1 100 = call-1
        poll call-1 = Connecting
        3* poll call-1 = Disconnected
        hang call-1 = miss NOT_ON_TAPE
        """,
    ),
    "refused at first, then placed": (
        """
        play item-1 100 = ErrorUnifiedMessagingServerNotFound
        play item-1 100 = call-1
        poll call-1 = Alerted
        """,
        """
        play item-1 100 = ErrorUnifiedMessagingServerNotFound
        play item-1 100 = call-1
        poll call-1 = Alerted
        play item-1 100 = ErrorUnifiedMessagingServerNotFound
        """,
    ),
    "never polled after the end on tape": (
        "play item-1 100 = call-1 \n poll call-1 = Connected \n hang call-1 = Success",
        "play item-1 100 = call-1 \n hang call-1 = Success \n poll call-1 = miss OTHER_PHASE",
    ),
    "polled before it is played": (CALL, "poll call-1 = miss OTHER_PHASE \n hang call-1 = miss OTHER_PHASE"),
    "an id that no one was given": (CALL, "play item-1 100 = call-1 \n poll call-9 = miss DIFFERENT_CONTENT"),
    "an id that no one was given, recorded": (
        "poll call-9 = ErrorInvalidPhoneCallId \n hang call-9 = ErrorInvalidPhoneCallId" + CALL,
        """
        3* poll call-9 = ErrorInvalidPhoneCallId
        hang call-9 = ErrorInvalidPhoneCallId
        hang call-9 = miss USED_UP
        """,
    ),
    "a call placed before the recording began": (
        "poll call-0 = Connected \n hang call-0 = Success \n poll call-0 = Disconnected",
        "2* poll call-0 = Connected \n hang call-0 = Success \n 2* poll call-0 = Disconnected",
    ),
    "a server that gives the same id again": (
        """
        play item-1 100 = call-1
        poll call-1 = Alerted
        hang call-1 = Success
        play item-2 200 = call-1
        poll call-1 = Connected
        hang call-1 = Success
        """,
        """
        play item-2 200 = call-1
        2* poll call-1 = Connected
        hang call-1 = Success
        play item-1 100 = call-1
        poll call-1 = Alerted
        hang call-1 = Success
        """,
    ),
    "another item, another number": (
        CALL,
        "play item-2 100 = miss DIFFERENT_CONTENT \n play item-1 101 = miss DIFFERENT_CONTENT",
    ),
    "the Exchange 2007 service": (
        """
        um-play entry 100 = um-call
        um-poll um-call = Connected
        um-hang um-call = Success
        um-poll um-call = Disconnected
        """,
        """
        um-play entry 100 = um-call
        2* um-poll um-call = Connected
        um-hang um-call = Success
        um-poll um-call = Disconnected
        um-hang um-call = miss USED_UP
        """,
    ),
    "the two services have a PlayOnPhone each": (CALL, "um-play item-1 100 = miss NOT_ON_TAPE"),
    "mailbox reads in another order": (
        "find inbox = 3 items \n get item-1 = one \n get item-2 = two \n find inbox = 4 items",
        """
        get item-2 = two
        find inbox = 3 items
        get item-1 = one
        2* find inbox = 4 items
        get item-2 = two
        """,
    ),
    "mailbox reads follow its writes": (
        """
        find inbox = none
        create hello = created
        find inbox = one
        delete hello = deleted
        find inbox = none again
        """,
        """
        2* find inbox = none
        create hello = created
        2* find inbox = one
        delete hello = deleted
        2* find inbox = none again
        """,
    ),
    "a mailbox read that was recorded in other phases": (
        """
        get item-1 = old
        get item-1 = newer
        create a = created a
        create b = created b
        create c = created c
        get item-1 = newest
        find drafts = three
        """,
        """
        find drafts = three
        get item-1 = old
        create a = created a
        2* get item-1 = newer
        create b = created b
        find drafts = three
        create c = created c
        get item-1 = newest
        """,
    ),
    "mailbox writes in another order": (
        "create a = created a \n find inbox = a \n create b = created b \n find inbox = a and b",
        "create b = created b \n create a = created a \n find inbox = a and b",
    ),
    "a write used up": (
        "create a = created a \n create a = created another",
        "create a = created a \n create a = created another \n create a = miss USED_UP",
    ),
    "calls are no writes to the mailbox": (
        "find inbox = none" + CALL + "find inbox = one",
        "play item-1 100 = call-1 \n hang call-1 = Success \n find inbox = none \n find inbox = one",
    ),
    "an operation that is not on tape": (CALL, "find inbox = miss NOT_ON_TAPE"),
    "an empty tape": ("", "find inbox = miss NOTHING_RECORDED \n play item-1 100 = miss NOTHING_RECORDED"),
}


@pytest.mark.parametrize(("recorded", "live"), VARIANTS.values(), ids=VARIANTS)
def test_a_client_that_asks_is_answered_as_the_table_says(words: Any, recorded: str, live: str) -> None:
    assert words.play(recorded, live) == words.expected(live)


def test_order_is_that_of_the_numbers_and_not_of_the_file(words: Any) -> None:
    """Documents are written as they complete, so a slow first poll may stand after a quick second one."""
    play, connecting, alerted, connected, *rest = words.interactions(CALL)
    tape = Tape([connected, *rest, alerted, play, connecting])
    request = words.request("poll call-1")
    tape.answer(play.request, play.operation, words.operation(play.request)[1])
    answers = [tape.answer(request, *words.operation(request)) for _ in range(4)]
    assert answers == [Answer(one) for one in (connecting, alerted, connected, connected)]


def test_decoded_fields_on_the_tape_are_not_needed_and_not_believed(words: Any) -> None:
    """A hand-written cassette has none, and the body is the truth."""
    play, poll = words.interactions("play item-1 100 = call-1 \n poll call-1 = Alerted")
    assert not poll.request.fields
    tape = Tape([play, poll])
    tape.answer(play.request, *words.operation(play.request))
    assert tape.answer(poll.request, *words.operation(poll.request)) == Answer(poll)


def test_an_interaction_without_a_response_is_an_answer_too(words: Any) -> None:
    (broken,) = words.interactions("get item-1 = (gone)")
    assert Tape([broken]).answer(broken.request, *words.operation(broken.request)) == Answer(broken)


def test_a_play_that_got_no_response_is_played_in_its_turn(words: Any) -> None:
    recorded = "play item-1 100 = (gone) \n play item-1 100 = call-1 \n poll call-1 = Alerted"
    assert words.play(recorded, recorded) == words.expected(recorded)


def test_what_was_used_and_what_was_missed_is_counted(words: Any) -> None:
    recorded = words.interactions(CALL)
    tape = Tape(recorded)
    assert (tape.used, tape.unused, tape.misses) == ((), (1, 2, 3, 4, 5, 6), 0)
    for line in ("play item-1 100", "poll call-1", "poll call-1", "hang call-1", "hang call-1", "find inbox"):
        request = words.request(line)
        tape.answer(request, *words.operation(request))
    assert (tape.used, tape.unused, tape.misses) == ((1, 2, 3, 5), (4, 6), 2)


@pytest.mark.parametrize(
    ("line", "miss"),
    [
        ("poll call-1", Miss(operation=Operation("GetPhoneCallInformation"), reason=Reason.OTHER_PHASE, nearest=2)),
        (
            "play item-1 101",
            Miss(
                operation=Operation("PlayOnPhone"),
                reason=Reason.DIFFERENT_CONTENT,
                nearest=1,
                path="Body/PlayOnPhone/DialString",
            ),
        ),
        (
            "hang call-2",
            Miss(
                operation=Operation("DisconnectPhoneCall"),
                reason=Reason.DIFFERENT_CONTENT,
                nearest=5,
                path="Body/DisconnectPhoneCall/PhoneCallId/@Id",
            ),
        ),
        ("find inbox", Miss(operation=Operation("FindItem"), reason=Reason.NOT_ON_TAPE)),
    ],
)
def test_a_miss_names_the_nearest_interaction_and_the_first_difference(words: Any, line: str, miss: Miss) -> None:
    request = words.request(line)
    assert Tape(words.interactions(CALL)).answer(request, *words.operation(request)) == miss


def test_the_nearest_is_the_one_with_the_fewest_differences(words: Any) -> None:
    tape = Tape(words.interactions("play item-1 100 = call-1 \n play item-2 200 = call-2"))
    request = words.request("play item-3 200")
    found = tape.answer(request, *words.operation(request))
    assert isinstance(found, Miss)
    assert (found.nearest, found.path) == (2, "Body/PlayOnPhone/ItemId/@Id")


def test_what_cannot_be_decoded_is_answered_byte_for_byte() -> None:
    url = "https://mail.example.com/EWS/Exchange.asmx"
    broken = Request(method="POST", url=url, body=b"<s:Envelope")
    fields: Fields = {}
    operation = Operation("unknown")
    recorded = Interaction(number=1, operation=operation, request=broken)
    other = Request(method="POST", url=url, body=b"<s:Envelop")
    assert Tape([recorded]).answer(broken, operation, fields) == Answer(recorded)
    assert isinstance(Tape([recorded]).answer(other, operation, fields), Miss)


def test_a_tape_knows_its_operations_and_logons(words: Any) -> None:
    first, second, third = words.interactions("get item-1 = one \n get item-2 = two \n get item-3 = three")
    tape = Tape([replace(first, auth="NTLM"), second, replace(third, auth="Basic")])
    assert tape.logons == ("NTLM", "Basic")
    assert tape.holds(Operation("GetItem"))
    assert not tape.holds(Operation("FindItem"))


def test_a_call_that_another_service_names_alike_is_another_call(words: Any) -> None:
    """Nothing in one call's phases answers for the other's."""
    recorded = CALL + "um-play entry 100 = call-1 \n um-poll call-1 = Alerted"
    live = "play item-1 100 = call-1 \n um-play entry 100 = call-1 \n um-poll call-1 = Alerted \n hang call-1 = Success"
    assert words.play(recorded, live) == words.expected(live)
