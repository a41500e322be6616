"""Responses, read for what an index needs of them: the identifiers in them, and what they say of a call.

A response is looked for in the moulds of those before it, and only a few values are looked at. Where the identifiers
are among them is learned from one response that is read in full, with all values that vary changed at once. That holds
for all others: identifiers are found by names, which belong to the mould, in a body of nothing but tags and texts, and
a value of its class cannot end its place; one in the place of an identifier has nothing that is escaped or left out.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ewstape.cassette.quick import read_answered
from ewstape.interaction import Response
from ewstape.operations.identifiers import PHONE_CALL_ID, Kind
from ewstape.replay.headers import first
from ewstape.replay.index.cuts import BODY, cut_answered
from ewstape.replay.index.digests import Digests
from ewstape.replay.index.moulds import Cut, Learned, Moulds
from ewstape.replay.substitute import identifiers
from ewstape.wire.skeleton import is_ascii

_ENDED = re.compile(rb"State\s*>\s*Disconnected\s*<")
_NO_SUCH_CALL = (b"ErrorInvalidPhoneCallId", b"InvalidCallId")
_NARROW = {"w": "v", "x": "t"}
_DECLARED = r"""version=["']1\.0["']|encoding=["'](?i:utf-8|us-ascii)["']|standalone=["'](?:yes|no)["']"""
_ATTRIBUTE = r"""\s++[\w:.-]++=(?:"[^"<>]*+"|'[^'<>]*+')"""
_TAGS_AND_TEXTS = re.compile(
    rf"\s*+(?:<\?xml(?:\s++(?:{_DECLARED}))*+\s*+\?>)?+"
    rf"(?:\s*+<(?:/[\w:.-]++\s*+|[\w:.-]++(?:{_ATTRIBUTE})*+\s*+/?)>[^<>]*+)++".encode()
)


class Answered(NamedTuple):
    """What an index needs of a response."""

    answered: Iterable[int] = ()
    """The digests of identifiers that clients have from answers."""
    mentioned: Iterable[int] = ()
    """Those of the others."""
    placed: str | None = None
    """The first PhoneCallId."""
    ended: bool = False
    """It says that the call is over."""
    denied: bool = False
    """It says that there is no such call."""


_NOTHING = Answered()


class _Known(NamedTuple):
    """What is known of responses that were cast in one mould."""

    identifiers: tuple[tuple[Kind, int | str], ...]
    """Where each is among the values, or what it always is. Without those that clients have of their own and that are
    the same in all: these were in the first one."""
    says: bool
    """Whether there is something of a call in what does not vary."""


class Responses:
    """Reads the responses of one recording."""

    def __init__(self, digests: Digests) -> None:
        self._digests = digests
        self._moulds: Moulds[_Known] = Moulds(cut_answered, _learn)

    def read(self, operation: bytes, half: bytes) -> Answered | None:
        """The response in the second half of a document; `None` if our own writer would not have written it so.

        Args:
            operation: what tells which moulds it may have.
            half: of the document; empty if there was no response.
        """
        if not half:
            return _NOTHING
        found = self._moulds.find(operation, half)
        if found is not None:
            known, values = found
            says = known.says or _says(b" ".join(values))
            identifiers = [(kind, at if isinstance(at, str) else values[at].decode()) for kind, at in known.identifiers]
            return self._answered(identifiers, half[_after_head(half) :] if says else b"")
        response = read_answered(half)
        if response is None:
            return None
        self._moulds.meet(operation, half)
        return self.of(response)

    def of(self, response: Response | None) -> Answered:
        """The same of a response that was read in full, or of none."""
        return _NOTHING if response is None else self._answered(identifiers(response), response.body)

    def _answered(self, found: Iterable[tuple[Kind, str]], body: bytes) -> Answered:
        answered: dict[int, None] = {}
        mentioned: list[int] = []
        placed = None
        for kind, value in found:
            digest = self._digests.value(kind, value)
            if kind.known_to_client:
                mentioned.append(digest)
            else:
                answered[digest] = None
            if placed is None and kind is PHONE_CALL_ID:
                placed = value
        if not body or not _says(body):  # plain words are found faster by far
            return Answered(answered, mentioned, placed)
        ended, denied = _ENDED.search(body) is not None, any(word in body for word in _NO_SUCH_CALL)
        return Answered(answered, mentioned, placed, ended, denied)


def _learn(cut: Cut, varying: tuple[int, ...]) -> Learned[_Known] | None:
    """Where the identifiers are in responses that differ in these values; `None` if that cannot be told."""
    others = {at: cut.other(at) for at in varying}
    half = cut.put_together({})
    before, after = read_answered(half), read_answered(cut.put_together(others))
    if before is None or after is None or not is_ascii(first(before.headers, "Content-Type")):
        return None
    outline = b"\0".join(cut.pieces)
    if _TAGS_AND_TEXTS.fullmatch(outline, _after_head(outline)) is None:
        return None
    found, found_after = list(identifiers(before)), list(identifiers(after))
    if len(found) != len(found_after):
        return None
    places: list[tuple[Kind, int | str]] = []
    for (kind, one), (other_kind, other) in zip(found, found_after, strict=True):
        at = next((at for at in varying if others[at].decode() == other), None) if one != other else None
        if kind is not other_kind or kind.form is not None:
            return None
        if one != other and (at is None or cut.values[at].decode() != one):
            return None
        places.append((kind, one if at is None else varying.index(at)))
    places = [(kind, at) for kind, at in places if isinstance(at, int) or not kind.known_to_client]
    identifying = {at for _, at in places if isinstance(at, int)}
    classes = [cut.classes[at] for at in varying]
    narrowed = [_NARROW[letter] if at in identifying else letter for at, letter in enumerate(classes)]
    return Learned(_Known(tuple(places), _says(half)), "".join(narrowed))


def _says(text: bytes) -> bool:
    """Whether there may be anything of a call in a text."""
    return b"Disconnected" in text or b"InvalidPhoneCallId" in text or b"InvalidCallId" in text


def _after_head(half: bytes) -> int:
    body = BODY.search(half)
    return len(half) if body is None else body.end()
