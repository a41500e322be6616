import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.errors import WireError
from ewstape.interaction import Fields
from ewstape.wire.namespaces import MESSAGES, SOAP11, SOAP12, TYPES, Element, clark_name
from ewstape.wire.soap import context_fields, read_envelope, read_envelopes

OPERATION = f'<m:GetPhoneCallInformation xmlns:m="{MESSAGES}"><m:PhoneCallId Id="QUFB"/></m:GetPhoneCallInformation>'


def soap(body: str, header: str = "", uri: str = SOAP11, prefix: str = "s:") -> bytes:
    declared = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    return (
        f'<{prefix}Envelope {declared}="{uri}"><{prefix}Header>{header}</{prefix}Header>'
        f"<{prefix}Body>{body}</{prefix}Body></{prefix}Envelope>"
    ).encode()


def names(elements: tuple[Element, ...]) -> list[str]:
    return [clark_name(element) for element in elements]


@pytest.mark.parametrize(
    "body",
    [
        soap(OPERATION),
        soap(OPERATION, prefix="SOAP-ENV:"),
        soap(OPERATION.replace("m:", "").replace("xmlns:m", "xmlns").replace(":m=", "="), prefix="soap:"),
        soap(f'<GetPhoneCallInformation xmlns="{MESSAGES}"/>', prefix=""),
        soap(
            f'<ns0:GetPhoneCallInformation xmlns:ns0="{MESSAGES}"/>',
            header=f'<ns0:RequestServerVersion xmlns:ns0="{TYPES}" Version="Exchange2016"/>',
            prefix="soap-env:",
        ),
        b"\xef\xbb\xbf" + soap(f"\n  <!-- asks -->\n  {OPERATION}\n"),
        soap(OPERATION).replace(b"<s:Header></s:Header>", b""),
    ],
    ids=["s", "SOAP-ENV", "default below", "default all over", "one prefix rebound", "indented with bom", "no header"],
)
def test_the_payload_is_the_first_element_of_the_body_whatever_the_prefixes(body: bytes) -> None:
    envelope = read_envelope(body)
    assert envelope.payload is not None
    assert clark_name(envelope.payload) == f"{{{MESSAGES}}}GetPhoneCallInformation"
    assert (envelope.fault, envelope.extra, envelope.notes) == (None, (), ())


@pytest.mark.parametrize(("uri", "version"), [(SOAP11, "1.1"), (SOAP12, "1.2")])
def test_both_soap_versions_are_read(uri: str, version: str) -> None:
    envelope = read_envelope(soap("<a/>", header="<h/>", uri=uri))
    assert envelope.soap_version == version
    assert names(envelope.headers) == ["h"]
    assert envelope.payload is not None


def test_an_empty_body_element_has_no_payload() -> None:
    envelope = read_envelope(soap(" "))
    assert (envelope.payload, envelope.extra, envelope.notes) == (None, (), ())


def test_further_elements_of_the_body_are_extra() -> None:
    envelope = read_envelope(soap("<a/><b/><c/>"))
    assert envelope.payload is not None
    assert (envelope.payload.tag, names(envelope.extra)) == ("a", ["b", "c"])


def test_a_fault_is_the_payload_and_is_decoded() -> None:
    envelope = read_envelope(soap("<s:Fault><faultcode>s:Client</faultcode></s:Fault>"))
    assert envelope.payload is not None
    assert clark_name(envelope.payload) == f"{{{SOAP11}}}Fault"
    assert envelope.fault is not None
    assert envelope.fault.fault_code == "Client"


@pytest.mark.parametrize(
    ("content", "payload", "notes"),
    [
        ("<a/>", "a", ("the Envelope has no soap:Body", "elements directly in the Envelope: a")),
        ("<s:Header/><a/>", "a", ("the Envelope has no soap:Body", "elements directly in the Envelope: a")),
        ("", None, ("the Envelope has no soap:Body",)),
        ("<s:Body><a/></s:Body><b/>", "a", ("elements directly in the Envelope: b",)),
        ("<s:Body><a/></s:Body><s:Body><b/></s:Body>", "a", ("elements directly in the Envelope: Body",)),
        ("<s:Body/><b/>", None, ("elements directly in the Envelope: b",)),
    ],
    ids=["no body", "no body but a header", "nothing", "stray element", "two bodies", "empty body and a stray"],
)
def test_an_envelope_that_departs_from_soap_is_read_and_noted(
    content: str, payload: str | None, notes: tuple[str, ...]
) -> None:
    envelope = read_envelope(f'<s:Envelope xmlns:s="{SOAP11}">{content}</s:Envelope>'.encode())
    assert (None if envelope.payload is None else envelope.payload.tag) == payload
    assert envelope.notes == notes


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty body"),
        (b"<html><body/></html>", "not SOAP: the root element is 'html', not an Envelope of SOAP 1.1 or 1.2"),
        (b'<Envelope xmlns="urn:x"/>', "not SOAP: the root element is '{urn:x}Envelope', not an Envelope of"),
        (f"<a xmlns='urn:{'x' * 999}'/>".encode(), "not SOAP: the root element is '{urn:xxxx"),
        (b"Bad Gateway", "not well-formed XML: "),
    ],
    ids=["empty", "html", "other namespace", "long name", "text"],
)
def test_what_is_no_envelope_is_a_wire_error(body: bytes, says: str) -> None:
    with pytest.raises(WireError) as raised:
        read_envelope(body)
    assert str(raised.value).startswith(says)
    assert len(str(raised.value)) < 300


def test_the_content_type_helps_with_the_encoding() -> None:
    envelope = read_envelope(soap("<a>é</a>").decode().encode("cp1252"), content_type="text/xml; charset=windows-1252")
    assert envelope.payload is not None
    assert envelope.payload.text == "é"


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ('<t:RequestServerVersion Version="Exchange2010"/>', {"request_server_version": "Exchange2010"}),
        (
            (
                "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>ada@example.com</t:PrimarySmtpAddress>"
                "</t:ConnectingSID></t:ExchangeImpersonation>"
            ),
            {"exchange_impersonation": {"primary_smtp_address": "ada@example.com"}},
        ),
        (
            (
                "<t:ExchangeImpersonation><t:ConnectingSID><t:SID>S-1-5-21-1-2-3-4</t:SID></t:ConnectingSID>"
                "</t:ExchangeImpersonation>"
            ),
            {"exchange_impersonation": {"sid": "S-1-5-21-1-2-3-4"}},
        ),
        ("<t:MailboxCulture>de-DE</t:MailboxCulture>", {"mailbox_culture": "de-DE"}),
        (
            '<t:TimeZoneContext><t:TimeZoneDefinition Name="(UTC) London" Id="GMT Standard Time"/></t:TimeZoneContext>',
            {"time_zone_context": "GMT Standard Time"},
        ),
        (
            (
                '<t:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1118" MinorBuildNumber="7"'
                ' Version="V2017_07_11"/>'
            ),
            {
                "server_version_info": {
                    "major_version": "15",
                    "minor_version": "2",
                    "major_build_number": "1118",
                    "minor_build_number": "7",
                    "version": "V2017_07_11",
                }
            },
        ),
        (
            '<t:RequestServerVersion Version="Exchange2013"/><t:MailboxCulture>en</t:MailboxCulture>',
            {"request_server_version": "Exchange2013", "mailbox_culture": "en"},
        ),
        ("<t:ManagementRole/><x/>", {}),
        (
            (
                "<t:RequestServerVersion/><t:ExchangeImpersonation/><t:MailboxCulture/><t:TimeZoneContext/>"
                "<t:ServerVersionInfo/>"
            ),
            {},
        ),
    ],
    ids=[
        *("RequestServerVersion", "impersonated address", "impersonated SID", "MailboxCulture", "TimeZoneContext"),
        *("ServerVersionInfo", "two", "unknown", "empty ones"),
    ],
)
def test_the_soap_headers_of_ews_are_decoded(header: str, fields: Fields) -> None:
    bound = f'<s:Envelope xmlns:s="{SOAP11}" xmlns:t="{TYPES}"><s:Header>{header}</s:Header><s:Body/></s:Envelope>'
    headers = read_envelope(bound.encode()).headers
    assert context_fields(headers) == fields


def event(number: int, declaration: str = "") -> bytes:
    return declaration.encode() + soap(f'<m:GetStreamingEventsResponse xmlns:m="{MESSAGES}" n="{number}"/>')


DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


def numbers(body: bytes) -> list[str | None]:
    return [envelope.payload.get("n") for envelope in read_envelopes(body).envelopes if envelope.payload is not None]


@pytest.mark.parametrize(
    "body",
    [
        event(1) + event(2) + event(3),
        event(1, DECLARATION) + event(2, DECLARATION) + event(3, DECLARATION),
        b"\r\n".join([event(1, DECLARATION), event(2), event(3, DECLARATION), b""]),
        b"".join(b"\xef\xbb\xbf" + event(number, DECLARATION) for number in (1, 2, 3)),
        event(1)
        + event(2).replace(b"</s:Body>", b"<!-- </s:Envelope> --><![CDATA[</s:Envelope>]]></s:Body>")
        + event(3),
        event(1) + b"<?pi </s:Envelope> ?>" + event(2) + event(3).replace(b"</s:Envelope>", b"</s:Envelope \n>"),
    ],
    ids=["bare", "declared", "white space between", "byte order marks", "end tag as text", "end tag in an instruction"],
)
def test_a_stream_holds_several_documents(body: bytes) -> None:
    assert numbers(body) == ["1", "2", "3"]
    assert read_envelopes(body).notes == ()


@pytest.mark.parametrize("missing", [1, 15, 60])
def test_a_stream_cut_short_gives_what_was_complete_and_a_note(missing: int) -> None:
    body = (event(1) + event(2, DECLARATION))[:-missing]
    assert numbers(body) == ["1"]
    (note,) = read_envelopes(body).notes
    assert note.startswith("document 2 of the stream: not well-formed XML: ")


def test_one_bad_document_does_not_hide_those_after_it() -> None:
    body = event(1) + event(2).replace(b"<s:Body>", b"<s:Body>&#0;") + event(3)
    assert numbers(body) == ["1", "3"]
    (note,) = read_envelopes(body).notes
    assert note.startswith("document 2 of the stream: ")


def test_a_stream_of_one_document_may_be_in_utf_16() -> None:
    assert numbers(b"\xff\xfe" + event(1).decode().encode("utf-16-le")) == ["1"]


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_stream_has_no_documents(body: bytes) -> None:
    assert read_envelopes(body) == ([], ())


@given(
    st.lists(st.sampled_from([event(1), event(2, DECLARATION), b"<!--", b"-->", b"<![CDATA[", b"\n", b"</a>", b"\xff"]))
)
def test_a_stream_of_anything_never_raises(pieces: list[bytes]) -> None:
    stream = read_envelopes(b"".join(pieces))
    assert all(note.isprintable() for note in stream.notes)
    assert len(stream.envelopes) <= len(pieces)


def test_a_hostile_stream_is_cut_in_linear_time() -> None:
    """A million openings of comments that never end are one document, not a million scans to the end."""
    assert len(read_envelopes(b"<!--" * 1_000_000).notes) == 1
