"""A request keeps its key however it is spelt, and loses it with any single change of what it says."""

import random
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.interaction import MESSAGES, Operation, Request, Service
from ewstape.operations.identifiers import PHONE_CALL_ID, kind_of
from ewstape.replay.canonical import Node, Variable, canonical, form
from ewstape.wire.namespaces import SOAP11, TYPES

EWS = "https://mail.example.com/EWS/Exchange.asmx"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def key(
    body: bytes | str,
    *,
    url: str = EWS,
    method: str = "POST",
    content_type: str = "text/xml; charset=utf-8",
    operation: Operation = Operation("X"),  # noqa: B008  frozen
) -> tuple[bytes, tuple[str, ...]]:
    """What decides whether two requests are the same: the key, and the identifiers that it leaves out."""
    raw = body.encode() if isinstance(body, str) else body
    request = Request(method=method, url=url, headers=(("Content-Type", content_type),), body=raw)
    found = canonical(request, operation)
    return found.key, found.values


# --- trees, and every way to spell them -------------------------------------------------------------------------------

_xml_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
_leaf_text = st.one_of(st.sampled_from(["", " ", "1", "+1 555 0100", "a\nb", "]]>", "<&>\"'", "\r"]), _xml_text)
_names = st.sampled_from(["ItemId", "DialString", "Id", "x-._1"])
_tags = st.builds("{{{}}}{}".format, st.sampled_from([MESSAGES, TYPES, "urn:x"]), _names)
_attributes = st.dictionaries(st.one_of(_names, st.just("{urn:y}z")), _leaf_text, max_size=3).map(
    lambda found: tuple(sorted(found.items()))
)
_leaves = st.builds(lambda tag, attributes, text: (tag, attributes, text, ()), _tags, _attributes, _leaf_text)
trees: st.SearchStrategy[Node] = st.recursive(
    _leaves,
    lambda inner: st.builds(
        lambda tag, attributes, children: (tag, attributes, "", tuple(children)),
        _tags,
        _attributes,
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


def spelt(tree: Node, style: random.Random) -> bytes:
    """A SOAP request with `tree` in its body, in a style of its own."""
    header = "".join(
        style.sample(
            [
                f'<t:RequestServerVersion xmlns:t="{TYPES}" Version="Exchange20{style.randrange(10, 17)}"/>',
                f'<q:MailboxCulture xmlns:q="{TYPES}">en-{style.choice("UG")}S</q:MailboxCulture>',
                f'<TimeZoneContext xmlns="{TYPES}"><TimeZoneDefinition Id="zone {style.random()}"/></TimeZoneContext>',
            ],
            style.randrange(4),
        )
    )
    prefix = style.choice(["s", "soap", "SOAP-ENV", "_"])
    encoding = style.choice(["utf-8", "utf-8-sig", "utf-16", "ascii"])
    declared = "us-ascii" if encoding == "ascii" else encoding.removesuffix("-sig")
    declaration = f"<?xml version={style.choice(['"1.0"', "'1.0'"])} encoding='{declared}'?>"
    if encoding == "utf-8" and style.random() < 0.5:
        declaration = ""
    text = (
        f'{declaration}<{prefix}:Envelope xmlns:{prefix}="{SOAP11}">{_blank(style)}<{prefix}:Header>{header}'
        f"</{prefix}:Header>{_blank(style)}<{prefix}:Body>{_blank(style)}{_element(tree, style)}{_blank(style)}"
        f"</{prefix}:Body>{_blank(style)}</{prefix}:Envelope>"
    )
    return text.encode(encoding, "xmlcharrefreplace")


def _element(tree: Node, style: random.Random) -> str:
    tag, attributes, text, children = tree
    uri, _, local = tag[1:].partition("}")
    prefix = style.choice(["", "a:", "m:", "ns0:"])
    pairs = [("xmlns:u", "urn:y"), (f"xmlns:{prefix[:-1]}" if prefix else "xmlns", uri)]
    pairs += [(name.replace("{urn:y}", "u:"), value) for name, value in attributes]
    if style.random() < 0.2:
        pairs += [("xmlns:xsi", XSI), ("xsi:type", f"{prefix}{local}Type")]
    style.shuffle(pairs)
    written = "".join(f" {name}={_quoted(value, style)}" for name, value in pairs)
    inner = (
        _blank(style).join(["", *(_element(child, style) for child in children), ""])
        if children
        else _text(text, style)
    )
    if not inner and style.random() < 0.5:
        return f"<{prefix}{local}{written} />"
    return f"<{prefix}{local}{written}>{inner}</{prefix}{local}>"


def _blank(style: random.Random) -> str:
    return style.choice(["", "\n", "\r\n  ", "\t", "<!-- layout -->", " <?layout here?>\n"])


def _quoted(value: str, style: random.Random) -> str:
    if style.random() < 0.5:
        return '"' + "".join(f"&#{ord(character)};" for character in value) + '"'
    return quoteattr(value)


def _text(text: str, style: random.Random) -> str:
    """A leaf's text in pieces: plain, as character references, as CDATA, with comments between them."""
    pieces = []
    while text:
        piece, text = text[: (size := style.randrange(1, 5))], text[size:]
        match style.randrange(4):
            case 0 if "\r" not in piece and "]]>" not in piece and piece.isascii():
                pieces.append(f"<![CDATA[{piece}]]>")
            case 1:
                pieces.append("".join(f"&#x{ord(character):X};" for character in piece))
            case 2:
                pieces.append(f"{escape(piece, {'\r': '&#13;'})}<!-- & --><?and more?>")
            case _:
                pieces.append(escape(piece, {"\r": "&#13;"}))
    return "".join(pieces)


# --- both directions --------------------------------------------------------------------------------------------------


@given(trees, st.randoms(use_true_random=False), st.randoms(use_true_random=False))
def test_another_spelling_has_the_same_key(tree: Node, one: random.Random, other: random.Random) -> None:
    assert key(spelt(tree, one)) == key(spelt(tree, other))


def mutations(tree: Node) -> Iterator[Node]:
    """Every tree that differs from `tree` in one place."""
    tag, attributes, text, children = tree
    yield f"{tag}x", attributes, text, children
    yield "{urn:other}" + tag.partition("}")[2], attributes, text, children
    yield tag, (*attributes, ("Added", "")), text, children
    for at, (name, value) in enumerate(attributes):
        before, after = attributes[:at], attributes[at + 1 :]
        yield tag, (*before, *after), text, children
        yield tag, (*before, (name, f"{value}1"), *after), text, children
        yield tag, (*before, (f"{name}1", value), *after), text, children
    if not children:
        yield tag, attributes, f"{text}1", children
        if kind_of("", tag) is None or not text.strip():  # white space is no part of an identifier
            yield tag, attributes, f" {text}", children
    for at, child in enumerate(children):
        before, after = children[:at], children[at + 1 :]
        if len(children) > 1:  # else white space could be content
            yield tag, attributes, text, (*before, *after)
        yield tag, attributes, text, (*before, child, child, *after)
        yield from ((tag, attributes, text, (*before, changed, *after)) for changed in mutations(child))


@given(trees, st.randoms(use_true_random=False))
def test_every_single_change_has_another_key(tree: Node, style: random.Random) -> None:
    original = key(spelt(tree, style))
    keys = [key(spelt(changed, style)) for changed in mutations(tree)]
    assert original not in keys


_few = st.sampled_from(["", "1", "2"])
_tiny = st.recursive(
    st.builds(
        lambda tag, value, text: (f"{{{MESSAGES}}}{tag}", (("Id", value),), text, ()), st.sampled_from("ab"), _few, _few
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=2).map(lambda found: (f"{{{TYPES}}}c", (), "", tuple(found))),
    max_leaves=3,
)


@given(_tiny, _tiny, st.randoms(use_true_random=False))
def test_keys_are_equal_exactly_where_canonical_xml_is(one: Node, other: Node, style: random.Random) -> None:
    """The standard library's C14N 2.0 with rewritten prefixes is the judge, on trees small enough to be often equal."""
    judged = [ET.canonicalize(ET.tostring(_built(tree)), rewrite_prefixes=True) for tree in (one, other)]
    assert (key(spelt(one, style)) == key(spelt(other, style))) is (judged[0] == judged[1])


def _built(tree: Node) -> ET.Element:
    tag, attributes, text, children = tree
    element = ET.Element(tag, dict(attributes))
    element.text = text
    element.extend(map(_built, children))
    return element


# --- what else counts and what does not -------------------------------------------------------------------------------

POLL = "<m:GetPhoneCallInformation><m:PhoneCallId Id='call-1'/></m:GetPhoneCallInformation>"


def test_whose_mailbox_it_is_counts(envelope: Callable[..., bytes]) -> None:
    def impersonating(address: str, noise: str = "") -> bytes:
        sid = f"<t:ConnectingSID><t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress></t:ConnectingSID>"
        return envelope(POLL, f"<t:ExchangeImpersonation {noise}>{sid}</t:ExchangeImpersonation>")

    keys = {key(envelope(POLL)), key(impersonating("ann@example.com")), key(impersonating("bob@example.com"))}
    assert len(keys) == 3
    assert key(impersonating("ann@example.com", 's:mustUnderstand="1"')) == key(impersonating("ann@example.com"))


@pytest.mark.parametrize(
    "header",
    [
        "",
        '<t:RequestServerVersion Version="Exchange2010_SP2"/>',
        "<t:MailboxCulture>de-DE</t:MailboxCulture>",
        '<t:TimeZoneContext><t:TimeZoneDefinition Id="UTC"/></t:TimeZoneContext>',
        "<t:DateTimePrecision>Seconds</t:DateTimePrecision>",
    ],
)
def test_other_soap_headers_do_not_count(envelope: Callable[..., bytes], header: str) -> None:
    assert key(envelope(POLL, header)) == key(envelope(POLL))


def test_http_headers_and_the_host_do_not_count(envelope: Callable[..., bytes]) -> None:
    body = envelope(POLL)
    assert key(body, url="http://127.0.0.1:8080/ews/exchange.asmx", content_type="") == key(body)


def test_the_service_counts(envelope: Callable[..., bytes]) -> None:
    """Both services have a PlayOnPhone in one namespace."""
    body = envelope(POLL)
    assert key(body, operation=Operation("X", Service.UM)) != key(body)


def test_the_order_of_children_counts(envelope: Callable[..., bytes]) -> None:
    one, other = "<t:ItemId Id='1'/>", "<t:ItemId Id='2'/>"
    first, second = (f"<m:GetItem><m:ItemIds>{ids}</m:ItemIds></m:GetItem>" for ids in (one + other, other + one))
    assert key(envelope(first)) != key(envelope(second))


def test_the_order_of_a_property_set_does_not_count(envelope: Callable[..., bytes]) -> None:
    one, other = (
        "<t:FieldURI FieldURI='item:Subject'/>",
        "<t:ExtendedFieldURI PropertyTag='0x10' PropertyType='Integer'/>",
    )
    shape = "<m:GetItem><m:ItemShape><t:AdditionalProperties>{}</t:AdditionalProperties></m:ItemShape></m:GetItem>"
    assert key(envelope(shape.format(one + other))) == key(envelope(shape.format(other + one)))
    assert key(envelope(shape.format(one + other))) != key(envelope(shape.format(one)))
    assert key(envelope(shape.format(one + other))) != key(envelope(shape.format(one + one + other)))


def test_text_beside_elements_counts_where_it_stands(envelope: Callable[..., bytes]) -> None:
    keys = {key(envelope(f"<m:X>{inner}</m:X>")) for inner in ("<m:a/>", "t<m:a/>", "<m:a/>t", "t<m:a/>t")}
    assert len(keys) == 4
    assert key(envelope("<m:X>\n t <m:a/></m:X>")) == key(envelope("<m:X>t<m:a/></m:X>"))


def test_structure_cannot_be_forged_by_text(envelope: Callable[..., bytes]) -> None:
    assert key(envelope("<m:X Id=\"1'), ('B', '2\"/>")) != key(envelope('<m:X Id="1" B="2"/>'))


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://mail.example.com/ews/SERVICES.wsdl", True),
        ("https://other.example.com/ews/services.wsdl", True),
        ("https://mail.example.com/ews/messages.xsd", False),
        ("https://mail.example.com/ews/services.wsdl?x=1", False),
    ],
)
def test_what_is_not_soap_is_told_by_method_path_and_query(url: str, *, same: bool) -> None:
    recorded = key(b"", method="GET", url="https://mail.example.com/EWS/Services.wsdl")
    assert (key(b"", method="GET", url=url) == recorded) is same
    assert key(b"", method="HEAD", url=url) != recorded


def test_plain_xml_counts_by_its_tree() -> None:
    """Autodiscover's older form is no SOAP."""
    request = "<Autodiscover><EMailAddress>{}</EMailAddress></Autodiscover>"
    spaced = request.replace("><", ">\n<").format("ann@example.com")
    assert key(spaced) == key(request.format("ann@example.com"))
    assert key(spaced) != key(request.format("bob@example.com"))


@pytest.mark.parametrize("body", [b"", b"<s:Envelope", b"\xff\xfe\x00", b"<!DOCTYPE x><x/>"])
def test_what_cannot_be_decoded_counts_byte_for_byte(body: bytes) -> None:
    assert len({key(body), key(body), key(body + b" ")}) == 2


def test_the_form_shows_what_counts_and_what_is_an_identifier(envelope: Callable[..., bytes]) -> None:
    body = f"<m:Poll xmlns:xsi='{XSI}' xsi:type='m:P' b='2' a='1'> <m:CallId> x </m:CallId></m:Poll>"
    request = Request(method="POST", url=EWS, body=envelope(body))
    shown = form(request, Operation("Poll"), frozenset())
    assert shown == (
        "request",
        (("service", "ews"),),
        "",
        (
            ("Header", (), "", ()),
            (
                "Body",
                (),
                "",
                ((f"{{{MESSAGES}}}Poll", (("a", "1"), ("b", "2")), "", ((f"{{{MESSAGES}}}CallId", (), "x", ()),)),),
            ),
        ),
    )
    leaf = shown[3][1][3][0][3][0][2]
    assert isinstance(leaf, Variable)
    assert leaf.kind is PHONE_CALL_ID


# --- identifiers ------------------------------------------------------------------------------------------------------


def blanked(body: str, **where: str) -> tuple[bytes, list[tuple[str, str]]]:
    found = canonical(Request(method="POST", url=where.get("url", EWS), body=body.encode()), Operation("X"))
    return found.key, [(kind.name, value) for kind, value in zip(found.kinds, found.values, strict=True)]


@pytest.mark.parametrize(
    ("body", "other", "kinds"),
    [
        ("<m:ItemId Id='a' ChangeKey='b'/>", "<m:ItemId Id='c' ChangeKey='d'/>", ["change_key", "item_id"]),
        ("<m:DialString>1</m:DialString>", "<m:DialString> 2 </m:DialString>", ["dial_string"]),
        (
            "<m:CalendarView StartDate='2024-01-01T00:00:00Z' EndDate='2024-02-01'/>",
            "<m:CalendarView StartDate='2025-01-01T00:00:00+01:00' EndDate='2025-02-01'/>",
            ["date_time", "date_time"],
        ),
        (
            "<t:FieldURIOrConstant><t:Constant Value='2024-01-01T00:00:00.5Z'/></t:FieldURIOrConstant>",
            "<t:FieldURIOrConstant><t:Constant Value='2024-01-02'/></t:FieldURIOrConstant>",
            ["date_time"],
        ),
        (
            "<t:TimeWindow><t:StartTime>2024-01-01T00:00:00</t:StartTime></t:TimeWindow>",
            "<t:TimeWindow><t:StartTime>2024-01-02T00:00:00</t:StartTime></t:TimeWindow>",
            ["date_time"],
        ),
        (
            "<t:CalendarItem><t:UID>1</t:UID></t:CalendarItem>",
            "<t:CalendarItem><t:UID>2</t:UID></t:CalendarItem>",
            ["uid"],
        ),
    ],
)
def test_identifiers_are_listed_beside_the_key(
    envelope: Callable[..., bytes], body: str, other: str, kinds: list[str]
) -> None:
    one, two = (blanked(envelope(text).decode()) for text in (body, other))
    assert one[0] == two[0]
    assert [name for name, _ in one[1]] == [name for name, _ in two[1]] == kinds
    assert all(before[1] != after[1] for before, after in zip(one[1], two[1], strict=True))


@pytest.mark.parametrize(
    ("body", "other"),
    [
        ("<m:ItemId Id='a'/>", "<m:ItemId Id='a' ChangeKey='b'/>"),
        ("<m:ItemId Id='a'/>", "<m:ItemId Id=''/>"),
        ("<t:DistinguishedFolderId Id='inbox'/>", "<t:DistinguishedFolderId Id='drafts'/>"),
        ("<m:CalendarView StartDate='2024-01-01'/>", "<m:CalendarView StartDate='soon'/>"),
        (
            "<t:FieldURIOrConstant><t:Constant Value='3'/></t:FieldURIOrConstant>",
            "<t:FieldURIOrConstant><t:Constant Value='4'/></t:FieldURIOrConstant>",
        ),
        (
            "<t:Duration><t:StartTime>1</t:StartTime></t:Duration>",
            "<t:Duration><t:StartTime>2</t:StartTime></t:Duration>",
        ),
        ("<t:Subject>a</t:Subject>", "<t:Subject>b</t:Subject>"),
        ("<m:DialString>\0dial_string</m:DialString>".replace("\0", ""), "<m:Dial>dial_string</m:Dial>"),
    ],
)
def test_what_is_no_identifier_counts(envelope: Callable[..., bytes], body: str, other: str) -> None:
    assert blanked(envelope(body).decode())[0] != blanked(envelope(other).decode())[0]


def test_the_address_in_the_query_of_a_photo_is_an_identifier() -> None:
    url = "https://mail.example.com/EWS/Exchange.asmx/s/GetUserPhoto?email={}&size=HR48x48"
    one, two = (blanked("", url=url.format(address)) for address in ("ann%40example.com", "bob@example.com"))
    assert one[0] == two[0]
    assert (one[1], two[1]) == ([("smtp_address", "ann@example.com")], [("smtp_address", "bob@example.com")])


def test_identifiers_come_in_the_same_order_however_the_request_is_spelt(envelope: Callable[..., bytes]) -> None:
    headers = ["<t:ExchangeImpersonation><t:ConnectingSID><t:SID>s</t:SID></t:ConnectingSID></t:ExchangeImpersonation>"]
    headers += ["<t:RequestServerVersion Version='Exchange2010'/>"]
    item = ["Id='a'", "ChangeKey='b'"]
    found = {
        str(blanked(envelope(f"<m:ItemId {' '.join(attributes)}/>", "".join(header)).decode()))
        for attributes in (item, item[::-1])
        for header in (headers, headers[::-1])
    }
    assert len(found) == 1


@pytest.mark.parametrize("name", ["RequestServerVersion", "MailboxCulture", "TimeZoneContext"])
def test_a_header_counts_where_it_is_said_to(envelope: Callable[..., bytes], name: str) -> None:
    one, two = (
        canonical(
            Request(method="POST", url=EWS, body=envelope(POLL, f"<t:{name} Version='{version}'/>")),
            Operation("X"),
            frozenset({name}),
        ).key
        for version in "12"
    )
    assert one != two
