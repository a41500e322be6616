import base64

import pytest

from ewstape.sandbox.identifiers import SERVER, Identifiers

KINDS = ["guid", "phone_call_id", "store_id", "change_key", "entry_id", "subscription_id"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_identifier_follows_from_seed_and_name(kind: str) -> None:
    def make(seed: int, name: str) -> str:
        return getattr(Identifiers(seed), kind)(name)

    assert make(1, "a") == make(1, "a")
    assert len({make(1, "a"), make(1, "b"), make(2, "a")}) == 3


def test_names_in_parts_are_not_confused() -> None:
    assert Identifiers(0).guid("ab", "c") != Identifiers(0).guid("a", "bc")


def test_identifiers_hold_what_those_of_a_real_server_hold() -> None:
    identifiers = Identifiers(0)
    assert identifiers.guid("mailbox").encode() in base64.b64decode(identifiers.store_id("item"), validate=True)
    assert SERVER.encode() in base64.b64decode(identifiers.subscription_id("1"), validate=True)
    assert base64.b64decode(identifiers.phone_call_id("1")).endswith(f"@{SERVER}".encode())
