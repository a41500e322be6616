"""Credentials and cookies are gone from headers; everything else stays as it was."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.redaction import RULES, Redactor, redact_headers, redact_url
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms

BASIC = "Basic " + base64.b64encode(b"alice:hunter2-secret").decode()
NTLM2 = "NTLM " + base64.b64encode(b"NTLMSSP\0\2\0\0\0" + b"C\0O\0R\0P\0" * 8).decode()

CASES = {
    "basic": (("Authorization", BASIC), ("Authorization", "Basic")),
    "bearer": (("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."), ("Authorization", "Bearer")),
    "ntlm": (("authorization", NTLM2), ("authorization", "NTLM")),
    "proxy": (("Proxy-Authorization", BASIC), ("Proxy-Authorization", "Basic")),
    "challenge": (("WWW-Authenticate", NTLM2), ("WWW-Authenticate", "NTLM")),
    "realm": (("WWW-Authenticate", 'Basic realm="mail.corp.example.com"'), ("WWW-Authenticate", "Basic")),
    "cookie": (("Cookie", "exchangecookie=6f1a"), None),
    "set cookie": (("Set-Cookie", "X-BackEndCookie=alice@example.com=u56L; path=/EWS"), None),
    "cookie sent as a header": (("X-BackEndOverrideCookie", "mbx01.corp.example.com~1942"), None),
    "token in a header of its own": (("X-CommonAccessToken", "VgEAVAdXaW5kb3dz"), None),
    "NTLM under another name": (("X-Debug", NTLM2), None),
    "bearer under another name": (
        ("X-Original-Auth", "Bearer eyJhbGciOiJub25lIn0.e30."),
        ("X-Original-Auth", "Bearer"),
    ),
    "harmless": (("Content-Type", "text/xml; charset=utf-8"), ("Content-Type", "text/xml; charset=utf-8")),
}


@pytest.mark.parametrize(("line", "kept"), CASES.values(), ids=CASES)
def test_only_the_scheme_of_credentials_is_kept(line: tuple[str, str], kept: tuple[str, str] | None) -> None:
    assert redact_headers((line,)) == ((kept,) if kept else ())


def test_several_challenges_keep_their_schemes_and_order() -> None:
    challenges = (
        ("WWW-Authenticate", "Negotiate"),
        ("WWW-Authenticate", NTLM2),
        ("WWW-Authenticate", 'Basic realm="x"'),
    )
    assert [value for _, value in redact_headers(challenges)] == ["Negotiate", "NTLM", "Basic"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["Authorization", "WWW-Authenticate", "Cookie", "X-A", "Accept"]), st.text()),
        max_size=6,
    )
)
def test_redacting_twice_changes_nothing(lines: list[tuple[str, str]]) -> None:
    once = redact_headers(tuple(lines))
    assert redact_headers(once) == once


@given(
    st.sampled_from(["Basic", "Bearer", "NTLM", "Negotiate", "Digest", "Custom"]),
    st.text(alphabet="abcXYZ0189+/=", min_size=8),
)
def test_no_part_of_a_credential_survives(scheme: str, secret: str) -> None:
    assert all(secret not in value for _, value in redact_headers((("Authorization", f"{scheme} {secret}"),)))


def test_a_password_in_a_url_is_left_out() -> None:
    assert (
        redact_url("https://alice:hunter2@mail.example.com/EWS/Exchange.asmx")
        == "https://mail.example.com/EWS/Exchange.asmx"
    )
    assert (
        redact_url("https://mail.example.com/x?email=a@example.com") == "https://mail.example.com/x?email=a@example.com"
    )


HARMLESS = "; expires=Mon, 23-Nov-2026 09:14:07 GMT; path=/EWS; secure; HttpOnly"


def redacted(*lines: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return Redactor(RULES, Pseudonyms(Key.fresh())).headers(lines)


def test_headers_that_nobody_has_judged_are_left_out() -> None:
    assert redacted(("X-Unheard-Of", "1"), ("X-ClientStatistics", "MessageId=1"), ("Accept", "*/*")) == (
        ("Accept", "*/*"),
    )


@pytest.mark.parametrize("line", [line for line, _ in CASES.values()], ids=CASES)
def test_no_credential_survives_with_a_key_either(line: tuple[str, str]) -> None:
    secrets = (BASIC[6:], NTLM2[5:], "corp.example", "alice", "6f1a", "u56L", "VgEAVAdX", "eyJhbGci")
    assert not any(secret in new for _, new in redacted(line) for secret in secrets)


def test_cookies_keep_harmless_names_and_lose_values() -> None:
    [(_, sent), (_, set_by_server)] = redacted(
        ("Cookie", "exchangecookie=6f1a6f1a; alice@corp.example.net=1; X-BackEndCookie=alice@corp.example.net=u56L"),
        (
            "Set-Cookie",
            "X-BackEndCookie=alice@corp.example.net=u56L; domain=corp.example.net" + HARMLESS,
        ),
    )
    names = [cookie.partition("=")[0].strip() for cookie in sent.split(";")]
    assert names == ["exchangecookie", "X-BackEndCookie"]
    assert set_by_server.endswith(HARMLESS)
    assert not any(secret in sent + set_by_server for secret in ("6f1a6f1a", "alice", "corp", "u56L"))
    assert redacted(("Cookie", sent)) == (("Cookie", sent),)


REPLACED = {
    "anchor": ("X-AnchorMailbox", "SMTP:alice@corp.example.net", "alice"),
    "explicit logon": ("X-OWA-ExplicitLogonUser", "alice@corp.example.net", "alice"),
    "front end": ("X-FEServer", "MBX01-CORP", "MBX01"),
    "back end": ("X-CalculatedBETarget", "mbx01.corp.example.net", "corp"),
    "request id": ("request-id", "6f9b2b0e-8d1c-4b0e-9b5e-0f1d2c3b4a59", "8d1c"),
    "redirect": ("Location", "https://mail.corp.example.net/owa/?u=alice", "corp"),
    "address in a kept header": ("Accept-Language", "alice@corp.example.net", "alice"),
    "server": ("Server", "mbx01.corp.local", "mbx01"),
    "proxy": ("Warning", "199 proxy.corp.local oops", "corp"),
}


@pytest.mark.parametrize(("name", "value", "secret"), REPLACED.values(), ids=REPLACED)
def test_headers_that_name_people_and_servers_are_replaced(name: str, value: str, secret: str) -> None:
    [(kept, new)] = redacted((name, value))
    assert kept == name
    assert secret not in new
    assert redacted((name, new)) == ((name, new),)


KEPT = {
    "agent": ("User-Agent", "ExchangeServicesClient/15.00.0913.015"),
    "action": ("SOAPAction", '"http://schemas.microsoft.com/exchange/services/2006/messages/PlayOnPhone"'),
    "date": ("Date", "Mon, 23 Nov 2026 09:14:07 GMT"),
    "version": ("X-OWA-Version", "8.3.83.6"),
    "framework": ("X-AspNet-Version", "4.0.30319"),
    "type": ("Content-Type", "text/xml; charset=utf-8"),
    "error": ("X-CasErrorCode", "ServerNotFound"),
}


@pytest.mark.parametrize("line", KEPT.values(), ids=KEPT)
def test_headers_of_the_protocol_stay(line: tuple[str, str]) -> None:
    assert redacted(line) == (line,)


def test_diagnostics_keep_their_number_and_category() -> None:
    value = '2000008;reason="The token of alice@corp.example.net is invalid.";error_category="invalid_token"'
    assert redacted(("x-ms-diagnostics", value)) == (("x-ms-diagnostics", '2000008;error_category="invalid_token"'),)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Authorization", "WWW-Authenticate", "Cookie", "Set-Cookie", "Host", "X-A", "Location"]),
            st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"])),
        ),
        max_size=4,
    )
)
def test_redacting_with_a_key_twice_changes_nothing(lines: list[tuple[str, str]]) -> None:
    once = redacted(*lines)
    assert redacted(*once) == once
