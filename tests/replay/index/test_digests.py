from ewstape.interaction import Service
from ewstape.operations.identifiers import CHANGE_KEY, ITEM_ID
from ewstape.replay.canonical import Canonical
from ewstape.replay.index.digests import Digests, mixed


def test_a_digest_depends_on_kind_value_and_key() -> None:
    digests, other = Digests(b"one"), Digests(b"two")
    assert digests.value(ITEM_ID, "a") == Digests(b"one").value(ITEM_ID, "a")
    made = [digests.value(ITEM_ID, "a"), digests.value(ITEM_ID, "b"), digests.value(CHANGE_KEY, "a")]
    assert len({*made, other.value(ITEM_ID, "a")}) == 4
    assert digests.call(Service.EWS, "a") != digests.call(Service.UM, "a")


def test_a_request_is_told_by_its_shape_and_all_its_values_in_order() -> None:
    digests = Digests()
    kinds = (ITEM_ID, ITEM_ID)
    first = digests.request(Canonical(b"key", kinds, ("a", "b")))
    swapped = digests.request(Canonical(b"key", kinds, ("b", "a")))
    other = digests.request(Canonical(b"yek", kinds, ("a", "b")))
    assert first.shape == swapped.shape != other.shape
    assert first.values == other.values == swapped.values[::-1]
    assert len({first.whole, swapped.whole, other.whole}) == 3


def test_each_redacted_place_has_a_kind_of_its_own() -> None:
    one, two = ("{urn:m}Item", "{urn:m}Subject", ""), ("{urn:m}Item", "{urn:m}Name", "")
    digests = Digests(slots=frozenset({one, two}))
    kinds = [kind for kind in digests._kinds if kind.name == "redacted_value"]  # noqa: SLF001  nobody else lists them
    assert len({digests.value(kind, "a") for kind in kinds}) == 2


def test_a_value_that_is_no_text_has_a_digest() -> None:
    assert Digests().value(ITEM_ID, "\ud800") != Digests().value(ITEM_ID, "\ud801")


def test_mixing_is_the_same_in_every_process() -> None:
    assert mixed(1, 2**63, -1) == mixed(1, 2**63, -1) != mixed(2**63, 1, -1)
    assert 0 <= mixed(7) < 2**64
