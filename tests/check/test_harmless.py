"""What is reserved for examples or everybody's is no secret; what only resembles it is one."""

from collections.abc import Callable

import pytest

from ewstape.check import harmless

CASES: dict[Callable[[str], bool], tuple[tuple[str, ...], tuple[str, ...]]] = {
    harmless.host: (
        ("example.com", "mail.example.org", "a.b.test", "localhost", "schemas.microsoft.com", "IPM.Note.Custom"),
        ("contoso.com", "example.com.contoso.com", "notexample.com", "mail.microsoft.com"),
    ),
    harmless.guid: (
        (
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "00062008-0000-0000-C000-000000000046",
            "00020329-0000-0000-c000-000000000046",
        ),
        ("343970a9-d7ca-417f-9909-790a97d3474c",),
    ),
    harmless.number: (
        ("+1 555 0100", "+1 (425) 555-0199", "5550123", "+14255550100;phone-context=example.com"),
        ("+1 555 0200", "+1 425 882 8080", "4711"),
    ),
    harmless.ip_address: (
        ("127.0.0.1", "::1", "0.0.0.0", "192.0.2.7", "203.0.113.9", "2001:db8::5", "0.1.2.3", "300.1.1.1", "words"),
        ("10.0.0.1", "192.168.1.1", "8.8.8.8", "fe80::1"),
    ),
}
VALUES = [
    pytest.param(check, value, expected, id=f"{check.__name__}-{value}")
    for check, sorts in CASES.items()
    for values, expected in zip(sorts, (True, False), strict=True)
    for value in values
]


@pytest.mark.parametrize(("check", "value", "expected"), VALUES)
def test_whose_a_value_is(check: Callable[[str], bool], value: str, expected: bool) -> None:
    assert check(value) is expected


@pytest.mark.parametrize(("domain", "expected"), [("example.com", True), ("contoso.com", False)])
def test_an_address_is_as_harmless_as_its_domain(domain: str, expected: bool) -> None:
    assert harmless.address("robin", domain) is expected
