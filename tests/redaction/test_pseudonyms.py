"""Pseudonyms are consistent, distinct, stable, recognisable without the key, and silent about what they stand for."""

import base64
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.normalise import normalise, resolve
from ewstape.redaction.pseudonyms import Pseudonyms, holds_pseudonym, is_pseudonym

KEY = Key(bytes.fromhex("8f1d0c6a27b94e53a6d2f07c15e83b49"))
OTHER = Key(bytes.fromhex("b3e1907d4c6f28a5915a0cde7f436b12"))

kinds = st.sampled_from(Kind)
labels = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}[A-Za-z0-9]", fullmatch=True)
hosts = st.lists(labels, min_size=1, max_size=4).map(".".join)
addresses = st.builds("{}@{}".format, labels, hosts)
numbers = st.from_regex(r"\+?[1-8][0-9 ()-]{2,17}[0-9]", fullmatch=True)
identifiers = st.binary(min_size=6, max_size=200).map(lambda data: base64.b64encode(data).decode())
names = st.builds("{} {}".format, labels, labels)
sids = st.lists(st.integers(0, 2**32 - 1), min_size=4, max_size=4).map(lambda p: "S-1-5-21-" + "-".join(map(str, p)))
urls = st.builds("https://{}/EWS/{}?email={}".format, hosts, labels, addresses)
distinguished = st.builds("/o={}/ou=Exchange Administrative Group/cn=Recipients/cn={}".format, labels, labels)
realistic = st.one_of(
    addresses, addresses.map("SMTP:{}".format), hosts, numbers, identifiers, names, sids, urls, distinguished,
    st.uuids().map(str), st.uuids().map(lambda u: f"{{{u}}}".upper()),
    st.from_regex(r"[A-Za-z0-9]{8,40}", fullmatch=True),
    st.from_regex(r"(Text|Name|user|host)[ -][0-9]{12}", fullmatch=True),
)  # fmt: skip
values = realistic | st.text(max_size=60)


@given(values, kinds)
@example("https://host-0123456789ab.example.com/a?b=c", Kind.URL)
@example("+999 555 1234 567", Kind.PHONE_NUMBER)
@example("https://m/?" + "https://m/?" * 40, Kind.TEXT)
def test_a_pseudonym_stays_as_it_is_with_every_key(value: str, kind: Kind) -> None:
    once = Pseudonyms(KEY).of(value, kind)
    assert Pseudonyms(KEY).of(once, kind) == once
    assert Pseudonyms(OTHER).of(once, kind) == once


@given(realistic, kinds)
def test_a_pseudonym_is_the_same_in_every_cassette_of_one_key_and_another_with_another(value: str, kind: Kind) -> None:
    pseudonyms = Pseudonyms(KEY)
    pseudonyms.of("something@else.example", Kind.SMTP_ADDRESS)
    assert pseudonyms.of(value, kind) == Pseudonyms(KEY).of(value, kind) != Pseudonyms(OTHER).of(value, kind)


@given(st.lists(values, max_size=30), kinds)
def test_values_that_differ_when_normalised_have_different_pseudonyms(texts: list[str], kind: Kind) -> None:
    pseudonyms = Pseudonyms(KEY)
    parts = [text for text in texts if text.strip() and resolve(text.strip(), kind) is not Kind.URL]
    made = {
        (resolve(text.strip(), kind), normalise(text, kind)): normalise(pseudonyms.of(text, kind), kind)
        for text in parts
    }
    assert len(set(made.values())) == len(made)


@given(addresses, st.sampled_from(["", "sip:", "SMTP:", "mailto:"]))
def test_an_address_is_one_person_in_every_spelling_and_field(address: str, prefix: str) -> None:
    pseudonyms = Pseudonyms(KEY)
    plain = pseudonyms.of(address, Kind.SMTP_ADDRESS)
    assert pseudonyms.of(prefix + address.upper(), Kind.SIP_ADDRESS) == prefix + plain
    assert pseudonyms.of(address.lower(), Kind.DISPLAY_NAME) == plain
    assert plain in pseudonyms.of(f"https://m/x?a={address}", Kind.URL)


def test_one_text_as_two_kinds_of_thing_cannot_be_linked() -> None:
    """Kinds are separated: that a host is called like a person stays unknown."""
    host = Pseudonyms(KEY).of("alice", Kind.HOST)
    name = Pseudonyms(KEY).of("alice", Kind.DISPLAY_NAME)
    assert re.findall(r"[0-9a-f]{12}\b", host) != re.findall(r"[0-9a-f]{12}\b", name)


@given(hosts)
def test_a_host_is_the_same_in_headers_and_urls(host: str) -> None:
    pseudonyms = Pseudonyms(KEY)
    assert pseudonyms.of(f"https://{host}:444/EWS/", Kind.URL) == f"https://{pseudonyms.of(host, Kind.HOST)}:444/EWS/"


@given(realistic, kinds)
def test_a_pseudonym_is_recognised_and_what_is_real_is_not(value: str, kind: Kind) -> None:
    pseudonym = Pseudonyms(KEY).of(value, kind)
    assert is_pseudonym(pseudonym)
    assert is_pseudonym(pseudonym, kind)
    assert holds_pseudonym(f"failed for <{pseudonym}>.")
    assert not is_pseudonym(value)
    assert not is_pseudonym(value, kind)
    assert not holds_pseudonym(f"failed for <{value}>.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Text 447700900123",
        "Name 123456789012",
        "user-alice@example.com",
        "user-7f3a9c21d04e@contoso.com",
        "host-7f3a9c21d04e.contoso.com",
        "mail.example.com",
        "+9 14 5550100",
        "9995550100",
        "+44 999 5550100",
        "ZXdzdGFwZTpjYWxsOjE=",
        "e0057a9e-8b86-4011-942d-00cf4fc964ff",
        "https://host-7f3a9c21d04e.example.com.evil.example/",
        "Thunderbird-ewstape-1.0",
    ],
)
def test_what_only_looks_like_a_pseudonym_is_none(text: str) -> None:
    assert not is_pseudonym(text)


@pytest.mark.parametrize("text", ["USER-7F3A9C21D04E@EXAMPLE.COM", "Host-7f3a9c21d04e.Example.com"])
def test_a_server_that_echoes_a_pseudonym_in_other_case_does_not_make_it_new(text: str) -> None:
    assert is_pseudonym(text)


def test_a_kind_recognises_its_own() -> None:
    name, number = "Name e7f3a9c21d04e", "+999 555 1234 567"
    assert is_pseudonym(name, Kind.DISPLAY_NAME)
    assert not is_pseudonym(name, Kind.PHONE_NUMBER)
    assert is_pseudonym(number, Kind.PHONE_NUMBER)
    assert not is_pseudonym(number, Kind.ID)
    assert is_pseudonym("https://host-7f3a9c21d04e.example.com/x", Kind.URL)
    assert not is_pseudonym("https://mail.contoso.com/x", Kind.URL)


def test_a_second_value_with_the_pseudonym_of_a_first_gets_a_longer_one() -> None:
    """At ten digits 23 bits are left: of 20,000 numbers some twenty pairs meet. The later ones give up their shape."""
    pseudonyms = Pseudonyms(KEY)
    made = [pseudonyms.of(f"425{n:07}", Kind.PHONE_NUMBER) for n in range(0, 1_000_000, 50)]
    assert len(set(made)) == len(made)
    longer = [pseudonym for pseudonym in made if len(pseudonym) != 11]
    assert 0 < len(longer) < 60
    assert all(re.fullmatch(r"\+999[0-9]{15}", pseudonym) for pseudonym in longer)
    assert made == [pseudonyms.of(f"+425{n:07}", Kind.PHONE_NUMBER) for n in range(0, 1_000_000, 50)]


@pytest.mark.parametrize("value", ["", " ", "\n\t"])
@pytest.mark.parametrize("kind", Kind)
def test_nothing_stays_nothing(value: str, kind: Kind) -> None:
    assert Pseudonyms(KEY).of(value, kind) == value


def test_the_originals_are_known_for_the_leak_check() -> None:
    pseudonyms = Pseudonyms(KEY)
    pseudonyms.of(" SMTP:Alice@contoso.com", Kind.TEXT)
    pseudonyms.of("+1 425 555 0100", Kind.PHONE_NUMBER)
    pseudonyms.of("https://bob:hunter2@mail.contoso.com/EWS/", Kind.URL)
    pseudonyms.of("user-7f3a9c21d04e@example.com", Kind.SMTP_ADDRESS)
    assert dict(pseudonyms.originals) == {
        "SMTP:Alice@contoso.com": Kind.SMTP_ADDRESS,
        "alice@contoso.com": Kind.SMTP_ADDRESS,
        "+1 425 555 0100": Kind.PHONE_NUMBER,
        "14255550100": Kind.PHONE_NUMBER,
        "bob": Kind.TOKEN,
        "hunter2": Kind.TOKEN,
        "mail.contoso.com": Kind.HOST,
    }


def test_its_representation_shows_neither_key_nor_value() -> None:
    pseudonyms = Pseudonyms(KEY)
    pseudonyms.of("alice@contoso.com", Kind.SMTP_ADDRESS)
    assert repr(pseudonyms) == f"<Pseudonyms key={KEY.id} values=1>"
    assert pseudonyms.key_id == KEY.id


@pytest.mark.parametrize("kind", Kind)
def test_half_a_surrogate_pair_is_no_obstacle(kind: Kind) -> None:
    assert is_pseudonym(Pseudonyms(KEY).of("a\ud800", kind))


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    assert not holds_pseudonym(text)
    assert holds_pseudonym(f"{text} user-7f3a9c21d04e@example.com {text}")
