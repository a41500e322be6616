"""One value in many spellings is one value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.redaction.kinds import Kind
from ewstape.redaction.normalise import normalise, resolve, split_port, split_prefix

SAME = {
    Kind.SMTP_ADDRESS: (
        *("alice@contoso.com", "Alice@Contoso.COM", "SMTP:alice@contoso.com", "mailto:ALICE@contoso.com"),
        *(" alice@contoso.com\n", "Alice Smith <alice@contoso.com>", "sip:alice@contoso.com;transport=tls"),
        *("sip:alice@contoso.com:5061", "\uff41lice@contoso.com"),
    ),
    Kind.PHONE_NUMBER: (
        *("+14255550100", "14255550100", "+1 425 555-0100", "+1 (425) 555.0100", "tel:+1-425-555-0100"),
        *("sip:+14255550100", "TEL:+14255550100", "+1 425      555 0100", "\uff0b1425\u00a0555\u20110100"),
    ),
    Kind.HOST: ("mail.contoso.com", "MAIL.contoso.com.", "mail.contoso.com:443"),
    Kind.URL: (
        "https://mail.contoso.com/EWS/Exchange.asmx",
        "HTTPS://bob:secret@Mail.Contoso.com/EWS/Exchange.asmx",
    ),
    Kind.GUID: (
        *("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "{6F9619FF-8B86-D011-B42D-00CF4FC964FF}"),
        "6f9619ff8b86d011b42d00cf4fc964ff",
    ),
    Kind.SID: ("S-1-5-21-397955417-626881126-188441444-3100", "s-1-5-21-397955417-626881126-188441444-3100"),
    Kind.LEGACY_DN: ("/o=Contoso/cn=Recipients/cn=alice", "X500:/O=CONTOSO/CN=Recipients/CN=Alice"),
    Kind.DISPLAY_NAME: ("Zo\u00eb Smith", "ZOE\u0308  SMITH", " zo\u00eb\tsmith"),
    Kind.TEXT: ("Re: the budget", "Re:  the\r\n budget"),
    Kind.ID: ("AAMkAGVmMDEz==", "AAMk\n AGVmMDEz"),
}


@pytest.mark.parametrize(("kind", "spellings"), SAME.items(), ids=SAME)
def test_spellings_of_one_value_are_one_value(kind: Kind, spellings: tuple[str, ...]) -> None:
    assert len({normalise(spelling, kind) for spelling in spellings}) == 1


DIFFERENT = {
    Kind.SMTP_ADDRESS: ("alice@contoso.com", "alice@contoso.example", "bob@contoso.com"),
    Kind.PHONE_NUMBER: ("+14255550100", "+14255550100;ext=1", "4711", "x4711"),
    Kind.HOST: ("mail.contoso.com", "mail", "contoso.com"),
    Kind.ID: ("AAMkAGVm", "aaMkAGVm"),
    Kind.TEXT: ("Budget", "budget"),
}


@pytest.mark.parametrize(("kind", "values"), DIFFERENT.items(), ids=DIFFERENT)
def test_different_values_stay_different(kind: Kind, values: tuple[str, ...]) -> None:
    assert len({normalise(value, kind) for value in values}) == len(values)


EVIDENT = {
    "alice@contoso.com": Kind.SMTP_ADDRESS,
    "SIP:alice@contoso.com": Kind.SMTP_ADDRESS,
    "https://mail.contoso.com/x": Kind.URL,
    "6f9619ff-8b86-d011-b42d-00cf4fc964ff": Kind.GUID,
    "S-1-5-21-397955417-626881126-188441444-3100": Kind.SID,
    "/o=Contoso/cn=Recipients/cn=alice": Kind.LEGACY_DN,
    "+1 425 555 0100": Kind.PHONE_NUMBER,
}


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.DISPLAY_NAME, Kind.TOKEN, Kind.COOKIE, Kind.PHONE_NUMBER])
@pytest.mark.parametrize(("value", "expected"), EVIDENT.items(), ids=EVIDENT)
def test_a_value_that_is_evident_is_the_same_in_every_open_field(value: str, expected: Kind, kind: Kind) -> None:
    assert resolve(value, kind) is expected


def test_an_identifier_is_an_identifier_whatever_it_looks_like() -> None:
    assert resolve("6f9619ff-8b86-d011-b42d-00cf4fc964ff", Kind.ID) is Kind.ID


def test_a_dial_string_may_be_an_address_and_an_address_a_number() -> None:
    assert resolve("sip:alice@contoso.com:5061;transport=tls", Kind.PHONE_NUMBER) is Kind.SMTP_ADDRESS
    assert resolve("sip:4711", Kind.SIP_ADDRESS) is Kind.PHONE_NUMBER
    assert resolve("alice", Kind.SIP_ADDRESS) is Kind.SMTP_ADDRESS
    assert resolve("mail.contoso.com:443", Kind.URL) is Kind.HOST


def test_prefix_and_port_are_taken_off() -> None:
    assert split_prefix("SMTP:a@b") == ("SMTP:", "a@b")
    assert split_prefix("a@b") == ("", "a@b")
    assert split_port("[2001:db8::1]:443") == ("[2001:db8::1]", ":443")
    assert split_port("2001:db8::1") == ("2001:db8::1", "")


@given(st.text(), st.sampled_from(Kind))
def test_any_text_can_be_normalised_as_any_kind(text: str, kind: Kind) -> None:
    assert isinstance(normalise(text, kind), str)
