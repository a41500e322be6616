import pytest

from ewstape.operations.identifiers import (
    DATE_TIME,
    DIAL_STRING,
    ITEM_ID,
    PHONE_CALL_ID,
    SYNC_STATE,
    Kind,
)
from ewstape.replay.bindings import Bindings, Facts, Objection

TAPE = {"item-1", "item-2", "call-1", "call-9", "100", "200", "2024-01-01", "2024-01-02", "state-0"}


@pytest.fixture
def bindings() -> Bindings:
    """Of a tape that has served item-2 and that issues call-1."""
    return Bindings(
        Facts(
            on_tape=lambda _, value: value in TAPE,
            served=lambda _, value: value == "item-2",
            issued=lambda _, value: value == "call-1",
            is_pseudonym=lambda value: "user-" in value,
        )
    )


@pytest.mark.parametrize(
    ("kind", "recorded", "live", "objection"),
    [
        (ITEM_ID, "item-1", "item-1", None),
        (ITEM_ID, "item-1", "item-2", Objection.ON_TAPE),
        (ITEM_ID, "item-1", "mine", None),
        (ITEM_ID, "item-2", "mine", Objection.SERVED),
        (DIAL_STRING, "item-2", "mine", None),
        (PHONE_CALL_ID, "call-1", "mine", Objection.NOT_ISSUED),
        (PHONE_CALL_ID, "call-9", "mine", None),
        (SYNC_STATE, "state-0", "mine", None),
        (DATE_TIME, "2024-01-01", "2024-01-02", None),
    ],
)
def test_a_value_stands_for_another_by_one_order_of_rules(
    bindings: Bindings, kind: Kind, recorded: str, live: str, objection: Objection | None
) -> None:
    assert bindings.objection(kind, recorded, live) is objection


def test_a_binding_holds_and_is_one_to_one(bindings: Bindings) -> None:
    bindings.bind([DIAL_STRING], ("100",), ("900",), None)
    assert bindings.objection(DIAL_STRING, "100", "900") is None
    assert bindings.objection(DIAL_STRING, "200", "900") is Objection.BOUND
    assert bindings.objection(DIAL_STRING, "100", "800") is Objection.TAKEN
    assert bindings.objection(ITEM_ID, "100", "800") is None
    assert (bindings.live(DIAL_STRING, "100"), bindings.recorded(DIAL_STRING, "900")) == ("900", "100")


def test_a_value_that_stands_for_itself_is_taken(bindings: Bindings) -> None:
    assert not bindings
    bindings.bind([DIAL_STRING], ("100",), ("100",), None)
    assert bindings.objection(DIAL_STRING, "100", "900") is Objection.TAKEN
    assert not bindings


def test_values_of_one_request_are_one_to_one_among_themselves(bindings: Bindings) -> None:
    kinds = (DIAL_STRING, DIAL_STRING)
    assert bindings.fits(kinds, ("100", "200"), ("8", "9"), None)
    assert bindings.fits(kinds, ("100", "100"), ("8", "8"), None)
    assert not bindings.fits(kinds, ("100", "200"), ("8", "8"), None)
    assert not bindings.fits(kinds, ("100", "100"), ("8", "9"), None)


def test_what_varies_gives_way(bindings: Bindings) -> None:
    bindings.bind([DATE_TIME], ("2024-01-01",), ("2026-01-01",), None)
    assert bindings.objection(DATE_TIME, "2024-01-01", "2026-01-02") is None
    bindings.bind([DATE_TIME], ("2024-01-01",), ("2026-01-02",), None)
    assert bindings.live(DATE_TIME, "2024-01-01") == "2026-01-02"
    assert bindings.recorded(DATE_TIME, "2026-01-01") is None
    assert bindings.recorded(DATE_TIME, "2024-01-02") == "2024-01-02"
    assert bindings.recorded(DATE_TIME, "2024-01-02", loosely=True) is None


def test_bindings_of_an_owner_give_way_to_the_owner_and_end_with_it(bindings: Bindings) -> None:
    bindings.bind([DIAL_STRING], ("100",), ("900",), "call")
    assert bindings.objection(DIAL_STRING, "100", "800") is Objection.TAKEN
    assert bindings.objection(DIAL_STRING, "100", "800", "other") is Objection.TAKEN
    assert bindings.objection(DIAL_STRING, "100", "800", "call") is None
    assert bindings.recorded(DIAL_STRING, "900", loosely=True) is None
    bindings.release("call")
    assert bindings.objection(DIAL_STRING, "100", "800") is None
    assert bindings.live(DIAL_STRING, "100") is None
    assert not bindings


def test_a_binding_that_is_there_keeps_its_owner(bindings: Bindings) -> None:
    bindings.bind([DIAL_STRING], ("100",), ("900",), None)
    bindings.bind([DIAL_STRING], ("100",), ("900",), "call")
    bindings.release("call")
    assert bindings.live(DIAL_STRING, "100") == "900"


def test_nothing_is_left_after_clearing(bindings: Bindings) -> None:
    bindings.bind([DIAL_STRING], ("100",), ("900",), "call")
    bindings.clear()
    assert (bool(bindings), bindings.live(DIAL_STRING, "100")) == (False, None)


REDACTED = Kind("redacted_value", known_to_client=True)
DATED = Kind("redacted_value", known_to_client=True, varies=True)


@pytest.mark.parametrize(
    ("kind", "recorded", "live", "objection"),
    [
        (REDACTED, "user-1", "user-1", None),
        (REDACTED, "user-1", "Ann", None),
        (REDACTED, "user-1", "item-1", Objection.ON_TAPE),
        (REDACTED, "plain", "plain", None),
        (REDACTED, "plain", "Ann", Objection.CONSTANT),
        (DATED, "plain", "Ann", None),
        (REDACTED, "user-7", "eve@example.net", None),
        (REDACTED, "user-7", "EVE@example.net", None),
        (REDACTED, "user-7", "Ann", Objection.TAKEN),
        (DIAL_STRING, "user-7", "EVE@example.net", None),
        (DIAL_STRING, "user-7", "Ann", Objection.TAKEN),
        (ITEM_ID, "user-7", "EVE@example.net", None),
    ],
)
def test_a_pseudonym_stands_for_any_one_text_and_what_is_none_for_itself(
    bindings: Bindings, kind: Kind, recorded: str, live: str, objection: Objection | None
) -> None:
    bindings.bind([DIAL_STRING], ("user-7",), ("eve@example.net",), None)
    assert bindings.objection(kind, recorded, live) is objection


def test_the_clients_own_value_is_known_whatever_the_field_and_its_prefix(bindings: Bindings) -> None:
    bindings.bind([DIAL_STRING, REDACTED], ("user-1", "SMTP:user-2"), ("ann@example.net", "smtp:eve@example.net"), None)
    found = [bindings.own(value) for value in ("user-1", "SMTP:user-1", "user-2", "SMTP:user-2", "user-3")]
    assert found == ["ann@example.net", "SMTP:ann@example.net", "eve@example.net", "smtp:eve@example.net", None]
    bindings.clear()
    assert bindings.own("user-1") is None


def test_a_kept_id_stands_for_its_pseudonym_though_that_was_served() -> None:
    """A client may have stored the id of an item, but never that of a call."""
    served = Bindings(
        Facts(
            on_tape=lambda *_: False,
            served=lambda *_: True,
            issued=lambda *_: True,
            is_pseudonym=lambda value: "user-" in value,
        )
    )
    assert served.objection(ITEM_ID, "user-1", "mine") is None
    assert served.objection(ITEM_ID, "item-1", "mine") is Objection.SERVED
    assert served.objection(PHONE_CALL_ID, "user-1", "mine") is Objection.SERVED
