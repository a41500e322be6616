"""One YAML document -> plain dicts, lists and strings, and nothing else.

Works on parser events and refuses what a cassette never needs (tags, anchors, aliases, deep nesting, huge scalars)
before anything is built: PyYAML's own composer recurses in C and crashes on enough opening brackets, and lets duplicate
keys pass. No scalar is resolved, so a dial string such as `+15551212` stays what it is.
"""

import warnings
from typing import NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

type Plain = str | list[Plain] | dict[str, Plain]
type Path = tuple[str | int, ...]

MAX_DEPTH = 16
"""How deep mappings and lists may nest, the document itself counted."""
MAX_SCALAR = 256 * 1024 * 1024
"""Characters that one scalar may have."""

if not yaml.__with_libyaml__:  # pragma: no cover - every PyYAML wheel brings libyaml
    warnings.warn(
        "PyYAML was built without libyaml: reading cassettes is about twenty times slower; install a PyYAML wheel",
        RuntimeWarning,
        stacklevel=2,
    )
_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader


class Problem(Exception):  # noqa: N818 - not an error by itself: who knows the file makes a CassetteError of it
    """What is wrong with a document and where: `path` from its root, `line` from 0 (None: look `path` up)."""

    def __init__(self, message: str, path: Path, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line


def parse(text: str, *, lines: dict[Path, int] | None = None, max_scalar: int = MAX_SCALAR) -> Plain:
    """The only document of `text`. `lines`, if given, receives the line (from 0) of every node.

    Raises:
        Problem: it is not YAML, not one document, or holds what a cassette may not.
    """
    try:
        loader = _LOADER(text)
        try:
            return _Builder(loader, lines, max_scalar).document()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(str(error.problem or error.context).split())
        raise Problem(f"not valid YAML: {reason}", (), mark.line if mark else 0) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two: odd escapes, without libyaml
        at = getattr(error, "position", 0)
        reason = str(getattr(error, "reason", "") or error).partition("\n")[0]
        raise Problem(f"not valid YAML: {reason}", (), text.encode(errors="replace")[:at].count(b"\n")) from None


class _Builder:
    def __init__(
        self, loader: yaml.CBaseLoader | yaml.BaseLoader, lines: dict[Path, int] | None, max_scalar: int
    ) -> None:
        self._loader = loader
        self._lines = lines
        self._max_scalar = max_scalar

    def document(self) -> Plain:
        self._next()  # the stream's start
        start = self._next()
        if isinstance(start, StreamEndEvent):
            raise Problem("expected a document, got nothing", (), 0)
        if isinstance(start, DocumentStartEvent) and start.tags:
            _refuse("a %TAG directive", start, ())
        plain = self._node(self._next(), ())
        self._next()  # the document's end
        if not isinstance(after := self._next(), StreamEndEvent):
            raise Problem("expected one document, got another; begin each with a line '---'", (), _line(after))
        return plain

    def _node(self, event: Event, path: Path) -> Plain:
        if isinstance(event, AliasEvent):
            _refuse(f"the alias {shorten(event.anchor)}", event, path)
        if not isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            raise Problem(f"expected a value, got {type(event).__name__}", path, _line(event))
        if event.anchor is not None:
            _refuse(f"the anchor {shorten(event.anchor)}", event, path)
        if event.tag is not None:
            _refuse(f"the tag {shorten(event.tag)}", event, path)
        if self._lines is not None:
            self._lines.setdefault(path, _line(event))
        if isinstance(event, ScalarEvent):
            if len(event.value) > self._max_scalar:
                _refuse(f"a scalar of {len(event.value)} characters (limit {self._max_scalar})", event, path)
            return str(event.value)
        if len(path) >= MAX_DEPTH:
            _refuse(f"nesting deeper than {MAX_DEPTH}", event, path)
        return self._mapping(path) if isinstance(event, MappingStartEvent) else self._list(path)

    def _mapping(self, path: Path) -> dict[str, Plain]:
        mapping: dict[str, Plain] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                _refuse("a key that is not text", event, path)
            key = str(self._node(event, path))
            if key in mapping:
                _refuse(f"the key {shorten(key)} twice", event, path)
            member = (*path, key)
            if self._lines is not None:
                self._lines[member] = _line(event)  # of the key, where a person looks
            mapping[key] = self._node(self._next(), member)
        return mapping

    def _list(self, path: Path) -> list[Plain]:
        items: list[Plain] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _next(self) -> Event:
        event = self._loader.get_event()
        if event is None:
            raise Problem("not valid YAML: ends too soon", ())
        return event


def shorten(value: object) -> str:
    """`value` for an error message: as Python shows it, cut to one short line."""
    shown = repr(value if not isinstance(value, str) else value[:80])
    return shown if len(shown) <= 64 else f"{shown[:60]}..."  # noqa: PLR2004 - leaves room for the rest of the line


def _refuse(what: str, event: Event, path: Path) -> NoReturn:
    raise Problem(f"{what} is not allowed", path, _line(event))


def _line(event: Event) -> int:
    return event.start_mark.line if event.start_mark else 0
