"""Pseudonyms: keyed, the same in every field and cassette that shares the key, and saying nothing to anyone else.

A pseudonym is keyed BLAKE2b (RFC 7693) of the normalised value, separated by kind, in the shape of its kind. It depends
on the key and the value alone, with one exception: when a second value of this object would get a pseudonym that a
first one has, it gets the one of the next attempt. Two values are therefore never confused within one run; where shapes
are wide this never happens (48 bits: once in 500 runs of a million values), and where phone numbers are short (23 bits
at ten digits) the later number gives up its digit count rather than its identity.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING

from ewstape.redaction.kinds import Kind
from ewstape.redaction.normalise import OPAQUE, normalise, resolve
from ewstape.redaction.shapes import SHAPES, Shape, holds_id
from ewstape.redaction.urls import rewrite

if TYPE_CHECKING:
    from ewstape.redaction.key import Key

__all__ = ["Pseudonyms", "holds_pseudonym", "is_pseudonym", "normalise"]


class Pseudonyms:
    """The pseudonyms that one key gives, and the values that have been replaced so far. Memory only; never shown."""

    __slots__ = ("_by_kind", "_key", "_owners", "_shaped")

    def __init__(self, key: "Key") -> None:
        self._key = key
        self._shaped = {kind: (shape, _keyed(key, shape.domain)) for kind, shape in SHAPES.items()}
        """With the hash as it is before any message."""
        self._by_kind: dict[Kind, dict[str, str]] = {kind: {} for kind in Kind}
        self._owners: dict[str, str] = {}

    def __repr__(self) -> str:
        """The key's public id and a count; no value, no secret."""
        return f"<Pseudonyms key={self._key.id} values={len(self._owners)}>"

    @property
    def key_id(self) -> str:
        """The public name of the key, for a cassette's header."""
        return self._key.id

    @property
    def originals(self) -> Mapping[str, Kind]:
        """Every value replaced so far, without white space around it, and what it is; for the leak check. As it was
        spelt, and beside it normalised where that differs by more than case: `alice@contoso.com` for `SMTP:...`, the
        digits of a number. Of URLs it holds the parts that were replaced.
        """
        found: dict[str, Kind] = {}
        for kind, made in self._by_kind.items():
            for value, pseudonym in list(made.items()):
                if pseudonym == value:
                    continue
                core = value.strip()
                resolved = resolve(core, kind)
                if resolved is Kind.URL:
                    if rewrite(core, self.of) is not None:
                        continue
                    resolved = Kind.TOKEN
                found[core] = resolved
                if resolved in _SPELT and (normalised := SHAPES[resolved].normalise(core)) != core.casefold():
                    found[normalised] = resolved
        return found

    def of(self, value: str, kind: Kind) -> str:
        """What to write in place of `value`.

        Equal values, however spelt (`normalise`), get equal pseudonyms, in the spelling's dress: its prefix,
        separators, braces, port. A pseudonym, of whatever key, stays as it is; so does what is empty or blank.

        Args:
            value: Freed from XML and URL escapes, base64 and quotes.
            kind: What its place says that it is; see `resolve`.
        """
        known = self._by_kind[kind].get(value)
        if known is None:
            known = self._by_kind[kind][value] = self._make(value, kind)
        return known

    def _make(self, value: str, kind: Kind) -> str:
        stripped = value.strip()
        if not stripped or _is_one(stripped):
            return value
        resolved = resolve(stripped, kind)
        if resolved is Kind.URL:
            if (rewritten := rewrite(stripped, self.of)) is not None:
                return rewritten
            resolved = Kind.TOKEN
        shape, keyed = self._shaped[resolved]
        normalised = shape.normalise(stripped)
        digest = keyed.copy()
        digest.update(normalised.encode("utf-8", "surrogatepass"))
        pseudonym = shape.make(normalised, digest.hexdigest(), 0)
        # Two domains never have one pseudonym: shapes tell them apart.
        if self._owners.setdefault(pseudonym, normalised) != normalised:
            pseudonym = self._another(shape, normalised)
        return shape.dress(pseudonym, stripped)

    def _another(self, shape: Shape, normalised: str) -> str:
        """The pseudonym of a value whose first one is taken by another."""
        message = normalised.encode("utf-8", "surrogatepass")
        for attempt in count(1):
            pseudonym = shape.make(normalised, _keyed(self._key, shape.domain, attempt, message).hexdigest(), attempt)
            if self._owners.setdefault(pseudonym, normalised) == normalised:
                return pseudonym
        raise AssertionError  # pragma: no cover  # attempts do not end


def _keyed(key: "Key", domain: str, attempt: int = 0, message: bytes = b"") -> blake2b:
    """The keyed hash of a message, which may go on; domains and attempts have hashes of their own."""
    secret = key.secret if len(key.secret) <= blake2b.MAX_KEY_SIZE else blake2b(key.secret).digest()
    salt = attempt.to_bytes(blake2b.SALT_SIZE)
    return blake2b(message, digest_size=32, key=secret, salt=salt, person=domain.encode())


def is_pseudonym(text: str, kind: Kind | None = None) -> bool:
    """Whether the whole text is a pseudonym, of whatever key; or a URL whose host is one.

    Args:
        text: Freed from escapes, without white space around it.
        kind: Only what `Pseudonyms.of` gives for this kind, which may be an address in a dial string.
    """
    if kind is None:
        return _is_one(text) or _is_url(text)
    if kind is Kind.ID:
        return _is_id(text)
    return _of_kind(kind).fullmatch(text) is not None or (kind not in OPAQUE and _is_url(text))


def holds_pseudonym(text: str) -> bool:
    """Whether a pseudonym stands anywhere in the text, as it was written. Cheap on text that holds none."""
    for literal, kind in _SEARCHED:  # loops, as most texts come no further and every message is asked about
        if literal in text:
            for found in _search(kind).finditer(text):
                if kind is not Kind.ID or holds_id(found[0]):
                    return True
    return False


def _is_one(text: str) -> bool:
    return text[:1] in _BEGINNINGS and (_any().fullmatch(text) is not None or _is_id(text))


def _is_id(text: str) -> bool:
    return text.startswith(_ID_MARK) and _ID.fullmatch(text) is not None and holds_id(text)


def _is_url(text: str) -> bool:
    return "://" in text and _url().match(text) is not None


# The patterns are long and many, and a replay needs few of them: each is compiled when it is first used.


@cache
def _any() -> re.Pattern[str]:
    return _alternatives(_SHAPED)


@cache
def _of_kind(kind: Kind) -> re.Pattern[str]:
    if kind is Kind.URL:
        return _alternatives((Kind.HOST, Kind.TOKEN, *_EVIDENT))
    return _alternatives((kind,) if kind in OPAQUE else (kind, *_EVIDENT))


@cache
def _search(kind: Kind) -> re.Pattern[str]:
    shape = SHAPES[kind]
    literal, rest = shape.literals[0], shape.pattern.removeprefix(shape.literals[0])
    # A pattern that begins with a literal is looked for several times faster.
    begin = rf"(?<!\w){rest}" if rest == shape.pattern else rf"{literal}(?<!\w{literal}){rest}"
    return re.compile(rf"{begin}(?!\w)")


@cache
def _url() -> re.Pattern[str]:
    return re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*://{SHAPES[Kind.HOST].pattern}(?=[/?#]|\Z)")


def _alternatives(kinds: Iterable[Kind]) -> re.Pattern[str]:
    return re.compile("|".join(dict.fromkeys(SHAPES[kind].pattern for kind in kinds)))


_SPELT = frozenset({Kind.SMTP_ADDRESS, Kind.PHONE_NUMBER, Kind.HOST, Kind.LEGACY_DN, Kind.GUID})
_EVIDENT = (Kind.SMTP_ADDRESS, Kind.PHONE_NUMBER, Kind.GUID, Kind.SID, Kind.LEGACY_DN)  # may stand in any open field
_SHAPED = tuple(kind for kind in SHAPES if kind is not Kind.ID)
_ID_MARK = SHAPES[Kind.ID].literals[0]
_ID = re.compile(SHAPES[Kind.ID].pattern)
_BEGINNINGS = frozenset("EHIMNOPSTUXZehimopstux+/({ \t\u00a0).-\u2010\u2011\u2013")
"""What a pseudonym may begin with, its dress included: seen faster than what it may be."""
_SEARCHED = tuple(
    (literal, kind)
    for kind, shape in SHAPES.items()
    for literal in shape.literals
    if kind not in {Kind.SIP_ADDRESS, Kind.COOKIE}  # these look like others
)
