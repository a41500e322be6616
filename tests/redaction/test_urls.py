"""URLs are rewritten part by part, and keep every part that is public."""

import pytest

from ewstape.redaction.kinds import Kind
from ewstape.redaction.urls import kind_of, rewrite

ID = "AAMkAGVmMDEzMTM4LTZmYWUtNDdkNC1hMDZi"
GUID = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"


def name(value: str, kind: Kind) -> str:
    """Stands for a pseudonym: names the kind, and shows the value."""
    return f"[{kind}:{value}]" if value else value


CASES = {
    "host": ("https://mail.contoso.com/EWS/Exchange.asmx", "https://[host:mail.contoso.com]/EWS/Exchange.asmx"),
    "namespace": ("http://schemas.xmlsoap.org/soap/envelope/?a", "http://schemas.xmlsoap.org/soap/envelope/?a"),
    "port": ("https://mail.contoso.com:444/", "https://[host:mail.contoso.com:444]/"),
    "credentials": ("https://bob:pass@mail.contoso.com/x", "https://[host:mail.contoso.com]/x"),
    "bare query": ("https://m/EWS/Services.wsdl?wsdl", "https://[host:m]/EWS/Services.wsdl?wsdl"),
    "empty parts": ("https://m/a//b/?", "https://[host:m]/a//b/"),
    "relative": ("/EWS/Exchange.asmx", "/EWS/Exchange.asmx"),
    "address in the query": ("/p?email=a@b.c", "/p?email=%5Bsmtp_address:a@b.c%5D"),
    "escaped address": ("/p?email=a%40b.c", "/p?email=%5Bsmtp_address:a%40b.c%5D"),
    "query value": ("/p?x=1&y=&z", "/p?x=%5Btoken:1%5D&y=&%5Btoken:z%5D"),
    "query without name": ("/p?a@b.c", "/p?%5Bsmtp_address:a@b.c%5D"),
    "fragment": ("/p#secret", "/p#%5Btoken:secret%5D"),
    "address in the path": ("/owa/a@b.c/x", "/owa/%5Bsmtp_address:a@b.c%5D/x"),
    "GUID in the path": (f"/x/{GUID}", f"/x/%5Bguid:{GUID}%5D"),
    "id in the path": (f"/x/{ID}/y", f"/x/%5Bid:{ID}%5D/y"),
    "number in the path": ("/x/item12345678", "/x/%5Btoken:item12345678%5D"),
    "tenant in the path": ("/owa/contoso.com/", "/owa/%5Bhost:contoso.com%5D/"),
    "directory": ("ldap://dc01/CN=Alice", "ldap://[host:dc01]/%5Btoken:CN%3DAlice%5D"),
    "address that is broken": ("https://[::1/x", "https://[host:[::1]/x"),
}


@pytest.mark.parametrize(("url", "expected"), CASES.values(), ids=CASES)
def test_every_part_becomes_a_pseudonym_of_its_own_kind(url: str, expected: str) -> None:
    assert rewrite(url, name) == expected


def test_credentials_are_known_although_they_are_left_out() -> None:
    seen: list[str] = []
    rewrite("https://bob:hunter%32@m/", lambda value, kind: seen.append(value) or name(value, kind))
    assert seen[:2] == ["bob", "hunter2"]


@pytest.mark.parametrize("text", ["mailto:alice", "see https://m/ for more", "https://m/?" + "u=http://m/" * 30])
def test_what_is_no_url_is_left_to_the_caller(text: str) -> None:
    assert rewrite(text, name) is None


@pytest.mark.parametrize(
    "path",
    [
        "/EWS/Exchange.asmx",
        "/EWS/UM2007Legacy.asmx",
        "/EWS/Services.wsdl",
        "/autodiscover/autodiscover.svc/wssecurity/symmetrickey",
        "/autodiscover/autodiscover.xml",
        "/EWS/Exchange.asmx/s/GetUserPhoto",
        "/unifiedmessaging/service.asmx",
        "/OAB/oab.xml",
    ],
)
def test_the_paths_of_exchange_stay(path: str) -> None:
    assert rewrite(path, name) == path
    assert not any(kind_of(segment) for segment in path.split("/"))
