from dataclasses import replace
from typing import Any

from ewstape.interaction import Interaction, Service
from ewstape.operations.identifiers import ITEM_ID, PHONE_CALL_ID
from ewstape.replay.canonical import canonical
from ewstape.replay.index import Group, Index, Pool, Shape, begins_call, call_of


def groups(*values: str) -> list[Group]:
    return [Group(number, (ITEM_ID,), (value,), number) for number, value in enumerate(values)]


def test_the_least_used_group_is_chosen_first_and_of_those_the_earliest() -> None:
    one, two, three = groups("a", "b", "c")
    pool = Pool([(group.times, group.number, group) for group in (one, two, three)])
    chosen = []
    for _ in range(7):
        group = pool.choose(lambda group: group is not two)
        assert group is not None
        group.times += 1
        chosen.append(group.values[0])
    assert chosen == ["a", "c", "a", "c", "a", "c", "a"]
    assert pool.choose(lambda _: True) is two
    assert pool.choose(lambda _: False) is None
    assert pool.choose(lambda _: True) is two


def test_the_narrowest_of_the_known_values_tells_where_to_look() -> None:
    made = [Group(number, (ITEM_ID, ITEM_ID), ("a", f"b{number}"), number) for number in range(3)]
    by_value = {(0, "a"): made, **{(1, group.values[1]): [group] for group in made}}
    shape = Shape(groups=made, by_value={**by_value})
    seen: list[str] = []

    def look(*wanted: str | None) -> list[str]:
        seen.clear()
        shape.choices((ITEM_ID, ITEM_ID), wanted).choose(lambda group: seen.append(group.values[1]))  # type: ignore[func-returns-value, arg-type]
        return seen

    assert look(None, None) == ["b0", "b1", "b2"]
    assert look("a", None) == ["b0", "b1", "b2"]
    assert look("a", "b2") == ["b2"]
    assert look("x", None) == []


def index(words: Any, text: str) -> Index:
    return Index(words.interactions(text), frozenset())


def test_equal_requests_are_one_group_and_others_of_their_kind_one_shape(words: Any) -> None:
    found = index(words, "get item-1 = one \n get item-2 = two \n get item-1 = three \n find inbox = none")
    assert [(group.values, group.size) for group in found.groups.values()] == [
        (("item-1",), 2),
        (("item-2",), 1),
        ((), 1),
    ]
    assert len(found.shapes) == 2
    assert list(found.operations) == ["GetItem", "FindItem"]


def test_it_is_known_where_a_value_occurs(words: Any) -> None:
    found = index(words, "play item-1 100 = call-1 \n poll call-1 = Idle \n list inbox = item-2")
    assert found.answered == {(PHONE_CALL_ID, "call-1"): [0], (ITEM_ID, "item-2"): [2]}
    assert {value for _, value in found.requested} == {"item-1", "100", "call-1"}


def test_calls_that_the_recording_did_not_see_begin_are_told_from_ids_of_no_call(words: Any) -> None:
    recorded = (
        "poll call-0 = Connected \n poll call-9 = ErrorInvalidPhoneCallId \n hang call-9 = ErrorInvalidPhoneCallId"
    )
    found = index(words, recorded + " \n play item-1 100 = call-1 \n poll call-1 = Idle")
    assert {call: thread.unknown for call, thread in found.placed_before.items()} == {
        (Service.EWS, "call-0"): False,
        (Service.EWS, "call-9"): True,
    }


def test_the_answers_that_end_a_call_are_known(words: Any) -> None:
    recorded = "play item-1 100 = call-1 \n poll call-1 = Idle \n poll call-1 = Disconnected \n hang call-1 = Success"
    assert index(words, recorded + " \n create a = made").ending == {2, 3}
    legacy = "um-play entry 100 = call-1 \n um-poll call-1 = Disconnected \n um-hang call-1 = Success"
    assert index(words, legacy).ending == {1, 2}


def test_interactions_are_sorted_by_their_numbers(words: Any) -> None:
    play, poll = words.interactions("play item-1 100 = call-1 \n poll call-1 = Idle")
    found = Index([poll, play], frozenset())
    (begun,) = (group for group in found.groups.values() if group.starts)
    ((position, thread),) = begun.starts
    assert position == 1
    assert thread is not None
    assert list(thread.reads.values()) == [{0: [0]}]


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
    found = Index([replace(first, auth="NTLM"), second, replace(third, auth="Basic")], frozenset())
    assert found.logons == ("NTLM", "Basic")
