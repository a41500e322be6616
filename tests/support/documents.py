"""XML documents of every make, written as the parts that redaction must keep and those that it may replace."""

import re
from typing import NamedTuple

from hypothesis import strategies as st

SPACES = (
    ("Envelope", "http://schemas.xmlsoap.org/soap/envelope/"),
    ("t", "http://schemas.microsoft.com/exchange/services/2006/types"),
)
DECLARATIONS = (
    "",
    '<?xml version="1.0" encoding="utf-8"?>',
    "<?xml version='1.0'  encoding='UTF-8' standalone='yes' ?>\r\n",
)
BLANKS = ("", " ", "\n  ", "\t\r\n")
SENSITIVE = ("Subject", "DialString", "EmailAddress", "GivenName", "SyncState", "InternetMessageId")
HARMLESS = ("Items", "IsRead", "Size", "X-y", "Importance")
RULED_ATTRIBUTES = ("Id", "ChangeKey")
OTHER_ATTRIBUTES = ("BodyType", "Traversal", "t:n")


class Part(NamedTuple):
    """A part of a document as it is written."""

    raw: str
    may_change: str = ""
    """A regular expression for what may take its place; empty if nothing may."""


def kept(document: list[Part]) -> re.Pattern[str]:
    """What the document may look like when it is redacted."""
    return re.compile(
        "".join(f"(?:{part.may_change})" if part.may_change else re.escape(part.raw) for part in document), re.DOTALL
    )


def written(document: list[Part]) -> str:
    """The document."""
    return "".join(part.raw for part in document)


words = st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True)
plain = st.one_of(
    words, st.integers(0, 10**9).map(str), st.just("2026-11-23T09:14:07Z"), st.sampled_from(["&#65;b", "&#x41;"])
)
values = st.lists(
    st.one_of(
        st.text(
            st.characters(categories=["L", "Nd", "Zs", "Po"], exclude_characters="<>&\"'"), min_size=1, max_size=12
        ),
        st.sampled_from(
            [
                "&amp;",
                "&lt;",
                "&gt;",
                "&#233;",
                "&#x20AC;",
                "&quot;",
                "&apos;",
                "alice@corp.example.net",
                "+1 425 555 0100",
            ]
        ),
    ),
    min_size=1,
    max_size=4,
).map("".join)


@st.composite
def attributes(draw: st.DrawFn) -> list[Part]:
    """The attributes of a tag, with the white space before and in them."""
    parts = []
    for name in draw(st.lists(st.sampled_from(RULED_ATTRIBUTES + OTHER_ATTRIBUTES), max_size=3, unique=True)):
        mark = draw(st.sampled_from("\"'"))
        equals = draw(st.sampled_from(["=", "=", " = ", "=\n"]))
        parts.append(Part(draw(st.sampled_from(BLANKS[1:])) + name + equals + mark))
        if name in RULED_ATTRIBUTES:
            parts.append(Part(draw(values) + draw(st.sampled_from(["", ">"])), f"[^<{mark}]*"))
        else:
            parts.append(Part(draw(plain)))
        parts.append(Part(mark))
    return parts


@st.composite
def texts(draw: st.DrawFn, *, sensitive: bool, regular: bool) -> list[Part]:
    """The content of an element without children."""
    if not sensitive:
        return [Part(draw(plain | st.sampled_from(BLANKS)))]
    parts = [Part(draw(values), "[^<]*")]
    if not regular and draw(st.booleans()):
        inner = draw(st.text("ab<>&;'\" ", max_size=8).filter(lambda text: "]]>" not in text))
        parts += (Part("<![CDATA["), Part(inner, r"(?:(?!\]\]>).)*"), Part("]]>"), Part("", "[^<]*"))
    return parts


@st.composite
def elements(draw: st.DrawFn, depth: int = 3, *, regular: bool = False) -> list[Part]:
    """An element with all that is in it; with `regular`, without what only people and odd tools write."""
    sensitive = draw(st.booleans()) or depth == 0
    name = draw(st.sampled_from(["", "t:"])) + draw(st.sampled_from(SENSITIVE if sensitive else HARMLESS))
    inside = draw(attributes())
    if regular:
        inside = [Part(part.raw.replace("'", '"'), part.may_change.replace("'", '"')) for part in inside]
    end = draw(st.sampled_from(["", "", " ", "\n"]))
    if not sensitive and draw(st.integers(0, 4)) == 0:
        return [Part(f"<{name}"), *inside, Part(f"{end}/>")]
    parts = [Part(f"<{name}"), *inside, Part(f"{end}>")]
    if sensitive:
        parts += draw(texts(sensitive=True, regular=regular))
    elif draw(st.booleans()):
        parts += draw(texts(sensitive=False, regular=regular))
    else:
        for _ in range(draw(st.integers(0, 3))):
            parts.append(Part(draw(st.sampled_from(BLANKS))))
            parts += draw(elements(depth - 1, regular=regular) if regular or draw(st.integers(0, 5)) else asides())
    return [*parts, Part(f"</{name}{draw(st.sampled_from(['', '', ' ']))}>")]


def asides() -> st.SearchStrategy[list[Part]]:
    """A comment or a processing instruction that tells nothing."""
    return st.one_of(words.map("<!-- {} -->".format), words.map("<?tool {}?>".format)).map(lambda raw: [Part(raw)])


@st.composite
def documents(draw: st.DrawFn, *, regular: bool = False) -> list[Part]:
    """A SOAP message."""
    declaration = draw(st.sampled_from(DECLARATIONS[:2] if regular else DECLARATIONS))
    open_tag = f'<s:Envelope xmlns:s="{SPACES[0][1]}" xmlns:t="{SPACES[1][1]}"{draw(st.sampled_from(BLANKS))}>'
    parts = [Part(declaration), Part(open_tag)]
    for _ in range(draw(st.integers(1, 4))):
        parts += (Part(draw(st.sampled_from(BLANKS))), *draw(elements(regular=regular)))
    return [*parts, Part(f"</s:Envelope>{draw(st.sampled_from(BLANKS))}")]
