"""The specification of replay order is the table: a recording, what a client asks, and what it must be answered."""

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.interaction import Fields, Interaction, Operation, Request, Service
from ewstape.replay.miss import Miss, Reason
from ewstape.replay.substitute import identifiers
from ewstape.replay.tape import Answer, Tape

CALL = """
    play item-1 100 = call-1
    poll call-1 = Connecting
    poll call-1 = Alerted
    poll call-1 = Connected
    hang call-1 = Success
    poll call-1 = Disconnected
"""

OTHERS = CALL.replace("item-1", "{}").replace("100", "{}")
"""The same call with other things in it; what is answered stays."""

WRONG = CALL + "hang call-9 = ErrorInvalidPhoneCallId \n poll call-9 = ErrorInvalidPhoneCallId"
"""The client once used the id of no call, and was told so."""

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
        play item-1 100 = call-1-2
        poll call-1-2 = Connecting
        poll call-1 = Connected
        hang call-1 = Success
        poll call-1-2 = Alerted
        poll call-1 = Disconnected
        hang call-1 = miss USED_UP
        hang call-1-2 = Success
        2* poll call-1-2 = Disconnected
        play item-1 100 = call-1
        poll call-1 = Connecting
        poll call-1-2 = Disconnected
        """,
    ),
    "three at a time": (
        CALL,
        """
        play item-1 100 = call-1
        play item-1 100 = call-1-2
        play item-1 100 = call-1-3
        poll call-1-3 = Connecting
        hang call-1-2 = Success
        poll call-1 = Connecting
        poll call-1-2 = Disconnected
        poll call-1-3 = Alerted
        play item-1 100 = call-1-2
        poll call-1-2 = Connecting
        """,
    ),
    "the same run ten times": (CALL, CALL * 10),
    "ten times, with one poll": (
        CALL,
        "play item-1 100 = call-1 \n poll call-1 = Connecting \n hang call-1 = Success \n" * 10,
    ),
    "ten times, with fifty polls": (
        CALL,
        """
        play item-1 100 = call-1
        poll call-1 = Connecting
        poll call-1 = Alerted
        48* poll call-1 = Connected
        hang call-1 = Success
        50* poll call-1 = Disconnected
        """
        * 10,
    ),
    "another item": (CALL, OTHERS.format("item-9", "100")),
    "another number": (CALL, OTHERS.format("item-1", "900")),
    "another item and number": (CALL, OTHERS.format("item-9", "900")),
    "another item and number, ten times": (CALL, OTHERS.format("item-9", "900") * 10),
    "every time another item and number": (
        CALL,
        "".join(OTHERS.format(f"item-{run}", run * 100) for run in (9, 8, 1, 7, 9)),
    ),
    "two calls, with other items and numbers": (
        """
        play item-1 100 = call-1
        poll call-1 = Connecting
        hang call-1 = Success
        play item-2 200 = call-2
        poll call-2 = Idle
        hang call-2 = Success
        """,
        """
        play item-9 900 = call-1
        play item-8 800 = call-2
        poll call-2 = Idle
        poll call-1 = Connecting
        hang call-2 = Success
        hang call-1 = Success
        play item-8 800 = call-2
        poll call-2 = Idle
        play item-9 900 = call-1
        poll call-1 = Connecting
        """,
    ),
    "the item of one call with the number of the other": (
        "play item-1 100 = call-1 \n play item-2 200 = call-2",
        "play item-1 200 = miss DIFFERENT_CONTENT \n play item-2 100 = miss DIFFERENT_CONTENT",
    ),
    "one of two items, with another number": (
        "play item-1 100 = call-1 \n play item-2 200 = call-2",
        "play item-2 900 = call-2 \n play item-1 800 = call-1",
    ),
    "a number that was used for another item": (
        "play item-1 100 = call-1 \n play item-2 200 = call-2",
        "play item-9 900 = call-1 \n play item-8 900 = call-1-2",
    ),
    "an item that the tape did not list": (
        "list inbox = item-1" + CALL,
        "list inbox = item-1 \n play item-9 100 = miss DIFFERENT_CONTENT \n play item-1 900 = call-1",
    ),
    "an item of the client's own, before the tape lists any": (
        "list inbox = item-1 \n get item-1 = one",
        "get item-9 = one \n list inbox = item-9 \n get item-9 = one \n get item-8 = miss DIFFERENT_CONTENT",
    ),
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
    "a wrong id": (
        CALL,
        """
        play item-1 100 = call-1
        hang call-8 = miss DIFFERENT_CONTENT
        poll call-8 = miss DIFFERENT_CONTENT
        hang call-1 = Success
        """,
    ),
    "a wrong id, where the tape knows what is said to that": (
        WRONG,
        """
        play item-1 100 = call-1
        hang call-8 = ErrorInvalidPhoneCallId
        2* poll call-8 = ErrorInvalidPhoneCallId
        poll call-7 = ErrorInvalidPhoneCallId
        poll call-1 = Connecting
        hang call-8 = miss USED_UP
        hang call-1 = Success
        """,
    ),
    "a wrong id in each of ten runs": (
        WRONG,
        "play item-1 100 = call-1 \n hang call-8 = ErrorInvalidPhoneCallId \n hang call-1 = Success \n" * 10,
    ),
    "another wrong id in each of ten runs": (
        WRONG,
        "".join(
            f"play item-1 100 = call-1 \n hang bad-{run} = ErrorInvalidPhoneCallId \n hang call-1 = Success \n"
            for run in range(10)
        ),
    ),
    "a call of the client's own, placed before the recording began": (
        "poll call-0 = Connected \n hang call-0 = Success \n poll call-0 = Disconnected",
        """
        2* poll call-5 = Connected
        poll call-6 = miss DIFFERENT_CONTENT
        hang call-5 = Success
        2* poll call-5 = Disconnected
        """,
    ),
    "items of the client's own": (
        "get item-1 = one \n get item-2 = two \n get item-1 = one again",
        """
        get item-8 = one
        get item-9 = two
        get item-8 = one again
        get item-7 = miss DIFFERENT_CONTENT
        get item-1 = one again
        """,
    ),
    "dates of the client's own, another each time": (
        "view 2024-01-01 2024-02-01 = three \n view 2024-02-01 2024-03-01 = none",
        """
        view 2026-01-01 2026-02-01 = three
        view 2026-02-01 2026-03-01 = none
        view 2026-03-01 2026-04-01 = none
        view 2026-01-01 2026-02-01 = three
        view 2024-02-01 2024-03-01 = none
        view 2024-02-01 2024-04-01 = none
        view today 2026-03-01 = miss DIFFERENT_CONTENT
        """,
    ),
    "dates of the client's own, before and after a write": (
        """
        view 2024-01-01 2024-01-02 = one
        view 2024-01-03 2024-01-04 = two
        create a = created
        view 2024-01-05 2024-01-06 = three
        view 2024-01-07 2024-01-08 = four
        """,
        """
        view 2026-01-01 2026-01-02 = one
        view 2026-01-03 2026-01-04 = two
        view 2026-01-05 2026-01-06 = two
        create a = created
        view 2026-01-07 2026-01-08 = three
        view 2026-01-09 2026-01-10 = four
        view 2026-01-11 2026-01-12 = four
        """,
    ),
    "a sync state that was never issued": (
        "sync old = s1 \n sync s1 = s2",
        "sync mine = s1 \n sync s2 = miss DIFFERENT_CONTENT \n sync bad = miss DIFFERENT_CONTENT \n sync s1 = s2",
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
    "PlayOnPhone by its name in MS-OXWUMS": (CALL, OTHERS.replace("play", "play2").format("item-9", "900")),
    "PlayOnPhone recorded by its name in MS-OXWUMS": (CALL.replace("play", "play2"), OTHERS.format("item-9", "900")),
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
    tape.answer(play.request, play.operation)
    answers = [tape.answer(request, words.operation(request)) for _ in range(4)]
    assert answers == [Answer(one, one.response) for one in (connecting, alerted, connected, connected)]


def test_decoded_fields_on_the_tape_are_not_needed_and_not_believed(words: Any) -> None:
    """A hand-written cassette has none, and the body is the truth."""
    play, poll = words.interactions("play item-1 100 = call-1 \n poll call-1 = Alerted")
    assert not poll.request.fields
    tape = Tape([play, poll])
    tape.answer(play.request, words.operation(play.request))
    assert tape.answer(poll.request, words.operation(poll.request)) == Answer(poll, poll.response)


def test_an_interaction_without_a_response_is_an_answer_too(words: Any) -> None:
    (broken,) = words.interactions("get item-1 = (gone)")
    assert Tape([broken]).answer(broken.request, words.operation(broken.request)) == Answer(broken, None)


def test_a_play_that_got_no_response_is_played_in_its_turn(words: Any) -> None:
    recorded = "play item-1 100 = (gone) \n play item-1 100 = call-1 \n poll call-1 = Alerted"
    assert words.play(recorded, recorded) == words.expected(recorded)


def test_what_was_used_and_what_was_missed_is_counted(words: Any) -> None:
    recorded = words.interactions(CALL)
    tape = Tape(recorded)
    assert (tape.used, tape.unused, tape.misses) == ((), (1, 2, 3, 4, 5, 6), 0)
    for line in ("play item-1 100", "poll call-1", "poll call-1", "hang call-1", "hang call-1", "find inbox"):
        request = words.request(line)
        tape.answer(request, words.operation(request))
    assert (tape.used, tape.unused, tape.misses) == ((1, 2, 3, 5), (4, 6), 2)


@pytest.mark.parametrize(
    ("line", "reason", "nearest"),
    [
        ("poll call-1", Reason.OTHER_PHASE, {2: []}),
        ("find inbox", Reason.NOT_ON_TAPE, {}),
        ("hang call-2", Reason.DIFFERENT_CONTENT, {5: ["Body/DisconnectPhoneCall/PhoneCallId/@Id"]}),
        ("play2-any item-1", Reason.DIFFERENT_CONTENT, {1: ["Body/PlayOnPhone/DialString"]}),
    ],
)
def test_a_miss_names_the_nearest_interactions_and_what_differs(
    words: Any, line: str, reason: Reason, nearest: dict[int, list[str]]
) -> None:
    found = answer(Tape(words.interactions(CALL)), words, line)
    assert isinstance(found, Miss)
    assert found.reason is reason
    assert {near.number: [each.path for each in near.differences] for near in found.nearest} == nearest


def test_up_to_three_are_named_the_nearest_first(words: Any) -> None:
    tape = Tape(words.interactions("".join(f"play item-{n} {n}00 = call-{n} \n" for n in (1, 2, 3, 4))))
    found = answer(tape, words, "play item-3 200")
    assert isinstance(found, Miss)
    assert [(near.number, [each.path for each in near.differences]) for near in found.nearest] == [
        (2, ["Body/PlayOnPhone/ItemId/@Id"]),
        (3, ["Body/PlayOnPhone/DialString"]),
        (1, ["Body/PlayOnPhone/ItemId/@Id", "Body/PlayOnPhone/DialString"]),
    ]


def test_a_miss_tells_what_was_used_up(words: Any) -> None:
    tape = Tape(words.interactions("create a = created"))
    answer(tape, words, "create a")
    found = answer(tape, words, "create a")
    assert isinstance(found, Miss)
    assert [(near.number, near.used_up) for near in found.nearest] == [(1, True)]


def answer(tape: Tape, words: Any, line: str, now: float = 0.0) -> Answer | Miss:
    request = words.request(line)
    return tape.answer(request, words.operation(request), now)


def test_what_cannot_be_decoded_is_answered_byte_for_byte() -> None:
    url = "https://mail.example.com/EWS/Exchange.asmx"
    broken = Request(method="POST", url=url, body=b"<s:Envelope")
    fields: Fields = {}
    operation = Operation("unknown")
    recorded = Interaction(number=1, operation=operation, request=broken)
    other = Request(method="POST", url=url, body=b"<s:Envelop")
    assert Tape([recorded]).answer(broken, operation, fields) == Answer(recorded, None)
    assert isinstance(Tape([recorded]).answer(other, operation, fields), Miss)


def test_a_tape_knows_its_operations_and_logons(words: Any) -> None:
    first, second, third = words.interactions("get item-1 = one \n get item-2 = two \n get item-3 = three")
    tape = Tape([replace(first, auth="NTLM"), second, replace(third, auth="Basic")])
    assert tape.logons == ("NTLM", "Basic")
    assert tape.holds(Operation("GetItem"))
    assert not tape.holds(Operation("FindItem"))


def test_a_tape_knows_play_on_phone_by_both_its_names(words: Any) -> None:
    tape = Tape(words.interactions("play item-1 100 = call-1"))
    assert tape.holds(Operation("PlayOnPhone2"))
    assert not tape.holds(Operation("PlayOnPhone2", Service.UM))


def test_a_call_that_another_service_names_alike_is_another_call(words: Any) -> None:
    """Nothing in one call's phases answers for the other's."""
    recorded = CALL + "um-play entry 100 = call-1 \n um-poll call-1 = Alerted"
    live = "play item-1 100 = call-1 \n um-play entry 100 = call-1 \n um-poll call-1 = Alerted \n hang call-1 = Success"
    assert words.play(recorded, live) == words.expected(live)


# --- options ----------------------------------------------------------------------------------------------------------


def test_a_read_may_be_told_to_end_with_its_recording(words: Any) -> None:
    live = """
        play item-1 100 = call-1
        poll call-1 = Connecting
        poll call-1 = Alerted
        poll call-1 = Connected
        poll call-1 = miss USED_UP
        hang call-1 = Success
        poll call-1 = Disconnected
        poll call-1 = miss USED_UP
        play item-1 100 = call-1
        poll call-1 = Connecting
        """
    assert words.play(CALL, live, repeat="error") == words.expected(live)


def test_at_the_recorded_pace_a_call_takes_its_time(words: Any) -> None:
    times = (100.0, 101.0, 105.0, 109.0, 120.0, 121.0)
    interactions = [replace(one, at=at) for one, at in zip(words.interactions(CALL), times, strict=True)]
    tape = Tape(interactions, pace="recorded")
    asked = [
        ("play item-1 100", 0.0, 1),
        ("poll call-1", 0.5, 2),
        ("poll call-1", 4.9, 2),
        ("poll call-1", 5.0, 3),
        ("play item-1 100", 6.0, 1),
        ("poll call-1", 9.5, 4),
        ("poll call-1-2", 9.5, 2),
        ("hang call-1", 10.0, 5),
        ("poll call-1", 10.0, 6),
        ("poll call-1-2", 15.0, 4),
    ]
    for line, now, number in asked:
        found = answer(tape, words, line, now)
        assert isinstance(found, Answer), (line, str(found))
        assert found.interaction.number == number, (line, now)


def test_a_header_counts_if_it_is_said_to(words: Any) -> None:
    (recorded,) = words.interactions("get item-1 = one")
    other = replace(recorded.request, body=recorded.request.body.replace(b"Exchange2013", b"Exchange2016"))
    for significant, answered in ((frozenset[str](), True), (frozenset({"RequestServerVersion"}), False)):
        found = Tape([recorded], significant=significant).answer(other, words.operation(other))
        assert isinstance(found, Answer) is answered


def test_rewound_a_tape_begins_again(words: Any) -> None:
    tape = Tape(words.interactions(CALL + "create a = created"))
    lines = ("play item-9 900", "play item-9 900", "hang call-1", "poll call-1", "create a")

    def run() -> list[int]:
        return [found.interaction.number for line in lines if isinstance(found := answer(tape, words, line), Answer)]

    first = run()
    assert isinstance(answer(tape, words, "create a"), Miss)
    tape.rewind()
    assert (tape.used, tape.misses) == ((), 1)
    assert isinstance(answer(tape, words, "poll call-1"), Miss)
    assert run() == first == [1, 1, 5, 6, 7]


# --- the client's own values ------------------------------------------------------------------------------------------


def test_answers_hold_the_values_of_the_client(words: Any) -> None:
    tape = Tape(words.interactions("list inbox = item-1 \n get item-1 = one"))
    answer(tape, words, "get a&amp;b")
    found = answer(tape, words, "list inbox")
    assert isinstance(found, Answer)
    recorded = found.interaction.response
    assert recorded is not None
    assert found.response == replace(recorded, body=recorded.body.replace(b"item-1", b"a&amp;b"))


MAILBOX = """
    get item-1 = one
    list inbox = item-1
    get item-2 = two
    get item-1 = one again
    view 2024-01-01 2024-02-01 = three
    play item-1 100 = call-1
    poll call-1 = Connecting
    play item-2 +200 = call-2
    poll call-2 = Alerted
    hang call-1 = Success
    poll call-1 = Disconnected
    list inbox = item-2
    delete item-2 = gone
    list inbox = item-1
"""
_own = st.text("abcAB01=+/", min_size=1, max_size=5).map("my-{}".format)
_dates = st.dates(min_value=date(2025, 1, 1)).map(str)


@given(
    items=st.lists(_own, min_size=2, max_size=2, unique=True),
    numbers=st.lists(_own, min_size=2, max_size=2, unique=True),
    days=st.lists(_dates, min_size=2, max_size=2, unique=True),
    runs=st.integers(1, 3),
)
def test_a_client_with_its_own_data_sees_the_recording_with_its_own_data(
    words: Any, items: list[str], numbers: list[str], days: list[str], runs: int
) -> None:
    live = MAILBOX
    for recorded, own in zip(
        ("item-1", "item-2", " 100", "+200", "2024-01-01", "2024-02-01"), (*items, *numbers, *days), strict=True
    ):
        live = live.replace(recorded, f" {own}" if recorded[0] == " " else own)
    tape = Tape(words.interactions(MAILBOX))
    for _ in range(runs):
        assert words.play_on(tape, MAILBOX, live) == words.expected(live)
        tape.rewind()


def test_answers_without_such_values_are_those_recorded(words: Any) -> None:
    tape = Tape(words.interactions("list inbox = item-2 \n get item-1 = one"))
    answer(tape, words, "get mine")
    found = answer(tape, words, "list inbox")
    assert isinstance(found, Answer)
    assert found.response is found.interaction.response


def test_nothing_is_bound_by_a_request_that_has_no_answer(words: Any) -> None:
    tape = Tape(words.interactions("create x = made \n delete item-1 = gone \n delete item-2 = gone"))
    assert isinstance(answer(tape, words, "delete mine"), Answer)
    assert isinstance(answer(tape, words, "delete mine"), Miss)
    assert isinstance(answer(tape, words, "delete other"), Answer)
    assert isinstance(answer(tape, words, "delete another"), Miss)
    assert isinstance(answer(tape, words, "delete other"), Miss)


def test_a_tape_knows_what_a_client_can_have_from_it_only(words: Any) -> None:
    tape = Tape(words.interactions(CALL + "get item-1 = one"))
    assert not tape.issued("call-1")
    for line in ("play item-1 100", "play item-1 100"):
        answer(tape, words, line)
    assert [tape.issued(value) for value in ("call-1", "call-1-2", "call-1-3", "item-1", "100")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_second_instance_has_an_id_of_the_kind_that_was_recorded(words: Any) -> None:
    recorded = b64encode(b"00000000-0000-4000-8000-000000000001@um.example.org").decode()
    tape = Tape(words.interactions(f"um-play entry 100 = {recorded} \n um-poll {recorded} = Alerted"))
    request = words.request("um-play entry 100")
    operation = words.operation(request, Service.UM)
    first, second = (tape.answer(request, operation) for _ in range(2))
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert second.response is not None
    assert first.response is first.interaction.response
    ((_, derived),) = identifiers(second.response)
    assert b64decode(derived, validate=True).endswith(b"@replay.example.com")
    poll = words.request(f"um-poll {derived}")
    assert isinstance(tape.answer(poll, words.operation(poll, Service.UM)), Answer)


def test_a_miss_shows_no_live_value(words: Any) -> None:
    found = answer(Tape(words.interactions(CALL)), words, "hang secret-id")
    assert isinstance(found, Miss)
    assert "secret" not in f"{found} {found!r} {found.to_dict()}"
    assert "secret-id" in str(found.to_dict(show_live=True))
    assert found.to_dict()["nearest"] == [
        {
            "number": 5,
            "used_up": False,
            "differences": [
                {
                    "path": "Body/DisconnectPhoneCall/PhoneCallId/@Id",
                    "recorded": "<phone call id, 6 characters>",
                    "live": "<phone call id, 9 characters>",
                    "why": "only a server issues such a value, and this one was never issued",
                }
            ],
        }
    ]
