"""Messages lose what is sensitive and nothing else."""

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from documents import Part, documents, kept, written
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from ewstape.interaction import Chunk, Operation, Request, Response
from ewstape.redaction import Redactor, Undecodable, rules_in_force
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.wire.namespaces import MESSAGES, SOAP11, TYPES

SAMPLES = Path(__file__).parents[1] / "wire_samples"
FIND_ITEM = Operation("FindItem")
URL = "https://mail.corp.example.net/EWS/Exchange.asmx"


def redactor(**settings: object) -> Redactor:
    keep = settings.pop("keep", ())
    user = settings.pop("user", ())
    return Redactor(rules_in_force(keep, user), Pseudonyms(Key.fresh()), **settings)  # type: ignore[arg-type]  # as given


def envelope(content: str, header: str = "") -> bytes:
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP11}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}">'
        f"{head}<s:Body>{content}</s:Body></s:Envelope>"
    ).encode()


def body_of(one: Redactor, body: bytes) -> str:
    return one.request(Request(method="POST", url=URL, body=body)).body.decode()


PLACES = {
    "item id": '<m:ItemId Id="{}"/>',
    "single quotes": "<m:ItemId Id='{}'/>",
    "change key": '<m:ItemId Id="x" ChangeKey="{}"/>',
    "phone call id": '<m:PhoneCallId Id="{}"/>',
    "legacy call id": "<CallId>{}</CallId>",
    "nested response": "<PlayOnPhoneResponse><PlayOnPhoneResponse>{}</PlayOnPhoneResponse></PlayOnPhoneResponse>",
    "dial string": "<m:DialString>{}</m:DialString>",
    "indented": "<m:DialString>\n  {}\n</m:DialString>",
    "CDATA": "<t:Subject><![CDATA[{}]]></t:Subject>",
    "in two pieces": "<t:Subject>{}<![CDATA[ and {}]]></t:Subject>",
    "subject": "<t:Subject>{}</t:Subject>",
    "body": '<t:Body BodyType="HTML">&lt;p&gt;{}&lt;/p&gt;</t:Body>',
    "mailbox": "<t:Mailbox><t:Name>{}</t:Name><t:EmailAddress>{}</t:EmailAddress></t:Mailbox>",
    "mailbox text": "<a:Mailbox xmlns:a='urn:a'>{}</a:Mailbox>",
    "attachment": "<t:FileAttachment><t:Name>{}</t:Name><t:Content>{}</t:Content></t:FileAttachment>",
    "sync state": "<m:SyncState>{}</m:SyncState>",
    "setting": "<a:UserSetting xmlns:a='urn:a'><a:Name>EwsUrl</a:Name><a:Value>{}</a:Value></a:UserSetting>",
    "extended property": "<t:ExtendedProperty><t:Value>{}</t:Value></t:ExtendedProperty>",
    "search": '<t:Constant Value="{}"/>',
    "unknown element": "<t:Unheard>{} and more</t:Unheard>",
    "unknown attribute": '<t:Unheard Of="{} and more"/>',
    "contact": "<t:PhoneNumbers><t:Entry Key='HomePhone'>{}</t:Entry></t:PhoneNumbers>",
    "calendar event": "<t:CalendarEventDetails><t:ID>{}</t:ID><t:Location>{}</t:Location></t:CalendarEventDetails>",
    "out of office": "<t:InternalReply><t:Message>{}</t:Message></t:InternalReply>",
}
SECRETS = {
    "plain": "Zanzibar7Xq",
    "words": "Zanzibar Quokka",
    "number": "+1 555 0100 7788",
    "address": "Zanzibar.Quokka@corp.example.net",
    "id": base64.b64encode(b"6f9b2b0e-8d1c-4b0e-9b5e@mbx01.corp.example.net").decode(),
    "to be escaped": "Zanzibar & <Quokka>",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_no_value_survives_where_a_rule_names_it(place: str, secret: str) -> None:
    escaped = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    written = secret if "CDATA" in place and place.count("{}") == 1 else escaped
    one = redactor()
    new = body_of(one, envelope(place.replace("{}", written)))
    assert secret not in new
    assert written not in new
    assert "Quokka" not in new
    etree.fromstring(new.encode())
    assert body_of(one, new.encode()) == new


FREE = {
    "message text": "<m:MessageText>The call to {} failed.</m:MessageText>",
    "fault": "<s:Fault><faultcode>s:Client</faultcode><faultstring>User = {} -&gt; no</faultstring></s:Fault>",
    "message xml": '<t:MessageXml><t:Value Name="Policy">{}</t:Value></t:MessageXml>',
    "comment": "<m:X><!-- see {} --></m:X>",
    "instruction": "<m:X><?see {} ?></m:X>",
    "unlisted": "<m:X>{}</m:X>",
    "attribute": '<m:X Y="{}"/>',
}
PATTERNS = {
    "address": "alice@corp.example.net",
    "address in a URL": "alice%40corp.example.net",
    "guid at host": "6f9b2b0e-8d1c-4b0e-9b5e-0f1d2c3b4a59@corp.example.net",
    "guid": "6f9b2b0e-8d1c-4b0e-9b5e-0f1d2c3b4a59",
    "sid": "S-1-5-21-1000-2000-3000-1105",
    "dn": "/o=Corp/ou=Exchange Administrative Group/cn=Recipients/cn=alice",
    "ldap": "CN=alice,OU=Sales,DC=corp,DC=example",
    "ldap in a URL": "CN%3Dalice%2COU%3DSales%2CDC%3Dcorp%2CDC%3Dexample",
    "ldap escaped to the letter": "%43%4E%3dalice%2c%6Fu%3DSales%2CD%43%3Dcorp",
    "dn in a URL": "%2Fo%3DCorp%2Fou%3DExchange%20Group%2Fcn%3Dalice",
    "host": "mbx01.corp.local",
    "ip": "10.17.3.44",
    "url": "https://mbx01.corp.local/EWS/Exchange.asmx",
    "number": "+1 555 010 7788",
    "sip": "sip:alice@corp.example.net",
    "jwt": "eyJhbGciOiJub25lIn0.eyJuYW1lIjoiYWxpY2UifQ.c2ln",
    "ntlm": "TlRMTVNTUAADAAAAGAAYAEAAAAA",
    "basic": "Basic YWxpY2U6aHVudGVyMg==",
    "account": "CORP\\alice",
    "id": "AAMkAGI2NGZjYzkwLTQ2ZDEtNDMyZC1hYzM1",
}


@pytest.mark.parametrize("place", FREE.values(), ids=FREE)
@pytest.mark.parametrize("secret", PATTERNS.values(), ids=PATTERNS)
def test_free_and_unlisted_text_is_searched_by_patterns(place: str, secret: str) -> None:
    one = redactor()
    new = body_of(one, envelope(place.replace("{}", secret)))
    assert secret.removeprefix("Basic ") not in new
    etree.fromstring(new.encode())
    assert body_of(one, new.encode()) == new


def test_free_text_is_searched_for_values_that_were_replaced_elsewhere() -> None:
    one = redactor()
    content = "<m:MessageText>No call to 4711 for Alice Example.</m:MessageText><t:Name>Alice Example</t:Name>"
    new = body_of(one, envelope(f"<m:DialString>4711</m:DialString>{content}"))
    assert "Alice" not in new
    assert "4711" not in new
    assert "<m:MessageText>No call to " in new


def test_the_fixed_sentences_of_exchange_stay() -> None:
    one = redactor()
    body = envelope("<t:Subject>phone</t:Subject><m:MessageText>The phone call ID isn't valid</m:MessageText>")
    assert "<m:MessageText>The phone call ID isn't valid</m:MessageText>" in body_of(one, body)


def test_everything_else_stays_byte_for_byte() -> None:
    body = (
        b"\xef\xbb\xbf<?xml version='1.0'  encoding=\"utf-8\" ?>\r\n<!-- &amp; -->\r\n"
        b"<q:Envelope  xmlns:q='%s'><q:Body>\r\n"
        b'<PlayOnPhone xmlns = "%s" ><ItemId   ChangeKey=\'k\' Id="v"/><DialString>\t123 </DialString >'
        b"<x>&#65;&lt;<![CDATA[a<b]]></x></PlayOnPhone></q:Body></q:Envelope>\n" % (SOAP11.encode(), MESSAGES.encode())
    )
    one = redactor()
    new = one.request(Request(method="POST", url=URL, body=body)).body
    of = one.pseudonyms.originals
    expected = body
    for old, text in ((b"'k'", "k"), (b'"v"', "v"), (b"123", "123")):
        kind = of[text]
        expected = expected.replace(old, old.replace(text.encode(), one.pseudonyms.of(text, kind).encode()))
    assert new == expected


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda path: path.name)
def test_samples_stay_well_formed_and_redacting_twice_changes_nothing(path: Path) -> None:
    one, other = redactor(), redactor()
    operation = Operation("GetStreamingEvents") if "streaming" in path.name else FIND_ITEM
    once = one.response(Response(status=200, body=path.read_bytes()), operation)
    assert not once.notes
    assert other.response(once, operation) == once


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).map(lambda t: f"Zq7{t}")
)
@example("Zq7,0@")
def test_any_text_is_replaced_and_the_document_stays_well_formed(text: str) -> None:
    root = etree.fromstring(envelope("<t:Subject/><m:DialString/><t:Unheard/>"))
    for element in root[0]:
        element.text = text + (" x" if element.tag.endswith("Unheard") else "")
    body = etree.tostring(root, encoding="utf-8")
    one = redactor()
    new = one.request(Request(method="POST", url=URL, body=body)).body
    again = etree.fromstring(new)
    assert [element.tag for element in again.iter()] == [element.tag for element in root.iter()]
    assert all(text.strip() not in (element.text or "") for element in again.iter())
    assert one.request(Request(method="POST", url=URL, body=new)).body == new


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252"])
def test_other_encodings_stay(codec: str) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    name = "utf-16" if codec in marks else codec
    text = envelope("<t:Subject>Über Alice</t:Subject><t:X>é</t:X>").decode().replace("utf-8", name)
    body = marks.get(codec, b"") + text.encode(codec)
    one = redactor()
    new = one.request(Request(method="POST", url=URL, body=body)).body
    assert new.startswith(marks.get(codec, b"<?xml"))
    assert "Alice" not in new[len(marks.get(codec, b"")) :].decode(codec)
    assert "<t:X>é</t:X>" in new[len(marks.get(codec, b"")) :].decode(codec)


def test_security_headers_lose_their_content() -> None:
    header = "<w:Security xmlns:w='urn:w' s:mustUnderstand='1'><w:Token>abc</w:Token>x</w:Security>"
    new = body_of(redactor(), envelope("<m:X/>", header))
    assert "<w:Security xmlns:w='urn:w' s:mustUnderstand='1'></w:Security>" in new


def test_free_busy_keeps_its_length() -> None:
    assert "<t:MergedFreeBusy>00000</t:MergedFreeBusy>" in body_of(
        redactor(), envelope("<t:MergedFreeBusy>01234</t:MergedFreeBusy>")
    )


@pytest.mark.parametrize("name", ["Inbox", "Voice Mail", "Top of Information Store"])
def test_well_known_folders_keep_their_names(name: str) -> None:
    assert name in body_of(redactor(), envelope(f"<t:DisplayName>{name}</t:DisplayName>"))


def test_what_is_debugged_stays() -> None:
    content = (
        '<t:DistinguishedFolderId Id="inbox"/><t:PhoneCallState>Connected</t:PhoneCallState>'
        "<t:SIPResponseCode>486</t:SIPResponseCode><t:DaysOfWeek>Monday Tuesday</t:DaysOfWeek>"
        '<t:TimeZoneDefinition Id="W. Europe Standard Time" Name="(UTC+01:00) Berlin"/>'
        "<t:DateTimeSent>2026-11-23T09:14:07Z</t:DateTimeSent><t:Size>123456789</t:Size>"
    )
    assert content in body_of(redactor(), envelope(content))


BROKEN = {
    "cut short": envelope("<t:Subject>Alice Example</t:Subject>")[:-9],
    "a picture": b"\x89PNG\r\n\x1a\n\0\0alice@corp.example.net",
    "html": b"<html><br><p>alice@corp.example.net is locked",
    "too deep": b"<a>" * 300 + b"alice@corp.example.net" + b"</a>" * 300,
    "document type": b'<!DOCTYPE a [<!ENTITY b "Alice">]><a>&b;</a>',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_withheld(body: bytes) -> None:
    new = redactor().response(Response(status=500, body=body), FIND_ITEM)
    assert (new.body, new.notes) == (b"", ("withheld: not decodable",))


SUBJECT = envelope("<t:Subject>Alice Example</t:Subject>")
ALMOST = {
    "an unknown entity": SUBJECT.replace(b"Alice", b"&alice;"),
    "a control character": SUBJECT.replace(b"Alice", b"Alice\x01"),
    "another end tag": SUBJECT.replace(b"</t:Subject>", b"</t:Object>"),
    "a bare bracket": SUBJECT.replace(b"Alice", b"<"),
    "bytes that are no UTF-8": SUBJECT.replace(b"Alice", b"\xff"),
    "cut short": SUBJECT[:-1],
}


@pytest.mark.parametrize("body", ALMOST.values(), ids=ALMOST)
def test_what_is_not_well_formed_is_withheld_after_many_that_look_like_it(body: bytes) -> None:
    one = redactor()
    for name in (b"Alice", b"Bob", b"Carol"):
        new = one.response(Response(status=200, body=SUBJECT.replace(b"Alice", name)), FIND_ITEM)
        assert b"Text e" in new.body
    new = one.response(Response(status=200, body=body), FIND_ITEM)
    assert (new.body, new.notes) == (b"", ("withheld: not decodable",))


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_can_be_searched_instead(body: bytes) -> None:
    one = redactor(undecodable=Undecodable.PATTERNS)
    one.text("to alice@corp.example.net")
    new = one.response(Response(status=500, body=body), FIND_ITEM)
    assert b"alice@corp" not in new.body
    assert new.body[:3] == body[:3]


def test_a_stream_is_several_documents_and_a_torn_last_one_is_withheld() -> None:
    one = redactor()
    event = envelope(
        "<m:GetStreamingEventsResponse><t:SubscriptionId>Zq7abc</t:SubscriptionId></m:GetStreamingEventsResponse>"
    )
    chunks = (Chunk(0.1, len(event)), Chunk(0.2, len(event)), Chunk(0.3, 20))
    old = Response(status=200, body=event + event + event[:20], chunks=chunks)
    new = one.response(old, Operation("GetStreamingEvents"))
    assert new.notes == ("withheld: not decodable (the last document of the stream)",)
    assert b"Zq7abc" not in new.body
    assert [chunk.size for chunk in new.chunks] == [len(new.body) // 2, len(new.body) // 2, 0]


def test_the_url_keeps_its_service_and_loses_host_query_and_credentials() -> None:
    one = redactor()
    address = quote("alice@corp.example.net")
    url = one.url(
        f"https://alice:hunter2@mail.corp.example.net:8443/EWS/Exchange.asmx/s/GetUserPhoto?email={address}&size=48"
    )
    assert url.startswith("https://host-")
    assert ".example.com/EWS/Exchange.asmx/s/GetUserPhoto?email=user-" in url
    assert not any(part in url for part in ("alice", "hunter2", "corp", "8443"))
    assert one.url(url) == url


def test_one_value_has_one_pseudonym_everywhere() -> None:
    one = redactor()
    old = Request(
        method="POST",
        url="https://mail.corp.example.net/EWS/Exchange.asmx?email=Alice%40corp.example.net",
        headers=(("X-AnchorMailbox", "alice@corp.example.net"), ("Host", "mail.corp.example.net:443")),
        body=envelope("<t:EmailAddress>ALICE@corp.example.net</t:EmailAddress>"),
    )
    new = one.request(old)
    headers = dict(new.headers)
    assert f"<t:EmailAddress>{headers['X-AnchorMailbox']}</t:EmailAddress>".encode() in new.body
    assert new.url == f"https://{headers['Host']}/EWS/Exchange.asmx?email={quote(headers['X-AnchorMailbox'], safe='')}"


def test_users_switch_rules_off() -> None:
    one = redactor(keep=["subjects"])
    assert "Alice alice@corp.example.net" in body_of(
        one, envelope("<t:Subject>Alice alice@corp.example.net</t:Subject>")
    )
    assert "subjects" not in one.header


@pytest.mark.parametrize(
    "rule",
    [{"xpath": "//t:Code"}, {"xpath": "//t:Code/text()"}, {"xpath": "//m:X/@Of"}, {"regex": r"CASE-(\d+)"}],
    ids=lambda rule: next(iter(rule.items()))[1],
)
def test_users_add_rules(rule: dict[str, str]) -> None:
    one = redactor(user=[{"name": "mine", "kind": "token", **rule}])
    body = envelope('<m:X Of="CASE-77"><t:Code>CASE-77</t:Code></m:X>')
    new = body_of(one, body)
    assert new.count("CASE-77") < body.decode().count("CASE-77")
    assert one.counts["mine"] >= 1
    assert body_of(one, new.encode()) == new


def test_a_users_xpath_is_for_the_documents_in_which_it_finds_something() -> None:
    one = redactor(user=[{"name": "mine", "kind": "token", "xpath": "//t:Code[@x]"}])
    plain = envelope("<t:Code>77</t:Code><t:Subject>Lunch</t:Subject>")
    for _ in range(2):
        assert "<t:Code>77</t:Code><t:Subject>Text e" in body_of(one, plain)
        assert '<t:Code x="1">ewstape-' in body_of(one, envelope('<t:Code x="1">77</t:Code>'))
    assert one.counts["mine"] == 2


CHUNKED = {
    "usual": envelope("<t:Subject>Lunch on Friday</t:Subject><t:Size>12</t:Size>"),
    "> in a value": envelope('<t:ItemId Id="a>b"/><t:Subject>1 &gt; 2</t:Subject><t:Size>12</t:Size>'),
    "unusual": envelope("<t:Subject>Lunch on Friday</t:Subject><!-- - --><t:Size>12</t:Size>"),
}


@pytest.mark.parametrize("body", CHUNKED.values(), ids=CHUNKED)
def test_chunks_keep_their_boundaries_around_what_changes(body: bytes) -> None:
    before = body.index(b"<t:Size>")
    chunks = (Chunk(0.1, before), Chunk(0.2, len(body) - before))
    new = redactor().response(Response(status=200, body=body, chunks=chunks), FIND_ITEM)
    assert new.body != body
    assert [chunk.size for chunk in new.chunks] == [new.body.index(b"<t:Size>"), len(body) - before]


def test_counts_are_by_rule_and_the_header_names_rules_and_key() -> None:
    one = redactor()
    body_of(one, envelope('<m:ItemId Id="a" ChangeKey="b"/><t:Subject>c</t:Subject><t:Subject>c</t:Subject>'))
    assert one.counts == {"item-ids": 1, "change-keys": 1, "subjects": 2, "server-names": 1}
    assert {"dial-strings", "cookies", f"key:{one.pseudonyms.key_id}"} <= set(one.header)
    assert "protocol-values" not in one.header


@pytest.mark.parametrize(
    "text", ["see {}?u=alice%40corp.example.net now", "see alice@{}", "alice&#64;corp.example.net"]
)
def test_a_secret_beside_a_pseudonym_is_found(text: str) -> None:
    one = redactor()
    url = one.url(URL)
    text = text.replace("alice@{}", f"alice@{url.split('/')[2]}").replace("{}", url)
    assert "alice" not in body_of(one, envelope(f"<m:MessageText>{text}</m:MessageText>"))


@pytest.mark.parametrize("mark", [", ", ";", " | "])
def test_several_numbers_in_one_field_are_replaced_one_by_one(mark: str) -> None:
    one = redactor()
    new = body_of(one, envelope(f"<m:DialString>+15550107788{mark}+15550107799</m:DialString>"))
    parts = (one.pseudonyms.of(number, Kind.PHONE_NUMBER) for number in ("+15550107788", "+15550107799"))
    assert f"<m:DialString>{mark.join(parts)}</m:DialString>" in new


@given(documents())
def test_every_byte_that_is_not_part_of_a_sensitive_value_stays(document: list[Part]) -> None:
    """In whatever way the XML is written: quotes, white space, references, CDATA, comments, prefixes, declarations."""
    one = redactor()
    body = written(document).encode()
    new = one.request(Request(method="POST", url=URL, body=body)).body
    assert kept(document).fullmatch(new.decode())
    assert one.request(Request(method="POST", url=URL, body=new)).body == new


RESOLVING = {
    "name": ("Alice Hartwell", "<t:Name>{}</t:Name>"),
    "address": ("Alice.Hartwell@corp.example.net", "<t:EmailAddress>{}</t:EmailAddress>"),
    "prefixed address": ("smtp:alice.hartwell@corp.example.net", "<t:EmailAddress>{}</t:EmailAddress>"),
    "SIP address": ("sip:alice@corp.example.net", "<t:ImAddress>{}</t:ImAddress>"),
}


@pytest.mark.parametrize(("text", "place"), RESOLVING.values(), ids=RESOLVING)
def test_a_name_that_is_to_be_resolved_is_the_one_in_the_answer(text: str, place: str) -> None:
    one = redactor()
    asked = body_of(one, envelope(f"<m:ResolveNames><m:UnresolvedEntry>{text}</m:UnresolvedEntry></m:ResolveNames>"))
    answered = body_of(one, envelope(f"<t:Mailbox>{place.format(text.lower())}</t:Mailbox>"))
    entry = asked.partition("UnresolvedEntry>")[2].partition("<")[0]
    assert text not in asked
    assert place.format(entry) in answered
