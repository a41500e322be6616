"""One cassette -> findings. Nothing stops at the first trouble: a document that cannot be read is reported, its text
is searched for secrets all the same, and the others are checked as if nothing had happened.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ewstape.cassette import Cassette, load_interaction
from ewstape.check.consistency import decode, differences
from ewstape.check.detectors import detect
from ewstape.check.finding import Finding
from ewstape.check.lifecycle import Step, oddities, step
from ewstape.check.secrets import detect_url, secrets
from ewstape.errors import CassetteError

_COMMENT = re.compile(r"#(?<![^ \t\n]#)[^\n]*")  # begins with its `#`, which is searched for faster than a margin
_SUFFIXES = frozenset({".yaml", ".yml"})
_IS_CASSETTE = re.compile(rb"(?:^|\n)ewstape[\"']?\s*:")
_HEAD = 4096


def cassettes(path: Path) -> Iterator[Path]:
    """The file at `path` itself, or the cassettes in a folder and below it; other YAML files there do not count."""
    if not path.is_dir():
        yield path
        return
    for folder, names, files in path.walk():
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            file = folder / name
            if file.suffix.lower() in _SUFFIXES and file.is_file() and _is_cassette(file):
                yield file


def _is_cassette(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return _IS_CASSETTE.search(opened.read(_HEAD)) is not None
    except OSError:
        return True  # it is reported when it is opened


def check(path: str | os.PathLike[str], advance: Callable[[int], object] | None = None) -> Iterator[Finding]:
    """What is wrong with the cassette at `path`; `advance` is told of each document how many bytes it had.

    Raises:
        CassetteError: it is none, or cannot be read at all.
    """
    cassette = Cassette.open(path)
    yield from _header(cassette)
    steps: list[Step] = []
    for document, text in enumerate(_documents(cassette, advance), 2):
        try:
            interaction = load_interaction(text, position=document - 1)
        except CassetteError:
            yield from _unreadable(cassette, document, text)
            continue
        yield from secrets(interaction, document)
        yield from _comments(text, document)
        said = decode(interaction)
        yield from differences(interaction, said, document)
        if (one := step(interaction, said, document)) is not None:
            steps.append(one)
    if cassette.torn:
        yield Finding(len(cassette) + 2, "$", "torn", cassette.torn)
        yield from _text(_tail(cassette), len(cassette) + 2, "$")
    yield from oddities(steps)


def _header(cassette: Cassette) -> Iterator[Finding]:
    header = cassette.header
    for key, value in (("recorder", header.recorder), ("recorded", header.recorded)):
        yield from _text(value, 1, f"$.{key}")
    if header.upstream:
        for hit in detect_url(header.upstream):
            yield Finding(1, "$.upstream", hit.rule, hit.words)
    for rule in header.redaction:
        yield from _text(rule, 1, "$.redaction")


def _documents(cassette: Cassette, advance: Callable[[int], object] | None) -> Iterator[str]:
    for document in cassette.documents():
        yield document.decode("utf-8", "replace")
        if advance is not None:
            advance(len(document))


def _unreadable(cassette: Cassette, document: int, text: str) -> Iterator[Finding]:
    reason = "cannot be read as an interaction"
    try:
        cassette[document - 2]
    except CassetteError as error:
        reason = _place(str(error))
    yield Finding(document, "$", "unreadable", reason)
    yield from _text(text, document, "$")


def _place(message: str) -> str:
    """Line and path of a cassette's error, and its words as far as they hold no value."""
    found = re.search(r"(line \d+): (\$\S*): ([^'\"]*)", message)
    return f"{found[1]}: {found[2]}: {found[3].rstrip(' ,')}" if found else "cannot be read as an interaction"


def _comments(text: str, document: int) -> Iterator[Finding]:
    """Findings in comments, which belong to no part. A `#` in a body is taken for one, too, and says nothing new."""
    if "#" in text:
        comments = "\n".join(_COMMENT.findall(text))
        for hit in detect(comments) if len(comments) > 1 else ():
            yield Finding(document, "$ (comment)", hit.rule, hit.words)


def _text(text: str, document: int, path: str) -> Iterator[Finding]:
    for hit in detect(text):
        yield Finding(document, path, hit.rule, hit.words)


def _tail(cassette: Cassette) -> str:
    with cassette.path.open("rb") as file:
        file.seek(cassette.complete_size)
        return file.read().decode("utf-8", "replace")
