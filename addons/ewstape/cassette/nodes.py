"""Typed access to plain data that remembers its path, so that every error can name file, document, line and path."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from ewstape.cassette.patterns import SECONDS
from ewstape.cassette.strictyaml import Path, Plain, Problem, parse, shorten
from ewstape.errors import CassetteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a document stands, for error messages."""

    source: str = "cassette"
    document: int = 1
    """From 1; the header is a document too."""
    line: int = 1
    """The line of the source that the document begins on, from 1."""


ANYWHERE = Place()


class Node:
    """A value and its path. Each method gives the value as one type or raises `Problem`."""

    __slots__ = ("path", "value")

    def __init__(self, value: Plain, path: Path = ()) -> None:
        self.value = value
        self.path = path

    def wrong(self, expected: str) -> NoReturn:
        """Raise `Problem`: this is not what was expected."""
        match self.value:
            case dict():
                got = "a mapping"
            case list():
                got = "a list"
            case "":
                got = "nothing"
            case text:
                got = shorten(text)
        raise Problem(f"expected {expected}, got {got}", self.path)

    def mapping(self, keys: tuple[str, ...] = ()) -> "dict[str, Node]":
        """The members by key; any key if none is given."""
        if not isinstance(self.value, dict):
            self.wrong("a mapping")
        if keys and (unknown := next((key for key in self.value if key not in keys), None)) is not None:
            near = difflib.get_close_matches(unknown, keys, 1)
            way_out = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(keys)}"
            raise Problem(f"unknown key {shorten(unknown)}, {way_out}", (*self.path, unknown))
        return {key: Node(value, (*self.path, key)) for key, value in self.value.items()}

    def items(self) -> "list[Node]":
        """The items of a list."""
        if not isinstance(self.value, list):
            self.wrong("a list")
        return [Node(value, (*self.path, index)) for index, value in enumerate(self.value)]

    def text(self, expected: str = "text") -> str:
        """A scalar."""
        if not isinstance(self.value, str):
            self.wrong(expected)
        return self.value

    def texts(self) -> tuple[str, ...]:
        """A list of scalars."""
        return tuple([item.text() for item in self.items()])

    def pattern(self, pattern: str, expected: str) -> str:
        """A scalar that matches `pattern` as a whole."""
        if not re.fullmatch(pattern, text := self.text(expected)):
            self.wrong(expected)
        return text

    def integer(self, low: int, high: int, expected: str) -> int:
        """A whole number from `low` to `high`."""
        number = int(self.pattern("[0-9]{1,15}", expected))
        if not low <= number <= high:
            self.wrong(expected)
        return number

    def seconds(self) -> float:
        """A time span as a decimal number."""
        return float(self.pattern(SECONDS, "seconds such as 0.084"))

    def one_of(self, known: tuple[str, ...]) -> str:
        """One of a few words."""
        if (text := self.text()) not in known:
            self.wrong(f"one of {', '.join(known)}")
        return text


NOTHING = Node("")


def load[T](typed: Callable[[Node], T], text: str, place: Place) -> T:
    """What `typed` makes of the document `text`.

    Raises:
        CassetteError: it is not YAML, or `typed` found a value wrong; names the place, line and path.
    """
    try:
        return typed(Node(parse(text)))
    except Problem as problem:
        line = problem.line
        if line is None:
            # Lines are not kept while all is well; the document is read again to find them.
            lines: dict[Path, int] = {}
            parse(text, lines=lines)
            line = lines.get(problem.path, lines.get(problem.path[:-1], 0))
        raise CassetteError(
            f"{place.source}: document {place.document}: line {place.line + line}: "
            f"{_shown(problem.path)}: {problem.message}"
        ) from None


def _shown(path: Path) -> str:
    shown = "$"
    for step in path:
        simple = isinstance(step, str) and re.fullmatch(r"[\w-]{1,60}", step)
        shown += f".{step}" if simple else f"[{shorten(step)}]"
    return shown
