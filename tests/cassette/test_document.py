"""Documents are typed strictly, and every error names place, path and the way out."""

import pytest

from ewstape.cassette import Header, Place, load_header, load_interaction
from ewstape.errors import CassetteError
from ewstape.interaction import MESSAGES, Operation, Service

MINIMAL = "operation: GetFolder\nrequest:\n  body: <a/>\nresponse:\n  status: 200\n  body: <b/>\n"
PLACE = Place(source="x.yaml", document=3, line=50)


def test_a_hand_written_interaction_needs_little() -> None:
    """Only the operation, the request's body, the response's status and body."""
    interaction = load_interaction(MINIMAL, position=4)
    assert (interaction.number, interaction.at, interaction.took, interaction.auth) == (4, 0.0, 0.0, "")
    assert interaction.operation == Operation("GetFolder", Service.EWS, MESSAGES)
    assert interaction.request.method == "POST"
    assert interaction.request.url == "https://ewstape.invalid/EWS/Exchange.asmx"
    assert interaction.request.headers == (("Content-Type", "text/xml; charset=utf-8"),)
    assert interaction.request.body == b"<a/>"
    assert interaction.response.status == 200
    assert interaction.response.headers == (("Content-Type", "text/xml; charset=utf-8"),)
    assert interaction.response.body == b"<b/>"


def test_the_um_service_has_its_own_default_path() -> None:
    interaction = load_interaction(MINIMAL.replace("request", "service: um\nrequest", 1))
    assert interaction.request.url == "https://ewstape.invalid/EWS/UM2007Legacy.asmx"


def test_a_failed_interaction_needs_no_response() -> None:
    interaction = load_interaction("operation: A\nerror: timed out\nrequest: {}\n")
    assert (interaction.response, interaction.error, interaction.request.body) == (None, "timed out", b"")


def test_scalars_that_look_like_numbers_stay_text() -> None:
    interaction = load_interaction(MINIMAL.replace("  body: <a/>", "  fields: {dial_string: +15550100}\n  body: <a/>"))
    assert interaction.request.fields == {"dial_string": "+15550100"}


def test_length_and_hop_by_hop_headers_are_loaded_as_they_stand() -> None:
    """Whoever serves the answer makes its own."""
    interaction = load_interaction(MINIMAL.replace("  status", "  headers: {Content-Length: 5}\n  status"))
    assert interaction.response.headers == (("Content-Length", "5"),)


def test_a_header_needs_only_its_version() -> None:
    assert load_header("ewstape: 1\n") == Header()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("request:", "reqest:", "line 51: $.reqest: unknown key 'reqest', did you mean 'request'?"),
        ("  status", "  Zzzz: 1\n  status", "line 54: $.response.Zzzz: unknown key 'Zzzz', known are fields, notes, "),
        ("operation: GetFolder\n", "", "line 50: $: expected the key 'operation'"),
        ("GetFolder", '""', "line 50: $.operation: expected the operation's name, got nothing"),
        ("GetFolder", "[a]", "line 50: $.operation: expected the operation's name, got a list"),
        ("  status: 200\n", "", "line 53: $.response: expected the key 'status'"),
        ("200", "99", "line 54: $.response.status: expected a status from 100 to 599, got '99'"),
        ("200", "600", "line 54: $.response.status: expected a status from 100 to 599, got '600'"),
        ("200", "2e2", "line 54: $.response.status: expected a status from 100 to 599, got '2e2'"),
        ("200", "\u0662\u0660\u0660", "line 54: $.response.status: expected a status from 100 to 599, got "),
        ("request:\n", "number: 0\nrequest:\n", "line 51: $.number: expected a number from 1, got '0'"),
        ("request:\n", "at: -1\nrequest:\n", "line 51: $.at: expected seconds such as 0.084, got '-1'"),
        ("request:\n", "at: nan\nrequest:\n", "line 51: $.at: expected seconds such as 0.084, got 'nan'"),
        (
            "request:\n",
            "service: owa\nrequest:\n",
            "line 51: $.service: expected one of ews, um, autodiscover, got 'owa'",
        ),
        ("  body: <a/>", "  headers: [a]", "line 52: $.request.headers: expected a mapping, got a list"),
        ("  body: <a/>", '  headers: {A: "b\\r\\nC: d"}', "line 52: $.request.headers.A: expected a header value: "),
        ("  body: <a/>", '  headers: {A: "\\0"}', "line 52: $.request.headers.A: expected a header value: "),
        ("  body: <a/>", '  headers: {A: [b, "\\x7F"]}', "line 52: $.request.headers.A[1]: expected a header value: "),
        ("  body: <a/>", "  headers: {A: \u20ac}", "line 52: $.request.headers.A: expected a header value: "),
        ("  body: <a/>", '  headers: {"A B": c}', "line 52: $.request.headers['A B']: expected a header name "),
        ("  body: <a/>", '  headers: {"": c}', "line 52: $.request.headers['']: expected a header name "),
        (
            "  body: <a/>",
            "  http: GET /a",
            "line 52: $.request.http: expected a method and an absolute http(s) URL, got 'GET /a'",
        ),
        ("  body: <a/>", '  http: "GET http://a/\\r\\nB: c"', "line 52: $.request.http: expected a method and "),
        ("  body: <a/>", "  http: GET http://a/b c", "line 52: $.request.http: expected a method and "),
        ("  body: <a/>", "  http: GET file:///etc/passwd", "line 52: $.request.http: expected a method and "),
        ("  body: <a/>", '  http: "G\\x01 http://a/"', "line 52: $.request.http: expected a method and "),
        (
            "  body: <a/>",
            '  content_encoding: "a\\r\\nb: c"',
            "line 52: $.request.content_encoding: expected a content coding ",
        ),
        ("  body: <a/>", "  charset: klingon\n  body: a", "line 52: $.request.charset: expected one of utf-8, "),
        (
            "  body: <a/>",
            "  charset: iso-8859-1\n  body: \u20ac",
            "line 53: $.request.body: expected text that iso-8859-1 can encode, got ",
        ),
        ("  body: <a/>", "  layout: pretty\n  body: a", "line 52: $.request.layout: expected one of indented, "),
        ("  body: <a/>", "  newlines: lf\n  body: a", "line 52: $.request.newlines: expected one of crlf, got 'lf'"),
        ("  body: <a/>", "  body_base64: '*'", "line 52: $.request.body_base64: expected base64, got '*'"),
        (
            "  body: <a/>",
            "  body: a\n  body_base64: AAAA",
            "line 53: $.request.body_base64: expected no 'body' beside 'body_base64'",
        ),
        ("  body: <b/>", '  reason: "a\\nb"', "line 55: $.response.reason: expected a reason phrase "),
        (
            "  body: <b/>",
            "  chunks: [1]",
            "line 55: $.response.chunks[0]: expected a chunk such as '0.250 312': seconds and bytes, got '1'",
        ),
        ("  body: <b/>", "  body: [", "$: not valid YAML: "),
    ],
)
def test_errors_name_document_line_and_path(old: str, new: str, message: str) -> None:
    with pytest.raises(CassetteError) as caught:
        load_interaction(MINIMAL.replace(old, new, 1), place=PLACE)
    text = str(caught.value)
    assert text.startswith("x.yaml: document 3: line 5")
    assert message in text
    assert "\n" not in text
    assert text.isprintable()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ewstape: 2\n", "line 1: $.ewstape: cassette version '2' is not known; this ewstape reads version 1"),
        ("ewstape: [1]\n", "line 1: $.ewstape: cassette version ['1'] is not known; this ewstape reads version 1"),
        ("a: 1\n", "line 1: $: expected the header document, which has the key 'ewstape'"),
        ("- a\n", "line 1: $: expected the header document, which has the key 'ewstape'"),
        ("ewstape: 1\nupstrem: x\n", "line 2: $.upstrem: unknown key 'upstrem', did you mean 'upstream'?"),
        ("ewstape: 1\nredaction: x\n", "line 2: $.redaction: expected a list, got 'x'"),
    ],
)
def test_a_wrong_header_is_refused(text: str, message: str) -> None:
    with pytest.raises(CassetteError) as caught:
        load_header(text)
    assert str(caught.value) == f"cassette: document 1: {message}"


def test_a_document_may_be_bytes() -> None:
    assert load_interaction(MINIMAL.encode(), position=4) == load_interaction(MINIMAL, position=4)
    with pytest.raises(CassetteError) as caught:
        load_interaction(MINIMAL.encode().replace(b"<b/>", b"\xff"), place=PLACE)
    assert str(caught.value) == "x.yaml: document 3: line 55: not UTF-8 text"
