"""Credentials and cookies are gone from headers; everything else stays as it was."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.redaction import redact_headers, redact_url

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
