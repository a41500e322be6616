"""Messages of a template that was met before, decoded without parsing them.

Of a template (`wire.skeleton`) it is learned once which values decide what is decoded; all others come out as they were
sent, each in its place, or do not come out at all. Which ones these are, trials tell: a mark in the place of a value
must come out whole, and change nothing else. No decoder tells one value from another unless it is a word (`Success`,
`true`) or a number where numbers are meant, so words are always compared, and whatever else the mark does not fit.
"""

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import compress
from typing import NamedTuple

from ewstape.interaction import Field, Operation, Service
from ewstape.operations._decode import Decoded, read_request, read_response
from ewstape.wire.skeleton import MARK, Cut, is_ascii, mark, put_together, start, structural, taken_apart

_FAMILIAR = 3
"""How often a template must be met before it is learned, which costs as much as decoding a few messages."""
_MOST = 256
"""Templates that are kept, and sets of compared values for each of them."""
_WORD = re.compile(rb"""(?:>|=["'])(?:[A-Za-z]*|[01])""")


type _Full = Callable[[bytes], Decoded]
"""Decodes a body; all else about the message is known."""


class _Learned(NamedTuple):
    """What is known of a template."""

    compared: tuple[bool, ...]
    """For each value, whether what is decoded may depend on it."""
    others: tuple[bool, ...]
    """For each value, whether it is none of these, nor a name; such a value must not be a word."""
    results: dict[tuple[bytes, ...], "_Result"]
    """What is decoded, by the values that are compared."""


class _Result(NamedTuple):
    """What is decoded where some values are open."""

    decoded: Decoded
    """With marks in the fields."""
    form: "_Form"

    def filled(self, values: Sequence[bytes]) -> Decoded:
        """With these values."""
        fields = _filled(self.form, values)
        assert isinstance(fields, dict)
        return Decoded(self.decoded.operation, fields, self.decoded.notes)


class _Mapping(NamedTuple):
    """A mapping in which something is open."""

    members: tuple[tuple[str, "_Form"], ...]


class _List(NamedTuple):
    """A list in which something is open."""

    members: tuple["_Form", ...]


class _Value(NamedTuple):
    """A text that is open."""

    place: int
    """Among the values."""
    start: int
    """Where it begins in the value."""


type _Form = _Value | _Mapping | _List | Field
"""Decoded fields in which something is open."""


_OPEN = _Value, _Mapping, _List


@dataclass(slots=True)
class Reader:
    """Decodes as `read_request` and `read_response` do, and learns the templates of what it decodes."""

    _learned: dict[Hashable, _Learned | None] = field(default_factory=dict)
    _met: dict[Hashable, int] = field(default_factory=dict)
    """How often a template was met that is not learned yet."""

    def request(self, body: bytes, *, service: Service, method: str, path: str, content_type: str) -> Decoded:
        """As `read_request`."""
        cut = taken_apart(body) if body and is_ascii(content_type) else None
        if cut is None:
            return read_request(body, service=service, method=method, path=path, content_type=content_type)
        full = partial(read_request, service=service, method=method, path=path, content_type=content_type)
        return self._read((service, cut.skeleton, cut.names), full, cut, body)

    def response(self, operation: Operation, body: bytes, *, status: int, content_type: str) -> Decoded:
        """As `read_response`."""
        cut = taken_apart(body) if is_ascii(content_type) else None
        if cut is None:
            return read_response(operation, body, status=status, content_type=content_type)
        full = partial(read_response, operation, status=status, content_type=content_type)
        asked = operation.service, operation.name, operation.namespace
        return self._read((asked, status, cut.skeleton, cut.names), full, cut, body)

    def _read(self, template: Hashable, full: _Full, cut: Cut, body: bytes) -> Decoded:
        learned = self._learned.get(template)
        if learned is None:
            return full(body) if template in self._learned else self._meet(template, full, cut, body)
        if any(map(_WORD.fullmatch, compress(cut.values, learned.others))):
            return full(body)
        compared = tuple(compress(cut.values, learned.compared))
        result = learned.results.get(compared)
        if result is None:
            return _compare(learned, compared, full, cut, body)
        return result.filled(cut.values)

    def _meet(self, template: Hashable, full: _Full, cut: Cut, body: bytes) -> Decoded:
        """The full way; what is met often is learned on it."""
        if len(self._met) >= _MOST:
            self._met.clear()
        self._met[template] = times = self._met.get(template, 0) + 1
        decoded = full(body)
        if times == _FAMILIAR:
            if len(self._learned) >= _MOST:
                self._learned.clear()
            self._learned[template] = _learn(full, cut, decoded)
        return decoded


def _learn(full: _Full, cut: Cut, decoded: Decoded) -> _Learned | None:
    """Put a mark in the place of each value, and see whether it comes out whole; `None` if the message is odd."""
    if decoded.notes:
        return None
    naming = structural(cut.skeleton) or ()
    places = [at for at, value in enumerate(cut.values) if not (naming[at] or _WORD.fullmatch(value))]
    if _result(full, cut, decoded, places) is None:
        places = [place for place in places if _result(full, cut, decoded, (place,)) is not None]
        if _result(full, cut, decoded, places) is None:
            return None
    compared = tuple([not naming[at] and at not in places for at in range(len(cut.values))])
    others = tuple([at in places for at in range(len(cut.values))])
    return _Learned(compared, others, {})


def _compare(learned: _Learned, compared: tuple[bytes, ...], full: _Full, cut: Cut, body: bytes) -> Decoded:
    """The full way for values that were not compared before; remembered if the marks come out whole."""
    decoded = full(body)
    places = list(compress(range(len(cut.values)), learned.others))
    if result := _result(full, cut, decoded, places):
        if len(learned.results) >= _MOST:
            learned.results.clear()
        learned.results[compared] = result
    return decoded


def _result(full: _Full, cut: Cut, decoded: Decoded, places: Collection[int]) -> _Result | None:
    """What is decoded, with the values in some places open; `None` if more than these depends on them."""
    marked = full(put_together(cut, {place: mark(place) for place in places}))
    result = _Result(marked, _form(marked.fields, tuple(map(start, cut.values))))
    return result if repr(result.filled(cut.values)) == repr(decoded) else None


def _form(value: Field, starts: Sequence[int]) -> _Form:
    """Fields in which marks are open; `starts` tells where each value begins."""
    if isinstance(value, str):
        found = MARK.fullmatch(value)
        return _Value(int(found[1]), starts[int(found[1])]) if found else value
    if isinstance(value, Mapping):
        members = tuple((name, _form(member, starts)) for name, member in value.items())
        return _Mapping(members) if any(isinstance(form, _OPEN) for _, form in members) else value
    forms = tuple(_form(member, starts) for member in value)
    return _List(forms) if any(isinstance(form, _OPEN) for form in forms) else value


def _filled(form: _Form, values: Sequence[bytes]) -> Field:
    if isinstance(form, _Value):
        return values[form.place][form.start :].decode("ascii")
    if isinstance(form, _Mapping):
        return {name: _filled(member, values) for name, member in form.members}
    if isinstance(form, _List):
        return [_filled(member, values) for member in form.members]
    return form
