"""What is known of a recording, by group, thread and value."""

from dataclasses import replace
from typing import Any

import pytest

from ewstape.interaction import Interaction, Service
from ewstape.operations.identifiers import ITEM_ID, PHONE_CALL_ID
from ewstape.replay.canonical import canonical
from ewstape.replay.index import ChangedError, Index, begins_call, call_of
from ewstape.replay.kept import Kept


def index(words: Any, text: str) -> Index:
    return Index.of(Kept(words.interactions(text)))


def asked(words: Any, line: str) -> Any:
    request = words.request(line)
    return canonical(request, words.operation(request))


def test_equal_requests_are_one_group_and_others_of_their_kind_one_shape(words: Any) -> None:
    found = index(words, "get item-1 = one \n get item-2 = two \n get item-1 = three \n find inbox = none")
    groups = [found.group(number) for number in range(3)]
    assert [(group.asked.values, group.size) for group in groups] == [(("item-1",), 2), (("item-2",), 1), ((), 1)]
    assert found.find(asked(words, "get item-2")) == groups[1]
    assert found.find(asked(words, "get item-3")) is None
    shape = found.digest(asked(words, "get item-3")).shape
    assert list(found.alike(shape)) == [0, 1]
    assert list(found.sharing(shape, 0, found.value(ITEM_ID, "item-2"))) == [1]
    assert {name: list(groups) for name, groups in found.operations.items()} == {"GetItem": [0, 1], "FindItem": [2]}


def test_the_narrowest_of_the_known_values_tells_where_to_look(words: Any) -> None:
    found = index(words, "play a 100 = call-1 \n play a 200 = call-2 \n play b 200 = call-3")
    digest = found.digest(asked(words, "play b 100"))
    known = list(enumerate(digest.values))
    assert found.narrowest(digest.shape, known) == known[0]
    assert found.narrowest(digest.shape, known[1:]) == known[1]
    assert found.narrowest(digest.shape, []) is None


def test_it_is_known_where_a_value_occurs(words: Any) -> None:
    found = index(words, "play item-1 100 = call-1 \n poll call-1 = Idle \n list inbox = item-2")
    assert list(found.answered(PHONE_CALL_ID, "call-1")) == [0]
    assert list(found.answered(ITEM_ID, "item-2")) == [2]
    assert [found.issues(ITEM_ID, value) for value in ("item-1", "item-2")] == [False, True]
    assert [found.holds(ITEM_ID, value) for value in ("item-1", "item-2", "item-3")] == [True, True, False]


def test_calls_that_the_recording_did_not_see_begin_are_told_from_ids_of_no_call(words: Any) -> None:
    recorded = (
        "poll call-0 = Connected \n poll call-9 = ErrorInvalidPhoneCallId \n hang call-9 = ErrorInvalidPhoneCallId"
    )
    found = index(words, recorded + " \n play item-1 100 = call-1 \n poll call-1 = Idle")
    placed = {call: found.placed_before((Service.EWS, call)) for call in ("call-0", "call-9", "call-1")}
    assert {call: thread and thread.unknown for call, thread in placed.items()} == {
        "call-0": False,
        "call-9": True,
        "call-1": None,
    }
    assert found.placed_before((Service.UM, "call-0")) is None


def test_the_answers_that_end_a_call_are_known(words: Any) -> None:
    recorded = "play item-1 100 = call-1 \n poll call-1 = Idle \n poll call-1 = Disconnected \n hang call-1 = Success"
    assert list(index(words, recorded + " \n create a = made").ends) == [0, 0, 1, 1, 0]
    legacy = "um-play entry 100 = call-1 \n um-poll call-1 = Disconnected \n um-hang call-1 = Success"
    assert list(index(words, legacy).ends) == [0, 1, 1]


def test_interactions_are_sorted_by_their_numbers(words: Any) -> None:
    play, poll = words.interactions("play item-1 100 = call-1 \n poll call-1 = Idle")
    found = Index.of(Kept([poll, play]))
    group = found.find(asked(words, "play item-1 100"))
    assert group is not None
    assert list(group.starts) == [0]
    assert found.document(0)[0] is play
    thread = found.started(0)
    assert thread is not None
    assert thread.call == "call-1"
    assert [list(ranks) for ranks in found.answers(1, thread)] == [[], [1]]


def test_a_play_that_got_no_id_began_no_call(words: Any) -> None:
    found = index(words, "play item-1 100 = (gone) \n play item-1 100 = ErrorBusy")
    assert [found.started(rank) for rank in (0, 1)] == [None, None]


def test_a_call_is_told_by_service_and_id(words: Any) -> None:
    def call(interaction: Interaction) -> tuple[Service, str] | None:
        return call_of(interaction.operation, canonical(interaction.request, interaction.operation))

    play, poll, find = words.interactions("play item-1 100 = call-1 \n poll call-1 = Idle \n find inbox = none")
    (legacy,) = words.interactions("um-poll call-1 = Idle")
    assert [call(one) for one in (play, poll, find, legacy)] == [
        None,
        (Service.EWS, "call-1"),
        None,
        (Service.UM, "call-1"),
    ]
    assert [begins_call(one.operation) for one in (play, poll, find)] == [True, False, False]


def test_logons_are_kept_in_the_order_they_were_first_used(words: Any) -> None:
    first, second, third = words.interactions("get item-1 = 1 \n get item-2 = 2 \n get item-3 = 3")
    found = Index.of(Kept([replace(first, auth="NTLM", number=9), second, replace(third, auth="Basic")]))
    assert found.logons == ("Basic", "NTLM")


def test_times_written_in_any_order_are_due_no_later_than_those_after_them(words: Any) -> None:
    recorded = words.interactions("find inbox = a \n find inbox = b \n find inbox = c \n get item-1 = one")
    times = (5.0, 9.0, 7.0, 1.0)
    found = Index.of(Kept([replace(one, at=at) for one, at in zip(recorded, times, strict=True)]))
    assert list(found.due) == [5.0, 7.0, 7.0, 1.0]


@pytest.mark.parametrize("other", ["get item-9 = one", "find inbox = one"])
def test_a_document_that_is_not_what_it_was_is_noticed(words: Any, other: str) -> None:
    made = words.interactions("get item-1 = one \n get item-2 = two")
    contents = Index.of(Kept(made)).contents
    later = Index(Kept([words.interactions(other)[0], made[1]]), frozenset(), contents)
    assert later.document(1)[0] is made[1]
    with pytest.raises(ChangedError):
        later.document(0)
    with pytest.raises(ChangedError):
        later.outcome(0)


def test_an_index_tells_whether_it_goes_on_with_another(words: Any) -> None:
    one = index(words, "get item-1 = one \n hang call-0 = Success")
    assert index(words, "get item-1 = one \n hang call-0 = Success \n get item-2 = two").continues(one)
    assert not one.continues(index(words, "get item-1 = one \n hang call-0 = Success \n get item-2 = two"))
    assert not index(words, "get item-2 = one \n hang call-0 = Success \n get item-2 = two").continues(one)


def test_what_cannot_fit_is_told_without_its_values(words: Any) -> None:
    found = index(words, "play a 100 = call-1 \n find inbox = none")
    live = asked(words, "play b 100")
    digest = found.digest(live)
    assert found.may_fit(0, live.kinds, (None, None), digest.values)
    assert found.may_fit(0, live.kinds, (None, digest.values[1]), digest.values)
    assert not found.may_fit(0, live.kinds, (digest.values[0], None), digest.values)
    assert not found.may_fit(1, live.kinds, (None, None), digest.values)
