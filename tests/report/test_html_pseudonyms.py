from dataclasses import replace
from typing import Any

import pytest

from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.report.html.pseudonyms import PseudonymCount

VALUES = {
    Kind.ID: "AAMkAGE4ZjQ5",
    Kind.PHONE_NUMBER: "+1 555 0100",
    Kind.SMTP_ADDRESS: "alice@contoso.com",
    Kind.HOST: "mail.contoso.com",
    Kind.GUID: "0b9c7f2a-7d1e-4c7c-8f65-0a4f7c6f2f11",
    Kind.SID: "S-1-5-21-1-2-3",
    Kind.LEGACY_DN: "/o=Contoso/ou=a/cn=b",
    Kind.DISPLAY_NAME: "Alice",
    Kind.TEXT: "About the voice mail",
    Kind.TOKEN: "t0ken",
}


@pytest.mark.parametrize("kind", VALUES, ids=str)
def test_pseudonyms_of_each_kind_are_counted(make: Any, kind: Kind) -> None:
    pseudonym = Pseudonyms(Key.fresh()).of(VALUES[kind], kind)
    count = PseudonymCount()
    for _ in range(2):
        count.add(make("X", f"<t:A>{pseudonym}</t:A><t:B C='{pseudonym}'/>"))
    assert [(one.kind, one.distinct, one.occurrences) for one in count.counts()] == [(kind.replace("_", " "), 1, 4)]


def test_headers_and_urls_are_searched_too(make: Any) -> None:
    made = make("X", answer=None)
    host = Pseudonyms(Key.fresh()).of("mail.contoso.com", Kind.HOST)
    count = PseudonymCount()
    count.add(replace(made, request=replace(made.request, url=f"https://{host}/EWS", headers=(("Host", host),))))
    assert [(one.kind, one.distinct, one.occurrences) for one in count.counts()] == [("host", 1, 2)]


def test_what_is_no_pseudonym_does_not_count(make: Any) -> None:
    count = PseudonymCount()
    count.add(make("X", "ZXdzdGFwZTppdGVtOjE= +1 555 0100 alice@example.com mail.example.com"))
    assert count.counts() == ()
