from collections.abc import Callable
from typing import Any

import pytest

from ewstape.sandbox.calls import ANSWERED, OUTCOMES, outcome_of
from ewstape.sandbox.mailbox import Mailbox
from ewstape.sandbox.markup import Refusal


def play(dial_string: str, item_id: str) -> str:
    return f'<m:PlayOnPhone><m:ItemId Id="{item_id}"/><m:DialString>{dial_string}</m:DialString></m:PlayOnPhone>'


def on_call(operation: str, call_id: str) -> str:
    return f'<m:{operation}><m:PhoneCallId Id="{call_id}"/></m:{operation}>'


@pytest.fixture
def place(ask: Callable[..., Any], mailbox: Mailbox) -> Callable[..., Any]:
    return lambda dial_string: ask(play(dial_string, mailbox.newest.id)).get("PhoneCallId", "Id")


def poll(ask: Callable[..., Any], call_id: str) -> tuple[str, ...]:
    answer = ask(on_call("GetPhoneCallInformation", call_id))
    names = ("PhoneCallState", "ConnectionFailureCause", "SIPResponseText", "SIPResponseCode")
    return tuple(text for name in names if (text := answer.text(name)) is not None)


CONNECTING, ALERTED = ("Connecting", "None"), ("Alerted", "None")
BUSY = ("Disconnected", "UserBusy", "Busy Here", "486")
NO_ANSWER = ("Disconnected", "NoAnswer", "Temporarily Unavailable", "480")
UNAVAILABLE = ("Disconnected", "Unavailable", "Not Found", "404")
OTHER = ("Disconnected", "Other", "Service Unavailable", "503")


@pytest.mark.parametrize(
    ("dial_string", "seen"),
    [
        ("+1 555 0100", [CONNECTING, ALERTED, ("Connected", "None"), ("Connected", "None")]),
        ("robin@example.com", [CONNECTING, ALERTED, ("Connected", "None")]),
        ("+1 555 0101", [CONNECTING, BUSY, BUSY]),
        ("tel:+1-555-0101", [CONNECTING, BUSY]),
        ("+1 555 0102", [CONNECTING, ALERTED, ALERTED, NO_ANSWER, NO_ANSWER]),
        ("+1 555 0103", [CONNECTING, UNAVAILABLE]),
        ("+1 555 0104", [CONNECTING, OTHER]),
    ],
)
def test_each_poll_sees_the_next_state_and_the_last_state_stays(
    ask: Callable[..., Any], place: Callable[..., Any], dial_string: str, seen: list[tuple[str, ...]]
) -> None:
    call_id = place(dial_string)
    assert [poll(ask, call_id) for _ in seen] == seen


@pytest.mark.parametrize("polls", [0, 1, 2, 5])
def test_a_call_can_be_hung_up_at_any_time_and_is_then_disconnected_without_a_cause(
    ask: Callable[..., Any], place: Callable[..., Any], polls: int
) -> None:
    call_id = place("+1 555 0100")
    for _ in range(polls):
        poll(ask, call_id)
    assert ask(on_call("DisconnectPhoneCall", call_id)).codes == ["NoError"]
    assert poll(ask, call_id) == ("Disconnected", "None")


@pytest.mark.parametrize(
    ("dial_string", "code"),
    [
        ("", "ErrorInvalidPhoneNumber"),
        ("+", "ErrorInvalidPhoneNumber"),
        ("12", "ErrorInvalidPhoneNumber"),
        ("+1234567890123456", "ErrorInvalidPhoneNumber"),
        ("reception", "ErrorPhoneNumberNotDialable"),
        ("+1 555 01AB", "ErrorPhoneNumberNotDialable"),
        ("@example.com", "ErrorPhoneNumberNotDialable"),
    ],
)
def test_what_cannot_be_dialled_is_refused(
    ask: Callable[..., Any], mailbox: Mailbox, dial_string: str, code: str
) -> None:
    answer = ask(play(dial_string, mailbox.newest.id))
    assert (answer.status, answer.codes) == (200, [code])
    assert answer.get("PlayOnPhoneResponse", "ResponseClass") == "Error"
    assert answer.get("PhoneCallId", "Id") is None


def test_an_error_names_its_text_before_its_code_as_clients_insist(ask: Callable[..., Any]) -> None:
    body = ask(on_call("GetPhoneCallInformation", "unknown")).body
    assert body.index(b"<MessageText>") < body.index(b"<ResponseCode>") < body.index(b"<DescriptiveLinkKey>")


def test_an_unknown_item_cannot_be_played(ask: Callable[..., Any]) -> None:
    assert ask(play("+1 555 0100", "AAMk")).codes == ["ErrorItemNotFound"]


@pytest.mark.parametrize("operation", ["GetPhoneCallInformation", "DisconnectPhoneCall"])
def test_an_unknown_call_is_refused(ask: Callable[..., Any], operation: str) -> None:
    answer = ask(on_call(operation, "b3RoZXI="))
    assert answer.codes == ["ErrorInvalidPhoneCallId"]
    assert answer.get(f"{operation}Response", "ResponseClass") == "Error"


def test_a_call_that_was_hung_up_cannot_be_hung_up_again(ask: Callable[..., Any], place: Callable[..., Any]) -> None:
    call_id = place("+1 555 0100")
    codes = [ask(on_call("DisconnectPhoneCall", call_id)).codes for _ in range(2)]
    assert codes == [["NoError"], ["ErrorInvalidPhoneCallId"]]


def test_a_call_that_ended_by_itself_cannot_be_hung_up(ask: Callable[..., Any], place: Callable[..., Any]) -> None:
    call_id = place("+1 555 0101")
    poll(ask, call_id)
    poll(ask, call_id)
    assert ask(on_call("DisconnectPhoneCall", call_id)).codes == ["ErrorInvalidPhoneCallId"]


def test_the_documented_name_of_the_operation_is_accepted_and_answered_with_the_real_one(
    ask: Callable[..., Any], mailbox: Mailbox
) -> None:
    answer = ask(play("+1 555 0100", mailbox.newest.id).replace("m:PlayOnPhone", "m:PlayOnPhone2"))
    assert answer.get("PlayOnPhoneResponse", "ResponseClass") == "Success"
    refused = ask(play("", mailbox.newest.id).replace("m:PlayOnPhone", "m:PlayOnPhone2"))
    assert refused.get("PlayOnPhoneResponse", "ResponseClass") == "Error"


def test_calls_have_ids_of_their_own_and_states_of_their_own(
    ask: Callable[..., Any], place: Callable[..., Any]
) -> None:
    first, second = place("+1 555 0100"), place("+1 555 0100")
    assert first != second
    assert [poll(ask, first), poll(ask, first), poll(ask, second)] == [CONNECTING, ALERTED, CONNECTING]


def test_call_ids_do_not_depend_on_the_order_of_calls_to_different_numbers(
    new_ask: Callable[..., Any], mailbox: Mailbox
) -> None:
    numbers = ["+1 555 0110", "+1 555 0111", "+1 555 0112"]

    def place_all(order: Any) -> dict[str, str]:
        ask = new_ask(0)
        return {number: ask(play(number, mailbox.newest.id)).get("PhoneCallId", "Id") for number in order}

    assert place_all(numbers) == place_all(reversed(numbers))


@pytest.mark.parametrize("digits", OUTCOMES)
def test_only_the_digits_of_a_number_count(digits: str) -> None:
    spellings = [
        digits,
        f"+{digits}",
        f"tel:+{digits}",
        f"+{digits[0]} ({digits[1:4]}) {digits[4:]}",
        f"{digits};ext=7",
    ]
    assert {outcome_of(spelling) for spelling in spellings} == {OUTCOMES[digits]}


def test_an_internal_number_is_answered() -> None:
    assert outcome_of("4711") == ANSWERED


def test_every_outcome_ends_disconnected_unless_the_call_is_answered() -> None:
    assert {outcome.states[-1] for outcome in OUTCOMES.values()} == {"Disconnected"}
    with pytest.raises(Refusal, match="phone number"):
        outcome_of("")
