"""Whatever the bytes are, `parse` gives a tree or a `WireError`."""

import re
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ewstape
from ewstape.errors import WireError
from ewstape.wire import safexml
from ewstape.wire.safexml import check, parse, printable

SOAP = b"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
  <m:PlayOnPhone xmlns:m="urn:m">
    <m:ItemId Id="QUFB"/><m:DialString>+1 555 0100 &amp; \xc3\xa9</m:DialString>
  </m:PlayOnPhone>
</s:Body></s:Envelope>"""

LAUGHS = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
BOMB = b'<!DOCTYPE a [<!ENTITY e0 "lol">' + LAUGHS + b']><a b="&e11;">&e11;</a>'


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def outcome(body: bytes, content_type: str = "") -> str:
    """Parses and reads everything in the tree; gives the error's text, or nothing."""
    try:
        root = parse(body, content_type=content_type)
    except WireError as error:
        return str(error)
    for element in root.iter():
        assert isinstance(element.tag, str)
        assert isinstance(element.text or "", str)
        assert isinstance(element.tail or "", str)
        assert all(isinstance(text, str) for item in element.items() for text in item)
    return ""


def checked(body: bytes, content_type: str = "") -> bool:
    """Whether `check` takes the document, without a tree however short it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(safexml, "_SMALL", 1)
        try:
            check(body, content_type=content_type)
        except WireError:
            return False
    return True


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<a>é€</a>".encode(), ""),
        (b"\xef\xbb\xbf" + "<a>é€</a>".encode(), ""),
        (b"\xef\xbb\xbf" + '<?xml version="1.0" encoding="utf-8"?><a>é€</a>'.encode(), ""),
        (b"\xff\xfe" + "<a>é€</a>".encode("utf-16-le"), ""),
        (b"\xfe\xff" + "<a>é€</a>".encode("utf-16-be"), ""),
        (b"\xff\xfe" + '<?xml version="1.0" encoding="utf-16"?><a>é€</a>'.encode("utf-16-le"), ""),
        (b"\xfe\xff" + "<?xml version='1.0' encoding='UTF-16'?><a>é€</a>".encode("utf-16-be"), ""),
        ('<?xml version="1.0" encoding="utf-16"?><a>é€</a>'.encode("utf-16-le"), ""),
        ('<?xml version="1.0" encoding="windows-1252"?><a>é€</a>'.encode("cp1252"), ""),
        ('<?xml version="1.0" encoding="iso-8859-15"?><a>é€</a>'.encode("iso-8859-15"), "text/xml; charset=utf-8"),
        ("<a>é€</a>".encode("cp1252"), "text/xml; charset=windows-1252"),
        ('<?xml version="1.0"?><a>é€</a>'.encode("cp1252"), 'text/xml; Charset="Windows-1252"'),
        ("<a>é€</a>".encode("utf-16-le"), "text/xml; charset=utf-16"),
        ("<a>é€</a>".encode("utf-16-be"), "text/xml; charset=utf-16be"),
        (b"\xef\xbb\xbf" + "<a>é€</a>".encode(), "text/xml; charset=iso-8859-1"),
        ("<a>é€</a>".encode(), "text/xml; charset=klingon"),
        ("<a>é€</a>".encode(), "text/xml; charset="),
        ("<a>é€</a>".encode(), "multipart/related; boundary=x; charset=utf-8; type=y"),
    ],
    ids=[
        *("utf-8", "utf-8 bom", "utf-8 bom declared", "utf-16le bom", "utf-16be bom", "utf-16le bom declared"),
        *("utf-16be bom declared", "utf-16le declared only", "windows-1252 declared", "declaration over charset"),
        *("charset", "charset with bare declaration", "charset utf-16", "charset utf-16be", "bom over charset"),
        *("unknown charset", "empty charset", "charset among parameters"),
    ],
)
def test_the_encoding_is_the_boms_else_the_declarations_else_the_charset(body: bytes, content_type: str) -> None:
    assert parse(body, content_type=content_type).text == "é€"
    assert checked(body, content_type)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty body"),
        (b" \r\n", "empty body"),
        (b"Service Unavailable", "not well-formed XML: Start tag expected, '<' not found, line 1, column 1"),
        (b"<a>\n<b>x", "not well-formed XML: Premature end of data in tag b line 2, line 2, column 5"),
        (b"<a><b></a>", "not well-formed XML: Opening and ending tag mismatch: b line 1 and a, line 1, column 11"),
        (b"<p:a/>", "not well-formed XML: Namespace prefix p on a is not defined"),
        (b"<a>&nbsp;</a>", "not well-formed XML: Entity 'nbsp' not defined"),
        (b"<a>&#0;</a>", "not well-formed XML: .*invalid xmlChar value 0, line 1"),
        (b"<a>&#x1A;</a>", "not well-formed XML: .*invalid xmlChar value 26, line 1"),
        (b"<a>\x00</a>", "not well-formed XML: "),
        (b"<a>\xff\xfe</a>", "not well-formed XML: .*encoding.*line 1, column 4"),
        (b"<a/><b/>", "not well-formed XML: Extra content at the end of the document"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not well-formed XML: Unsupported encoding: klingon"),
        (nested(257), "XML beyond the limits: Excessive depth in document: 256, line 1"),
        (nested(100_000), "XML beyond the limits: Excessive depth in document: 256, line 1"),
        (b"<a>" + b"x" * 10_100_000 + b"</a>", "XML beyond the limits: Resource limit exceeded"),
        (b"<" + b"a" * 60_000 + b"/>", "XML beyond the limits: Name too long"),
        (b"<!DOCTYPE a><a/>", "not SOAP: .*document type declaration"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- > --> <?p ?>\n<!DOCTYPE a><a/>", "not SOAP: .*document type"),
        (b"\xff\xfe" + "<!DOCTYPE a><a/>".encode("utf-16-le"), "not SOAP: .*document type declaration"),
        (b"\xfe\xff" + "<!DOCTYPE a><a/>".encode("utf-16-be"), "not SOAP: .*document type declaration"),
        (b"<!doctype html><html><br></html>", "not SOAP: .*document type declaration"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>', "not SOAP: .*document type"),
        (BOMB, "not SOAP: .*document type declaration"),
        (b"\xff\xfe" + BOMB.decode().encode("utf-16-le"), "not SOAP: |XML beyond the limits: .*entity amplification"),
    ],
    ids=[
        *("empty", "blank", "plain text", "truncated", "mismatched tags", "unbound prefix", "html entity"),
        *("nul reference", "control reference", "nul byte", "invalid utf-8", "two roots", "unknown encoding"),
        *("257 deep", "100,000 deep", "10 MB text", "60,000 letter name", "doctype", "doctype after a prolog"),
        *("doctype in utf-16le", "doctype in utf-16be", "html page", "external entity", "bomb", "bomb in utf-16"),
    ],
)
def test_what_is_no_soap_is_a_wire_error_that_says_why(body: bytes, says: str) -> None:
    with pytest.raises(WireError) as raised:
        parse(body)
    message = str(raised.value)
    assert re.match(says, message)
    assert message.isprintable()
    assert len(message) < 300


@pytest.mark.parametrize(
    "body",
    [
        nested(256),
        b'<a b="' + b"x" * 1_000_000 + b'"/>',
        b"<a>" + b"x" * 9_900_000 + b"</a>",
        b"<a><![CDATA[<!DOCTYPE a>]]></a>",
        b"<a>&lt;&amp;&#13;</a>",
    ],
    ids=["256 deep", "1 MB attribute", "9.9 MB text", "doctype as text", "XML's own entities"],
)
def test_what_is_unusual_but_legal_is_read(body: bytes) -> None:
    assert parse(body).tag == "a"


def test_comments_and_processing_instructions_do_not_cut_text() -> None:
    root = parse(b"<a>x<!-- c -->y<?pi data?>z<b/><!-- d --></a>")
    assert root.text == "xyz"
    assert [child.tag for child in root] == ["b"]


@given(st.binary(), st.text())
@example(b"<a>" * 300, "")
@example(b"<a/>", "text/xml; charset=utf-7")
@example("<a/>".encode("utf-32"), "text/xml; charset=utf-32")
def test_arbitrary_bytes_give_a_tree_or_a_wire_error(body: bytes, content_type: str) -> None:
    assert outcome(body, content_type).isprintable()


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(SOAP)), st.integers(0, 12), st.binary(max_size=6) | st.sampled_from([BOMB, b"]]>"])
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1252", "utf-7"]),
    st.sampled_from(["", "utf-8", "utf-16", "iso-8859-1", "utf-7", "us-ascii", "shift_jis", "iso-2022-jp", "gb18030"]),
)
def test_damaged_xml_gives_a_tree_or_a_wire_error(
    damages: list[tuple[int, int, bytes]], encoding: str, charset: str
) -> None:
    body = SOAP.decode().encode(encoding, "replace")
    for at, removed, put in damages:
        body = body[:at] + put + body[at + removed :]
    said = outcome(body, f"text/xml; charset={charset}")
    assert said.isprintable()
    assert checked(body, f"text/xml; charset={charset}") == (said == "")


JUDGED = {
    "a prefix": b"<p:a/>",
    "a prefix of an attribute": b"<a p:b='1'/>",
    "an empty one": b"<a xmlns:p=''/>",
    "two colons": b"<a:b:c/>",
    "an attribute twice": b'<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>',
    "a relative one": b"<a xmlns='rel'/>",
    "a right one": b"<p:a xmlns:p='urn:p'/>",
    "no namespace": b"<a>1</a>",
    "256 deep": nested(256),
    "258 deep": nested(258),
    "a message": SOAP,
    "a torn message": SOAP[:-1],
    "a bomb": BOMB,
}


@pytest.mark.parametrize("body", JUDGED.values(), ids=JUDGED)
def test_checking_comes_to_the_same_as_parsing(body: bytes) -> None:
    for one in (body, b"<a/>", body):  # and leaves no trace
        assert checked(one) == (outcome(one) == "")


def test_a_refused_document_is_refused_in_the_same_words() -> None:
    body = b"<a>" + b"<b>1</b>" * 2_000 + b"<p:c/></a>"
    with pytest.raises(WireError) as raised:
        check(body)
    assert str(raised.value) == outcome(body)


@given(st.text(), st.integers(1, 300))
def test_printable_text_is_one_short_line(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert shown.isprintable()
    assert len(shown) <= limit * len(r"\U00000000") + 3


def test_printable_escapes_what_could_deceive() -> None:
    assert printable("a\n\x1b[31m\u202eb") == r"a\n\x1b[31m\u202eb"
    assert printable("x" * 500, 5) == "xxxxx..."


def test_threads_parse_at_the_same_time_without_mixing_their_documents() -> None:
    wrong: list[str] = []

    def work(name: str) -> None:
        body = f"<{name}>{name * 20_000}</{name}>".encode()
        bad = f"<{name}>".encode()
        right = [parse(body).text == name * 20_000 and f"in tag {name} " in outcome(bad) for _ in range(30)]
        wrong.extend(name for each in right if not each)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_no_other_module_opens_a_second_door_for_xml() -> None:
    package = Path(ewstape.__path__[0])
    second_door = re.compile(
        r"etree\.(fromstring|fromstringlist|XML|XMLID|HTML|parse|iterparse|XMLParser|XMLPullParser|HTMLParser)\b"
        r"|from lxml(\.etree)? import .*\b(fromstring|XML|HTML|parse|iterparse|XMLParser|objectify|html)\b"
        r"|\bxml\.(etree|dom|sax(?!\.saxutils)|parsers)\b|\bxmltodict\b|\bdefusedxml\b"
    )
    modules = [path for path in package.rglob("*.py") if path.relative_to(package) != Path("wire/safexml.py")]
    assert modules
    offenders = {str(path.relative_to(package)) for path in modules if second_door.search(path.read_text("utf-8"))}
    assert offenders == set()
    assert second_door.search((package / "wire/safexml.py").read_text("utf-8"))
