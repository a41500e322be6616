"""What a serialiser wrote is redacted as `document` would do it, and from memory; the rest is left alone."""

from collections.abc import Callable

import pytest
from documents import Part, documents, written
from hypothesis import given
from hypothesis import strategies as st

from ewstape.redaction import regular
from ewstape.redaction.document import Document
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.redaction.regular import CUT, Regular
from ewstape.redaction.rules import RULES
from ewstape.redaction.spans import split
from ewstape.redaction.table import table_of
from ewstape.redaction.values import Values

TABLE = table_of(RULES)
KEY = Key(bytes.fromhex("8f1d0c6a27b94e53a6d2f07c15e83b49"))


def new_values() -> Values:
    return Values(TABLE, Pseudonyms(KEY))


def by_document(text: str, values: Values) -> str:
    pieces = split(text)
    Document(TABLE, values, pieces).redact()
    return "".join(pieces)


@pytest.fixture
def values() -> Values:
    return new_values()


@pytest.fixture
def redacted(values: Values) -> Callable[[str], str]:
    one = Regular(TABLE, values)

    def redact(text: str) -> str:
        pieces = one.redacted(text)
        assert pieces is not None
        return CUT.join(pieces)

    return redact


REGULAR = {
    "leaves": "<a><b><Subject>one two</Subject><Size>12</Size></b></a>",
    "declared": '<?xml version="1.0"?>\n<a><Subject>one</Subject></a>\n',
    "attributes": '<a><t:ItemId  Id="x&amp;y" ChangeKey = "z"/><b c="1 2"/><d e="alice@corp.example.net">12</d></a>',
    "indented": "<a>\n  <Subject>\n one\n</Subject>\n  <b/>\n</a>",
    "a rule by the parent before it": (
        "<a><FileAttachment><Name>Plans for May</Name></FileAttachment><c><Name>Al Ix</Name></c></a>"
    ),
    "a rule by the parent further up": (
        "<a><PhoneNumbers><Entry>1</Entry><Entry>4255550100</Entry></PhoneNumbers>"
        "<ItemClasses><String>x y</String><String>x z</String></ItemClasses>"
        "<Children><String>x z</String></Children></a>"
    ),
    "free text": "<a><MessageText>to Alice Example, 4255550100</MessageText><Name>Alice Example</Name></a>",
    "unlisted text": "<a><b>more than a word</b><c>alice@corp.example.net</c><d>Example</d><Name>Example</Name></a>",
    "kept": '<a><ResponseCode>Error This</ResponseCode><DistinguishedFolderId Id="in box"/></a>',
    "empty": "<a><Subject></Subject><Subject/><Subject> </Subject></a>",
    "alone": "<Subject>one</Subject>",
    "> in an attribute": '<a><b c="1>2"/><Constant Value="x>y">12</Constant></a>',
    "references": "<a><Subject>one &lt;two&#62; &amp;</Subject><b>&#65;bc</b></a>",
}


@pytest.mark.parametrize("text", REGULAR.values(), ids=REGULAR)
def test_the_outcome_is_that_of_the_slower_way_and_the_same_the_second_time(
    text: str, values: Values, redacted: Callable[[str], str]
) -> None:
    other = new_values()
    expected = by_document(text, other)
    assert redacted(text) == expected
    first = dict(values.counts)
    assert first == dict(other.counts)
    assert redacted(text) == expected
    assert dict(values.counts) == {rule: 2 * count for rule, count in first.items()}


@given(st.lists(documents(regular=True), min_size=1, max_size=3))
def test_any_regular_document_is_redacted_as_by_the_slower_way_whatever_came_before(several: list[list[Part]]) -> None:
    one = Regular(TABLE, new_values())
    for document in (*several, *several):
        text = written(document)
        pieces = one.redacted(text)
        assert pieces is not None
        assert CUT.join(pieces) == by_document(text, new_values())


IRREGULAR = {
    "single quotes": "<a><b c='1'/></a>",
    "comment": "<a><!-- x --><b/></a>",
    "comment in an element": "<a><b>1<!-- x --></b></a>",
    "comment that ends an element": "<a><!-- </b> --></a>",
    "CDATA": "<a><Subject><![CDATA[x]]></Subject></a>",
    "instruction": "<a><?x y?></a>",
    "instruction before": "<?x y?><a/>",
    "text beside elements": "<a>x<b/></a>",
    "text behind elements": "<a><b>1</b>x</a>",
    "text behind an empty element": "<a><b/>x</a>",
    "> in a text": "<a><Subject>1 > 2</Subject></a>",
    "dropped content": "<a><Security><b>1</b></Security></a>",
    "free text throughout": "<a><MessageXml><b>1</b></MessageXml></a>",
    "service description": "<definitions><a>1</a></definitions>",
}


@pytest.mark.parametrize("text", IRREGULAR.values(), ids=IRREGULAR)
def test_what_is_not_regular_is_left_to_others_and_counts_for_nothing(text: str, values: Values) -> None:
    text = f"<z><Subject>one two</Subject><y>{text}</y></z>" if "<?" not in text else text
    assert Regular(TABLE, values).redacted(text) is None
    assert not values.counts


@pytest.mark.parametrize(
    "before",
    ["", "<x/>", "<x>1</x>", "<x><y>1</y></x>", "\n ", "<x>\n<y>1</y>\n</x>"],
    ids=lambda text: text or "nothing",
)
def test_what_is_remembered_in_one_parent_is_not_taken_for_another(before: str, redacted: Callable[[str], str]) -> None:
    kept, other = (
        f"<a><{parent}>{before}<Name>Quokka</Name><z>1</z></{parent}></a>" for parent in ("UserSetting", "Mailbox")
    )
    for _ in range(2):
        assert redacted(kept) == kept
        assert "Quokka" not in redacted(other)


def test_free_text_is_searched_anew_for_what_is_known_since(redacted: Callable[[str], str]) -> None:
    text = "<a><b><MessageText>No Quokka here.</MessageText></b></a>"
    assert redacted(text) == text
    redacted("<a><b><Subject>Quokka</Subject></b></a>")
    assert "Quokka" not in redacted(text)


def test_what_is_remembered_is_bounded(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular, "_MOST_REMEMBERED", 1_000)
    one = Regular(TABLE, values)
    for number in range(200):
        assert one.redacted(f"<a><Subject>{number} {'x' * number * 20}</Subject></a>") is not None
        assert one.remembered < 1_000 + 20_000
