"""One cassette -> findings. Nothing stops at the first trouble: a document that cannot be read is reported, its text
is searched for secrets all the same, and the others are checked as if nothing had happened.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ewstape.cassette import Cassette, load_interaction
from ewstape.check.consistency import decode, differences
from ewstape.check.detectors import detect, hide
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
    if (path := Path(path)).is_dir():
        raise CassetteError(f"{path}: there is no cassette in this folder or below it")
    cassette = Cassette.open(path)
    yield from _header(cassette)
    steps: list[Step] = []
    numbered: dict[int, int] = {}
    for document, written in enumerate(_documents(cassette, advance), 2):
        text = written.decode("utf-8", "replace")
        try:
            interaction = load_interaction(written, position=document - 1)
        except CassetteError:
            yield from _unreadable(cassette, document, text)
            continue
        yield from secrets(interaction, document)
        yield from _comments(text, document)
        if (first := numbered.setdefault(interaction.number, document)) != document:
            yield Finding(document, "$.number", "number", f"is that of document {first} too; reports tell them by it")
        said = decode(interaction)
        yield from differences(interaction, said, document)
        if (one := step(interaction, said, document)) is not None:
            steps.append(one)
    if cassette.torn:
        yield Finding(len(cassette) + 2, "$", "torn", cassette.torn)
        yield from _text(_read(cassette, cassette.complete_size), len(cassette) + 2, "$")
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
    yield from _comments(_read(cassette, 0, cassette.boundaries[1]), 1)


def _documents(cassette: Cassette, advance: Callable[[int], object] | None) -> Iterator[bytes]:
    for document in cassette.documents():
        yield document
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
    found = re.search(r"(line \d+): (?:(\$\S*): )?([^'\"$]*)(.?)", message)
    if not found:
        return "cannot be read as an interaction"
    line, path, words, more = found.groups()
    return ": ".join(filter(None, (line, path and hide(path), words.rstrip(" ,") + (" ..." if more else ""))))


def _comments(text: str, document: int) -> Iterator[Finding]:
    """Findings in comments, which belong to no part. A `#` in a body is taken for one, too, and says nothing new."""
    if "#" in text:
        comments = "\n".join(_COMMENT.findall(text))
        for hit in detect(comments) if len(comments) > 1 else ():
            yield Finding(document, "$ (comment)", hit.rule, hit.words)


def _text(text: str, document: int, path: str) -> Iterator[Finding]:
    for hit in detect(text):
        yield Finding(document, path, hit.rule, hit.words)


def _read(cassette: Cassette, start: int, end: int | None = None) -> str:
    with cassette.path.open("rb") as file:
        file.seek(start)
        return file.read(-1 if end is None else end - start).decode("utf-8", "replace")
