"""Texts that were cast in one mould: the same bytes again and again, and other values in a few places.

A client and a server write each kind of message from one template, and a cassette shows it in one way. So the values in
which messages of one kind were seen to differ are known after a few of them. The mould is what lies between: comparing
that with another text needs no look at a single character of it, and what is left are the values.

Nothing is known here of what texts mean. What a mould means, and which values may be others without changing that, is
for whoever learns it; each value must be of its class, so that it cannot end its place or be more than a value.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ewstape.cassette.patterns import SECONDS
from ewstape.cassette.scalars import is_literal

_FAMILIAR = 3
"""How often texts that differ in their values alone must be met before a mould is made of them."""
_MOST_VALUES = 64
_LONGEST = 64 * 1024
"""Bytes of the texts that are looked at, as one of each kind is kept."""
_MOST_TAGS = 256
"""Texts of more are seldom of one make, and take long to cut."""
_MOST_KINDS = 512
"""Kinds of texts that are counted, and shapes that have moulds; then all begins anew."""
_TRIED = 4
"""Moulds that are kept for each shape, the newest."""
_PATIENCE = 64
"""How many texts that fit no mould are looked at for each key; after that only one now and then, as it costs time."""
_REWARD = 8
"""How many more for each mould that came of it."""
_NOW_AND_THEN = 16

_SAFE = r"[A-Za-z0-9_./@=+,;()&?%$~*!'<>-]"
_PLAIN = rf"[A-Za-z](?:{_SAFE}++|[ :](?={_SAFE}))*+"
_QUOTED = r'"[ !#-\[\]-~]*+"'
CLASSES: Mapping[str, str] = {
    "n": r"[1-9][0-9]{0,14}",
    "s": SECONDS,
    # What YAML reads as a string, without escapes; some that it would read are not here.
    "h": rf"(?:{_PLAIN}|{_QUOTED})",
    "f": rf'(?:{_PLAIN}|"(?:[ !#-\[\]-~\x80-\xff]++|\\["\\nrt])*+")',
    # What stands in a tag or between tags of XML, and is sent as it means.
    "v": r"[!#-%(-;=?-~](?:[ !#-%(-;=?-~]*+(?<! ))?",
    "t": r"[!-%'-;=?-~](?:[ !-%'-;=?-~]*+(?<! ))?",
    # What may stand there, whatever it means, four columns deep in a block.
    "w": r"[^<>\x00-\x1f\x22\x27\x7f]++",
    "x": r"[^\s<>\x00-\x1f\x7f](?:[^<>\x00-\x08\x0a-\x1f\x7f]++|\n(?:(?=\n)|    (?!\n)))*+",
}
"""Regular expressions by a letter for each class of values: a number, seconds, a header's value, a field's, and four of
XML: in an attribute and between tags, narrow and wide."""
_BEGUN = "hf"
"""Those of which the first character tells how they are written."""
_VALUES = re.compile("(?:(?:{})\0)*+".format("|".join([f"{name}{form}" for name, form in CLASSES.items()])).encode())


type _Shape = tuple[bytes, int]
"""The key of a text, and how many tags are in it."""


class Cut(NamedTuple):
    """A text, cut into what stays and what may vary."""

    pieces: tuple[bytes, ...]
    """What stands before, between and after the values; none is empty."""
    values: tuple[bytes, ...]
    classes: str

    def other(self, at: int) -> bytes:
        """A value that may stand in a place and stands in none."""
        value = self.values[at]
        kept = 1 if self.classes[at] in _BEGUN else 0
        return b"%b%04d%b" % (value[:kept], 1000 + at, value[kept:])

    def put_together(self, changed: Mapping[int, bytes]) -> bytes:
        """The text with other values in some places."""
        values = [changed.get(at, value) for at, value in enumerate(self.values)]
        return b"".join([piece for pair in zip(self.pieces, (*values, b""), strict=True) for piece in pair])


class Learned[T](NamedTuple):
    """What is known of texts that differ in some values."""

    meaning: T
    classes: str
    """Of these values, so that all of these texts mean the same but for them."""


class _Mould[T](NamedTuple):
    """A text with some values left out."""

    beginning: bytes
    steps: tuple[tuple[bytes, bytes, int], ...]
    """For each value the byte that ends it, and what stands after it, with its length."""
    classed: bytes
    """A format that puts each value behind the letter of its class."""
    meaning: T

    def values(self, text: bytes) -> tuple[bytes, ...] | None:
        """The values of a text that was cast in this mould; `None` for others."""
        if not text.startswith(self.beginning):
            return None
        at = len(self.beginning)
        found = []
        for stop, after, size in self.steps:
            end = text.find(stop, at)
            if end < 0 or not text.startswith(after, end):
                return None
            found.append(text[at:end])
            at = end + size
        values = tuple(found)
        classed = self.classed % values
        is_fit = at == len(text) and _VALUES.fullmatch(classed) and (classed.isascii() or _is_shown(classed))
        return values if is_fit else None


@dataclass(slots=True)
class _Met[T]:
    """Texts that differ in their values alone."""

    sample: Cut
    times: int = 1
    varying: frozenset[int] = frozenset()
    """The places in which they were seen to differ."""
    mould: _Mould[T] | None = None


class Moulds[T]:
    """The moulds of many texts, each of which has a key that tells its kind."""

    def __init__(
        self, cut: Callable[[bytes], Cut | None], learn: Callable[[Cut, tuple[int, ...]], Learned[T] | None]
    ) -> None:
        """Remember how texts are cut, and what finds out what they mean if they differ in some values."""
        self._cut = cut
        self._learn = learn
        self._last: dict[bytes, _Mould[T]] = {}
        """By key, the mould that was found last."""
        self._moulds: dict[_Shape, list[_Mould[T]]] = {}
        self._met: dict[bytes, _Met[T]] = {}
        self._missed: dict[bytes, int] = {}

    def find(self, key: bytes, text: bytes) -> tuple[T, tuple[bytes, ...]] | None:
        """What a text means that was cast in a known mould, and its values."""
        last = self._last.get(key)
        if last is not None and (values := last.values(text)) is not None:
            return last.meaning, values
        for mould in self._moulds.get(_shape(key, text), ()):
            if mould is not last and (values := mould.values(text)) is not None:
                self._last[key] = mould
                return mould.meaning, values
        return None

    def meet(self, key: bytes, text: bytes) -> None:
        """Get to know a text that was found in no mould, and is one that has a meaning."""
        missed = self._missed[key] = self._missed.get(key, 0) + 1
        shape = _shape(key, text)
        is_long = len(text) > _LONGEST or shape[1] > _MOST_TAGS
        cut = None if is_long or (missed > _PATIENCE and missed % _NOW_AND_THEN) else self._cut(text)
        if cut is None:
            return
        if len(self._met) >= _MOST_KINDS:
            self._met.clear()
        met = self._met.setdefault(key + b"\0".join(cut.pieces), _Met(cut))
        if met.sample is cut:
            return
        met.times += 1
        pairs = enumerate(zip(met.sample.values, cut.values, strict=True))
        varying = met.varying.union([at for at, (one, other) in pairs if one != other])
        if met.times < _FAMILIAR or (met.times > _FAMILIAR and varying == met.varying):
            met.varying = varying
            return
        met.varying = varying
        learned = self._learn(cut, tuple(sorted(varying))) if len(varying) <= _MOST_VALUES else None
        if learned is not None:
            self._keep(shape, met, _mould(cut, sorted(varying), learned))

    def clear(self) -> None:
        """Forget all, as texts do not mean any more what they did."""
        self._last.clear()
        self._moulds.clear()
        self._met.clear()

    def _keep(self, shape: _Shape, met: _Met[T], mould: _Mould[T]) -> None:
        if len(self._moulds) >= _MOST_KINDS:
            self._moulds.clear()
        known = [one for one in self._moulds.get(shape, ()) if one is not met.mould]
        self._moulds[shape] = [mould, *known][:_TRIED]
        self._missed[shape[0]] -= _REWARD
        self._last[shape[0]] = met.mould = mould


def _shape(key: bytes, text: bytes) -> _Shape:
    """What is the same in all texts that were cast in one mould, and cheap to find out."""
    return key, text.count(b"<")


def _mould[T](cut: Cut, places: list[int], learned: Learned[T]) -> _Mould[T]:
    literals = [b""]
    for at, (piece, value) in enumerate(zip(cut.pieces, (*cut.values, b""), strict=True)):
        literals[-1] += piece
        if at in places:
            literals.append(b"")
        else:
            literals[-1] += value
    beginning, *others = literals
    classed = b"".join([b"%b%%b\0" % letter.encode() for letter in learned.classes])
    return _Mould(beginning, tuple([(one[:1], one, len(one)) for one in others]), classed, learned.meaning)


def _is_shown(classed: bytes) -> bool:
    """Whether values beyond ASCII are text that a cassette shows as it is."""
    try:
        classed.decode()
    except UnicodeDecodeError:
        return False
    return is_literal(classed.replace(b"\0", b""))
