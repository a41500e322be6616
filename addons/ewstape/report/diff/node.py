"""A piece of a message by meaning, and what is asked of it: its form, its digest, its identifiers."""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import unquote

from ewstape.redaction.pseudonyms import holds_pseudonym

__all__ = [
    "PAYLOAD",
    "REDACTED",
    "TIME",
    "URL",
    "Form",
    "Node",
    "Value",
    "blanked",
    "digest",
    "identifiers",
    "is_redacted",
    "node",
    "split",
    "traits",
]

PAYLOAD = "Body"
"""The name of the node that holds the elements of the SOAP body."""
TIME = "time"
"""The domain of dates and times, which are different in every run."""
REDACTED = "redacted"
"""The first part of the domains in which a value counts as it is, unless it is a pseudonym."""


class Value(NamedTuple):
    """A text or an attribute of an element."""

    name: str
    """Of the attribute; empty for the text."""
    text: str
    domain: str
    """What kind of identifier it holds, or `TIME`; empty if it counts letter for letter."""
    identifier: str
    """The part of it that is an identifier."""


class Node(NamedTuple):
    """An element, or a part of the message around it."""

    name: str
    values: tuple[Value, ...]
    children: tuple["Node", ...]
    form: "Form"
    """What counts of it; equal for nodes that say the same, identifiers and times aside."""


type Form = tuple[str, tuple[tuple[str, str], ...], tuple[Form, ...]]

_SETTING = frozenset({"headers", "auth"})
_ACTING = frozenset({"ExchangeImpersonation"})

URL = re.compile(r"https?://([^/\s]+)")
"""The beginning of a URL, with its host."""


def node(name: str, values: tuple[Value, ...], children: Sequence[Node]) -> Node:
    """The node with its form."""
    form = (
        name,
        tuple([(value.name, blanked(value)) for value in values]),
        tuple([child.form for child in children]),
    )
    return Node(name, values, tuple(children), form)


def blanked(value: Value) -> str:
    """The text with a blank for the identifier. XML holds no NUL, so no text can pass for one."""
    if not value.domain:
        return value.text
    if value.domain == "host":
        return f"\0host{URL.sub('', value.text, count=1)}"
    return f"\0{value.domain}"


def digest(*nodes: Node) -> bytes:
    """Equal for trees with equal forms."""
    # The repr of tuples is made in C and quotes every string, so no text can pass for structure.
    form = repr([node.form for node in nodes])
    return blake2b(form.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def split(message: Node) -> tuple[Node, Node]:
    """A message's content, and apart from it what is true of a whole recording: versions, HTTP headers, the logon."""
    content: list[Node] = []
    setting: list[Node] = []
    for part in message.children:
        if part.name == "soap_header":
            content += (child for child in part.children if child.name in _ACTING)
            setting += (child for child in part.children if child.name not in _ACTING)
        else:
            (setting if part.name in _SETTING else content).append(part)
    return node(message.name, message.values, content), node(message.name, (), setting)


def identifiers(root: Node) -> Iterator[tuple[str, str]]:
    """Domain and value of each identifier, in the order of the form: as many for each tree of the same form."""
    for value in root.values:
        if value.identifier:
            yield value.domain, value.identifier
    for child in root.children:
        yield from identifiers(child)


def traits(root: Node) -> Iterator[int]:
    """What the tree is made of, for a measure of likeness: its values and their elements, by hash."""
    for value in root.values:
        yield hash((root.name, value.name, value.text))
    for child in root.children:
        yield from traits(child)


def is_redacted(text: str) -> bool:
    """Whether a pseudonym stands in it, be it quoted as in a URL."""
    return holds_pseudonym(unquote(text) if "%" in text else text)
