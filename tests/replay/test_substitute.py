"""What comes back is the recorded body with the live values in the fields they belong to, and nothing else changed."""

from itertools import accumulate, pairwise
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from ewstape.interaction import MESSAGES, Chunk, Response
from ewstape.operations.identifiers import CHANGE_KEY, ITEM_ID, PHONE_CALL_ID, SMTP_ADDRESS, Kind
from ewstape.replay.substitute import identifiers, put_back

NEW = {
    (ITEM_ID, "old"): "new",
    (CHANGE_KEY, "key"): "a\"b'c&d<e>",
    (PHONE_CALL_ID, "old"): "call & <call>",
    (SMTP_ADDRESS, "ann@example.com"): "björn@example.com",
}


def live_value(kind: Kind, value: str) -> str | None:
    return NEW.get((kind, value))


def answered(body: bytes, content_type: str = "text/xml; charset=utf-8") -> bytes:
    return put_back(Response(status=200, headers=(("Content-Type", content_type),), body=body), live_value).body


@pytest.mark.parametrize(
    ("recorded", "answer"),
    [
        ('<t:ItemId Id="old"/>', '<t:ItemId Id="new"/>'),
        ("<ItemId  ChangeKey = 'x'\n Id = 'old' ></ItemId>", "<ItemId  ChangeKey = 'x'\n Id = 'new' ></ItemId>"),
        ('<a:ItemId Id="&#111;ld" ChangeKey="key"/>', '<a:ItemId Id="new" ChangeKey="a&quot;b\'c&amp;d&lt;e&gt;"/>'),
        ("<a:ItemId ChangeKey='key'/>", "<a:ItemId ChangeKey='a\"b&apos;c&amp;d&lt;e&gt;'/>"),
        ("<m:CallId>old</m:CallId>", "<m:CallId>call &amp; &lt;call&gt;</m:CallId>"),
        ("<m:CallId>\n  old\n</m:CallId>", "<m:CallId>\n  call &amp; &lt;call&gt;\n</m:CallId>"),
        ("<m:CallId><![CDATA[old]]></m:CallId>", "<m:CallId>call &amp; &lt;call&gt;</m:CallId>"),
        ("<m:CallId>o<!-- CallId -->l&#x64;</m:CallId>", "<m:CallId>call &amp; &lt;call&gt;</m:CallId>"),
        ("<EmailAddress>ann@example.com</EmailAddress>", "<EmailAddress>björn@example.com</EmailAddress>"),
        (
            "<PlayOnPhoneResponse> <PlayOnPhoneResponse>old</PlayOnPhoneResponse>",
            "<PlayOnPhoneResponse> <PlayOnPhoneResponse>call &amp; &lt;call&gt;</PlayOnPhoneResponse>",
        ),
        (
            "<WebClientReadFormQueryString>?ae=Item&amp;id=old&amp;t=old</WebClientReadFormQueryString>",
            "<WebClientReadFormQueryString>?ae=Item&amp;id=new&amp;t=new</WebClientReadFormQueryString>",
        ),
    ],
)
def test_a_value_is_put_back_in_its_place(recorded: str, answer: str) -> None:
    assert answered(f"<x>old{recorded}old</x>".encode()) == f"<x>old{answer}old</x>".encode()


@pytest.mark.parametrize(
    "body",
    [
        '<x><t:FolderId Id="old"/></x>',
        '<x><t:ItemId Id="older"/></x>',
        '<x><t:ItemIds Id="old"/></x>',
        '<x><t:ItemId xId="old" a:Id="old"/></x>',
        '<x Id="old">old <Subject>old</Subject></x>',
        '<x><!-- <t:ItemId Id="old"/> --></x>',
        '<x><![CDATA[<t:ItemId Id="old"/>]]></x>',
        '<x><?p <t:ItemId Id="old"/>?></x>',
        '<x><t:ItemId Id="old',
        "<m:CallId>old<b/></m:CallId>",
        "<m:CallId><b>old</b></m:CallId>",
        "<m:CallId/>old</x>",
        "<WebClientReadFormQueryString>?id=older&amp;old</WebClientReadFormQueryString>",
        "",
        "not XML: old",
    ],
)
def test_everything_else_is_left_alone(body: str) -> None:
    assert answered(body.encode()) == body.encode()


def test_a_response_that_holds_nothing_to_change_is_the_same_one() -> None:
    response = Response(status=200, body=b'<x><t:ItemId Id="other"/></x>')
    assert put_back(response, live_value) is response


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "text/xml"),
        ("utf-8-sig", "utf-8", "text/xml"),
        ("utf-16", "utf-16", "text/xml; charset=utf-16"),
        ("utf-16-le", "utf-16", "text/xml"),
        ("utf-16-be", "utf-16", "text/xml"),
        ("iso-8859-1", "ISO-8859-1", "text/xml; charset=utf-8"),
        ("windows-1252", "windows-1252", "text/xml"),
        ("shift_jis", "Shift_JIS", "text/xml"),
        ("us-ascii", "us-ascii", "text/xml"),
    ],
)
def test_every_encoding_is_kept(encoding: str, declared: str, content_type: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>\r\n<x a="~"><EmailAddress>{{}}</EmailAddress></x>'
    live = "björn@example.com" if declared.startswith("utf") else "bj&#246;rn@example.com"
    recorded, expected = (text.format(address).encode(encoding) for address in ("ann@example.com", live))
    assert answered(recorded, content_type) == expected
    assert etree.fromstring(expected)[0].text == "björn@example.com"


def test_a_body_that_is_not_what_it_says_keeps_every_byte() -> None:
    body = b'<?xml version="1.0" encoding="utf-8"?><x>\xff\xfe&#x0;<EmailAddress>ann@example.com</EmailAddress>\x80'
    assert answered(body) == body.replace(b"ann@", b"bj&#246;rn@")


def test_the_documents_of_a_stream_keep_their_chunks() -> None:
    documents = [b'<E><ItemId Id="old"/></E>', b"<E/>", b'<E a="b"><CallId>old</CallId><ItemId Id="old"/></E>\r\n']
    chunks = tuple(Chunk(float(at), len(document)) for at, document in enumerate(documents))
    new = put_back(Response(status=200, body=b"".join(documents), chunks=chunks), live_value)
    ends = list(accumulate(chunk.size for chunk in new.chunks))
    pieces = [new.body[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    assert pieces == [answered(document) for document in documents]
    assert [chunk.at for chunk in new.chunks] == [0.0, 1.0, 2.0]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=4))
def test_chunks_always_add_up(noise: bytes, cuts: list[int]) -> None:
    body = b'<x><ItemId Id="old"/>' + noise + b"<CallId>old</CallId></x>"
    borders = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    chunks = tuple(Chunk(0.0, end - start) for start, end in pairwise(borders))
    new = put_back(Response(status=200, body=body, chunks=chunks), live_value)
    assert sum(chunk.size for chunk in new.chunks) == len(new.body)
    assert all(chunk.size >= 0 for chunk in new.chunks)


# --- all of it at once ------------------------------------------------------------------------------------------------

_chars = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"], exclude_characters="\ufffe\uffff")
_values = st.text(_chars, min_size=1, max_size=8)
_places = st.sampled_from([("ItemId", "Id"), ("FolderId", "Id"), ("CallId", ""), ("Subject", ""), ("Other", "Id")])


@example(fields=[(("ItemId", "Id"), "1")], bound={"1": "0"}, wide=True)
@given(
    fields=st.lists(st.tuples(_places, _values), max_size=6),
    bound=st.dictionaries(_values, _values),
    wide=st.booleans(),
)
def test_the_answer_is_the_recording_with_exactly_those_fields_replaced(
    fields: list[tuple[tuple[str, str], str]], bound: dict[str, str], *, wide: bool
) -> None:
    def written(*, replaced: bool) -> bytes:
        text = ""
        for (tag, attribute), value in fields:
            shown = bound.get(value, value) if replaced and tag in {"ItemId", "CallId"} else value
            text += f"<{tag} {attribute}={quoteattr(shown)}/>" if attribute else f"<{tag}>{escape(shown)}</{tag}>"
        return f"<?xml version='1.0'?><x xmlns='{MESSAGES}'>{text}</x>".encode("utf-16" if wide else "utf-8")

    kinds = {ITEM_ID, PHONE_CALL_ID}
    response = Response(status=200, body=written(replaced=False))
    new = put_back(response, lambda kind, value: bound.get(value) if kind in kinds else None)
    expected = etree.fromstring(written(replaced=True))
    assert [(one.tag, dict(one.attrib), one.text) for one in etree.fromstring(new.body).iter()] == [
        (one.tag, dict(one.attrib), one.text) for one in expected.iter()
    ]


def test_identifiers_are_found_in_document_order() -> None:
    body = b'<x><t:ItemId Id="1" ChangeKey="2"/><y><CallId> 3 </CallId><ItemId Id=""/></y></x>'
    found = identifiers(Response(status=200, body=body))
    assert list(found) == [(ITEM_ID, "1"), (CHANGE_KEY, "2"), (PHONE_CALL_ID, "3")]


def test_what_is_no_markup_is_not_searched() -> None:
    photo = Response(status=200, headers=(("Content-Type", "image/jpeg"),), body=b'\xff\xd8<ItemId Id="old"/>')
    assert list(identifiers(photo)) == []
    assert put_back(photo, live_value) is photo


@pytest.mark.parametrize(
    ("recorded", "answer"),
    [
        ("<t:Subject>old</t:Subject>", "<t:Subject>a &amp; b</t:Subject>"),
        ("<t:Subject>\n old </t:Subject>", "<t:Subject>\n a &amp; b </t:Subject>"),
        ("<t:Subject x='1'><![CDATA[old]]></t:Subject>", "<t:Subject x='1'>a &amp; b</t:Subject>"),
        ("<t:Constant Value = 'old' />", "<t:Constant Value = 'a &amp; b' />"),
        ("<a>old<b>old</b>old</a>", "<a>old<b>a &amp; b</b>old</a>"),
        ("<a>older</a><a>very old</a><!-- <a>old</a> --><![CDATA[<a>old</a>]]>",) * 2,
        ("<PhotoUrl>old</PhotoUrl>",) * 2,
    ],
)
def test_any_value_of_a_redacted_answer_can_be_put_back(recorded: str, answer: str) -> None:
    response = Response(status=200, body=f"<x>{recorded}</x>".encode())
    found = put_back(response, lambda kind, value: "a & b" if (kind, value) == (None, "old") else None, everywhere=True)
    assert found.body.decode() == f"<x>{answer}</x>"
