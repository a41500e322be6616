"""Interactions of every kind, for the property tests of the cassette."""

from collections.abc import Callable

import pytest
from hypothesis import strategies as st

from ewstape.interaction import MESSAGES, Chunk, Headers, Interaction, Operation, Request, Response, Service

# Lone surrogates are no text; tests of their own say what becomes of them.
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_SHORT = st.text(st.sampled_from('aZ09 -:#,.&*!|>"\\{}[]%@`~?=<\n\r\t\x00\x7f\x85\u2028\ufeff\U0001f4de'), max_size=12)
_WORDS = st.sampled_from(
    ["yes", "No", "null", "~", "+15551212", "0123456", "1:30", "1e3", "0x1F", ".inf", "=", "<<", ""]
)
_ANY_TEXT = _TEXT | _SHORT | _WORDS
_FIELD = st.recursive(
    _ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
_NAME = st.sampled_from(["Content-Type", "X-Twice", "x-twice", "Set-Cookie", "null", "A" * 1200]) | st.text(
    "!#$%&'*+.^_`|~09aZ-", min_size=1, max_size=8
)
_VALUE = st.text(st.characters(max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=20) | st.text(
    "\t\x80\x85\x9f\xa0 :#a", max_size=8
)
_MARKUP = st.lists(
    st.sampled_from(
        [
            "<a>",
            "</a>",
            "<b/>",
            "<c d='e'>",
            "text",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\r",
            "\t",
            "---",
            "...",
            "--- |",
            "%YAML 1.1",
            "<?xml version='1.0' encoding='utf-8'?>",
            '<?xml version="1.0" encoding="iso-8859-1"?>',
            "<!-- -->",
            "]]>",
            "\xe9",
            "\u20ac",
            "\x85",
            "\u2028",
            "\ufeff",
            "\x00",
            "\x7f",
            "\U0001f4de",
        ]
    ),
    max_size=12,
).map("".join)
_ENCODED = st.tuples(
    _MARKUP, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "iso-8859-1", "cp1252"])
).map(lambda pair: pair[0].encode(pair[1], "xmlcharrefreplace"))
_BODY = st.binary(max_size=60) | _ENCODED | st.text("<>/a \n\r\t", max_size=40).map(str.encode)
_PATH = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\\"), max_size=12)
_SECONDS = st.floats(0, 1e6).map(lambda seconds: round(seconds, 6))


def _grouped(lines: list[tuple[str, str]]) -> Headers:
    """Lines of one name side by side and spelt as the first, as a cassette keeps them."""
    first: dict[str, str] = {}
    for name, _ in lines:
        first.setdefault(name.lower(), name)
    return tuple((name, value) for key, name in first.items() for other, value in lines if other.lower() == key)


_HEADERS = st.lists(st.tuples(_NAME, _VALUE), max_size=5).map(_grouped)
_MESSAGE = {
    "headers": _HEADERS,
    "body": _BODY,
    "coding": st.sampled_from(["", "gzip", "deflate", "br", "gzip, br"]),
    "fields": st.dictionaries(_ANY_TEXT, _FIELD, max_size=3),
    "notes": st.lists(_ANY_TEXT, max_size=2).map(tuple),
}
_INTERACTIONS = st.builds(
    Interaction,
    number=st.integers(1, 10**9),
    operation=st.builds(
        Operation,
        _ANY_TEXT.filter(bool) | st.sampled_from(["PlayOnPhone", "GetFolder"]),
        st.sampled_from(Service),
        st.just(MESSAGES) | _ANY_TEXT,
    ),
    at=_SECONDS,
    took=_SECONDS,
    auth=_ANY_TEXT,
    error=_ANY_TEXT,
    request=st.builds(
        Request,
        method=st.sampled_from(["POST", "GET", "M-SEARCH"]),
        url=st.builds("{}://{}/{}".format, st.sampled_from(["http", "https"]), st.just("mail.example.com:8443"), _PATH),
        **_MESSAGE,
    ),
    response=st.none()
    | st.builds(
        Response,
        status=st.integers(100, 599),
        reason=_VALUE.filter(lambda reason: reason not in {"OK", "Found"}),
        chunks=st.lists(st.builds(Chunk, _SECONDS, st.integers(0, 10**9)), max_size=3).map(tuple),
        **_MESSAGE,
    ),
)


@pytest.fixture(scope="session")
def interactions() -> st.SearchStrategy[Interaction]:
    """Any interaction that HTTP allows, in the form in which a cassette keeps it."""
    return _INTERACTIONS


@pytest.fixture(scope="session")
def interaction() -> Callable[..., Interaction]:
    """Makes an ordinary interaction, with another number or bodies where asked."""

    def make(number: int = 1, request: bytes = b"<a/>", response: bytes = b"<b/>") -> Interaction:
        return Interaction(
            number=number,
            operation=Operation("PlayOnPhone"),
            at=float(number),
            took=0.5,
            request=Request(method="POST", url="https://mail.example.com/EWS/Exchange.asmx", body=request),
            response=Response(status=200, body=response),
        )

    return make
