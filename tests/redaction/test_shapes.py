"""Pseudonyms have the shape of their kind, and nobody's phone rings."""

import base64
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.redaction.shapes import SHAPES, holds_id, id_tag

KEY = Key(bytes.fromhex("8f1d0c6a27b94e53a6d2f07c15e83b49"))

numbers = st.tuples(
    st.sampled_from(["", "+", "tel:", "tel:+", "sip:+", "00", "(0)"]),
    st.lists(
        st.tuples(st.sampled_from("0123456789"), st.sampled_from(["", "", "", " ", "-", ".", ") ", " (", "/"])),
        min_size=1,
        max_size=22,
    ),
).map(lambda parts: parts[0] + "".join(digit + between for digit, between in parts[1]).strip())


def digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def separators(text: str) -> str:
    return re.sub(r"[0-9+]", "", text)


@given(numbers)
def test_a_number_is_in_a_country_that_does_not_exist(number: str) -> None:
    pseudonym = Pseudonyms(KEY).of(number, Kind.PHONE_NUMBER)
    assert re.sub(r"^(tel|sip):", "", separators(pseudonym) and pseudonym).count("+") <= 1
    assert "+" in pseudonym
    assert digits(pseudonym).startswith("999")


@given(numbers.filter(lambda number: len(digits(number)) >= 10))
def test_a_number_keeps_its_prefix_its_separators_and_its_count_of_digits(number: str) -> None:
    pseudonym = Pseudonyms(KEY).of(number, Kind.PHONE_NUMBER)
    assert len(digits(pseudonym)) == len(digits(number))
    assert separators(pseudonym) == separators(number)


@given(numbers.filter(lambda number: len(digits(number)) < 10))
def test_a_short_number_gives_up_its_count_of_digits(number: str) -> None:
    assert len(digits(Pseudonyms(KEY).of(number, Kind.PHONE_NUMBER))) == 18


@pytest.mark.parametrize("value", ["x4711", "1-800-FLOWERS", "*67", "+14255550100;ext=1", "9,,4711#", "\u0661\u0662"])
def test_what_is_not_digits_alone_becomes_a_number_all_the_same(value: str) -> None:
    assert re.fullmatch(r"\+999[0-9]{15}", Pseudonyms(KEY).of(value, Kind.PHONE_NUMBER))


@given(st.text(min_size=1).filter(str.strip) | st.binary(min_size=9).map(lambda b: base64.b64encode(b).decode()))
def test_an_id_is_base64_that_needs_no_escape_and_decodes_to_something_harmless(value: str) -> None:
    pseudonym = Pseudonyms(KEY).of(value, Kind.ID)
    assert re.fullmatch("[A-Za-z0-9]+", pseudonym)
    assert re.fullmatch(rb"ewstape:id:[0-9a-f]{13}\.*", base64.b64decode(pseudonym, validate=True))
    assert holds_id(pseudonym)
    assert base64.b64decode(pseudonym).startswith(f"ewstape:id:{id_tag(pseudonym)}".encode())


@pytest.mark.parametrize("kind", [Kind.ID, Kind.TEXT])
@pytest.mark.parametrize("length", [40, 64, 152, 255, 1000, 4096, 5000])
def test_length_is_kept_in_classes_and_never_exceeded(length: int, kind: Kind) -> None:
    pseudonym = Pseudonyms(KEY).of("x" * length, kind)
    assert len(pseudonym) <= length < 2 * len(pseudonym)


SHAPED = {
    Kind.SMTP_ADDRESS: ("SMTP:alice@contoso.com", r"SMTP:user-[0-9a-f]{12}@example\.com"),
    Kind.SIP_ADDRESS: ("sip:alice@contoso.com", r"sip:user-[0-9a-f]{12}@example\.com"),
    Kind.HOST: ("mail.contoso.com:443", r"host-[0-9a-f]{12}\.example\.com:443"),
    Kind.GUID: ("{6F9619FF-8B86-D011-B42D-00CF4FC964FF}", r"\{E0057A9E-[0-9A-F]{4}(-8[0-9A-F]{3}){2}-[0-9A-F]{12}\}"),
    Kind.SID: ("S-1-5-21-397955417-626881126-188441444-3100", r"S-1-5-21-1702327156(-[0-9]{1,10}){3}"),
    Kind.LEGACY_DN: (
        "X500:/o=Contoso/cn=Recipients/cn=alice",
        "X500:/o=ewstape/ou=redacted/cn=Recipients/cn=[0-9a-f]{12}",
    ),
    Kind.DISPLAY_NAME: ("Alice Smith", "Name e[0-9a-f]{12}"),
    Kind.TEXT: ("Re: the budget", "Text e[0-9a-f]{12}"),
    Kind.COOKIE: ("MQXqZ8aR", "ewstape-[0-9a-f]{24}"),
    Kind.TOKEN: ("MQXqZ8aR", "ewstape-[0-9a-f]{24}"),
}


@pytest.mark.parametrize(("kind", "value", "shape"), [(k, *case) for k, case in SHAPED.items()], ids=SHAPED)
def test_the_shape_of_each_kind(kind: Kind, value: str, shape: str) -> None:
    assert re.fullmatch(shape, Pseudonyms(KEY).of(value, kind))


@given(st.uuids(), st.sampled_from([str, lambda u: u.hex, lambda u: f"{{{u}}}", lambda u: str(u).upper()]))
def test_a_guid_is_a_guid_spelt_as_before(guid: uuid.UUID, spell: object) -> None:
    assert callable(spell)
    value = spell(guid)
    pseudonym = Pseudonyms(KEY).of(value, Kind.GUID)
    made = uuid.UUID(pseudonym)
    assert (made.version, made.variant) == (8, uuid.RFC_4122)
    assert re.sub("[0-9a-fA-F]", "x", pseudonym) == re.sub("[0-9a-fA-F]", "x", value)


@given(st.integers(0, 2**32 - 1), st.text(min_size=1, max_size=30))
def test_the_parts_of_a_sid_fit_their_fields(number: int, text: str) -> None:
    for value in (f"S-1-5-21-{number}-1-2-500", f"a{text}"):
        parts = Pseudonyms(KEY).of(value, Kind.SID).split("-")
        assert all(int(part) < 2**32 for part in parts[3:])


@pytest.mark.parametrize("shape", dict.fromkeys(SHAPES.values()), ids=lambda shape: shape.domain)
def test_every_attempt_gives_another_pseudonym_that_is_recognised(shape: object) -> None:
    digest = "0123456789abcdef" * 4
    shape = next(known for known in SHAPES.values() if known == shape)
    for attempt in range(8):
        made = shape.make("14255550100", digest, attempt)
        assert re.fullmatch(shape.pattern, made)
        assert any(literal in made for literal in shape.literals)


@pytest.mark.parametrize("text", ["ZXdzdGFwZTpjYWxsOjE=", "ZXdzdGFwZTppZDo", "ZXdzdGFwZQ==", "AAMkAGVm", "!", "\udcff"])
def test_other_base64_is_no_pseudonym(text: str) -> None:
    """Among them the ids of the sandbox and of hand-written cassettes, which are plain but no pseudonyms."""
    assert not holds_id(text)
    assert not id_tag(text)
