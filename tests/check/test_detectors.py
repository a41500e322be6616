import base64

import pytest

from ewstape.check.detectors import detect

GUID = "b71c52ae-93d4-4f08-a6e1-5d20c97f38b4"


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


SECRETS = {
    "quillon@velvetholm.io": "email-address",
    "QUILLON@VELVETHOLM.IO": "email-address",
    "quillon%40velvetholm.io": "email-address",
    "quillon&#64;velvetholm.io": "email-address",
    "quillon\\u0040velvetholm.io": "email-address",
    b64("quillon@velvetholm.io"): "email-address",
    b64(b64("quillon@velvetholm.io")): "email-address",
    b64("quillon@velvetholm.io".encode("utf-16-le")): "email-address",
    "q\0u\0i\0l\0l\0o\0n\0@\0v\0e\0l\0v\0e\0t\0.\0i\0o\0": "email-address",
    f"mailbox {GUID} moved": "guid",
    b64(f"{GUID}@mx07.velvetholm.io"): "call-id",
    "S-1-5-21-3084719265-1170482953-2750936184-48213": "sid",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJxIn0.c2lnbmF0dXJl": "jwt",
    f"NTLM {b64(b'NTLMSSP' + bytes(30))}": "ntlm",
    f"Negotiate {b64(b'..NTLMSSP' + bytes(30))}": "ntlm",
    f"Basic {b64('quillon:tr0mbone')}": "basic",
    "Bearer 9fKq2ZtW7xLmB4vYc8RsNdJe": "bearer",
    "-----BEGIN PRIVATE KEY-----\nMC4C": "pem",
    "https://quillon:tr0mbone@mail.example.com/": "url-credentials",
    "/o=Velvetholm/ou=Exchange/cn=Recipients/cn=q7b1": "legacy-dn",
    "CN=q,OU=Staff,DC=velvetholm,DC=io": "directory-name",
    "VELVETHOLM\\quillon": "logon-name",
    "\\\\quartzmx07\\drop$": "unc-path",
    "call +1 425 663 7198 now": "phone-number",
    "call 425-663-7198 now": "phone-number",
    "tel:+14256637198": "phone-number",
    "10.183.201.147": "ip-address",
    "mx07.corp.velvetholm.local": "host",
    "<o:Password>tr0mbone</o:Password>": "security-header",
}


@pytest.mark.parametrize(("text", "rule"), SECRETS.items())
def test_what_looks_like_a_secret_is_found(text: str, rule: str) -> None:
    assert rule in [hit.rule for hit in detect(text)]


@pytest.mark.parametrize("text", SECRETS)
def test_a_hit_does_not_say_what_it_found(text: str) -> None:
    for hit in detect(text):
        assert hit.value not in hit.words
        assert hit.value not in repr(hit)


@pytest.mark.parametrize(
    "text",
    [
        "alice@example.com",
        "alice@mail.example.org",
        "user-7f3a9c21d04e@example.com",
        b64("ewstape:call:9a10b2c3d4e5"),
        "http://schemas.microsoft.com/exchange/services/2006/messages",
        "https://mail.example.com/EWS/Exchange.asmx",
        "http://127.0.0.1:8080/EWS/Exchange.asmx",
        "00000000-0000-0000-0000-000000000000",
        "00020329-0000-0000-C000-000000000046",
        'PropertySetId="b71c52ae-93d4-4f08-a6e1-5d20c97f38b4"',
        "S-1-5-32-544",
        "+1 555 0100",
        "tel:+1-555-0101",
        "call (425) 555-0123",
        "+999-977-4540",
        "ExchangeServicesClient/2.2.1.0",
        "exchangelib/5.6.0 (python-requests/2.32.5)",
        "2026-11-23T09:14:07+01:00",
        "The request failed schema validation: The 'Id' attribute is not declared.",
        "Microsoft.Exchange.Services.Core.Types.InvalidRequestException",
        "Basic authentication is off",
        "Bearer tokens",
        "W. Europe Standard Time",
        "192.0.2.17",
        "voicemail.mp3",
        "System.Net",
    ],
)
def test_what_is_everybodys_is_not_found(text: str) -> None:
    assert detect(text) == ()


def test_a_pseudonym_beside_a_secret_hides_nothing() -> None:
    (hit,) = detect("user-7f3a9c21d04e@example.com, quillon@velvetholm.io")
    assert (hit.rule, hit.value) == ("email-address", "quillon@velvetholm.io")
