"""Messages redacted before anything is written: URL, headers, body and every note about them.

A body is edited where it is sensitive and stays as it was everywhere else. The parser says whether it is well-formed
and what users' XPaths mean; a scanner over the recorded text says where things stand; both must count the same number
of elements, or the body is one that cannot be read. Decoded fields are made from the redacted body, later.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from lxml import etree

from ewstape.errors import WireError
from ewstape.interaction import Chunk, Headers, Message, Operation, Request, Response
from ewstape.operations import streams
from ewstape.redaction.document import Document, Targets
from ewstape.redaction.familiar import Familiar
from ewstape.redaction.headers import redact_line, stays
from ewstape.redaction.regular import CUT, Regular
from ewstape.redaction.rule import Rule, Treatment
from ewstape.redaction.rules import fingerprint
from ewstape.redaction.spans import encoding_of, is_leaf, moved, split
from ewstape.redaction.table import table_of
from ewstape.redaction.undecodable import WITHHELD, Undecodable, searched
from ewstape.redaction.user_rules import PREFIXES
from ewstape.redaction.values import Values
from ewstape.wire.namespaces import Element
from ewstape.wire.safexml import check, parse
from ewstape.wire.skeleton import is_ascii, taken_apart

if TYPE_CHECKING:
    from ewstape.redaction.pseudonyms import Pseudonyms

__all__ = ["Redactor"]

_MOST_LINES = 1024

_COUNT = etree.XPath("count(//*)")


@dataclass(frozen=True, slots=True)
class _Body:
    body: bytes
    notes: tuple[str, ...] = ()
    chunks: tuple[Chunk, ...] = ()


class Redactor:
    """Redacts requests and responses, consistently for as long as its pseudonyms live.

    Args:
        rules: the table, with what users switched off or added.
        pseudonyms: what takes the place of values.
        undecodable: what becomes of bodies that cannot be read.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        pseudonyms: "Pseudonyms",
        undecodable: Undecodable | str = Undecodable.WITHHOLD,
    ) -> None:
        self.rules = tuple(rules)
        self.pseudonyms = pseudonyms
        self._undecodable = Undecodable(undecodable)
        self._table = table_of(self.rules)
        self._values = Values(self._table, pseudonyms)
        self._usual = Regular(self._table, self._values)
        self._familiar = Familiar(self._table, self._values)
        self._kept_lines: set[tuple[str, str]] = set()
        """Header lines that stay as they are, as long as their values are not known to be private."""

    @property
    def counts(self) -> Counter[str]:
        """How many values each rule has replaced, by its name."""
        return self._values.counts

    @property
    def header(self) -> tuple[str, ...]:
        """What a cassette's header says: the rules in force, a hash of them, and the id of the key."""
        names = (rule.name for rule in self.rules if rule.treatment is not Treatment.KEEP)
        return (*names, f"rules:{fingerprint(self.rules)}", f"key:{self.pseudonyms.key_id}")

    def request(self, request: Request) -> Request:
        """The request, redacted."""
        body = self._body(request, stream=False)
        return replace(
            request,
            url=self.url(request.url),
            headers=self.headers(request.headers),
            body=body.body,
            notes=(*map(self.text, request.notes), *body.notes),
        )

    def response(self, response: Response, operation: Operation) -> Response:
        """The response to `operation`, redacted; the sizes of its chunks follow the new body."""
        body = self._body(response, stream=streams(operation), chunks=response.chunks)
        return replace(
            response,
            reason=self.text(response.reason),
            headers=self.headers(response.headers),
            body=body.body,
            chunks=body.chunks,
            notes=(*map(self.text, response.notes), *body.notes),
        )

    def url(self, url: str) -> str:
        """A URL, redacted."""
        return self._values.url(url)

    def headers(self, headers: Headers) -> Headers:
        """The header lines, redacted."""
        return tuple([kept for line in headers if (kept := self._line(line)) is not None])

    def _line(self, line: tuple[str, str]) -> tuple[str, str] | None:
        name, value = line
        if line in self._kept_lines and not self._values.knows(value):
            return line
        kept = redact_line(name, value, self._table, self._values)
        if kept == line and stays(name, self._table):
            if len(self._kept_lines) >= _MOST_LINES:
                self._kept_lines.clear()
            self._kept_lines.add(line)
        return kept

    def text(self, text: str) -> str:
        """Free text, such as a message about a failed connection, redacted."""
        return self._values.text(text)

    def _body(self, message: Message, *, stream: bool, chunks: tuple[Chunk, ...] = ()) -> _Body:
        body = message.body
        if not body or body.isspace():
            return _Body(body, chunks=chunks)
        content_type = next((value for name, value in message.headers if name.lower() == "content-type"), "")
        cut = None if stream or chunks or not is_ascii(content_type) else taken_apart(body)
        if cut is not None and (known := self._familiar.redacted(cut)) is not None:
            return _Body(known)
        mark, codec = encoding_of(body, content_type)
        try:
            text = body[len(mark) :].decode(codec)
            if codec != "utf-8" and mark + text.encode(codec) != body:
                return self._unread(body, chunks)
            regular = None if stream else self._regular(text, body, content_type)
            if regular is not None and not chunks:
                return _Body(mark + CUT.join(regular).encode(codec))
            notes: tuple[str, ...] = ()
            if regular is not None:
                old, new = split(text), split(CUT.join(regular))  # of one markup, and so of as many pieces
            else:
                old = split(text)
                new, notes = self._pieces(old, body, content_type, codec, stream=stream)
            redacted = mark + "".join(new).encode(codec)
        except (WireError, UnicodeError, LookupError):
            return self._unread(body, chunks)
        if chunks and redacted != body:
            chunks = _resized(chunks, [mark.decode("latin-1"), *old], [mark.decode("latin-1"), *new], codec, len(mark))
        return _Body(redacted, notes, chunks)

    def _regular(self, text: str, body: bytes, content_type: str) -> list[str] | None:
        """The blocks of a document redacted, or `None` if it is not regular or users' XPaths find something in it.

        Raises:
            WireError: it is not well-formed.
        """
        if not self._table.xpaths:
            self._check(body, content_type)
        elif self._targets([parse(body, content_type=content_type)]):
            return None
        return self._usual.redacted(text)

    def _check(self, body: bytes, content_type: str) -> None:
        """Find out whether a document is well-formed; all of one template are, if one is.

        Raises:
            WireError: it is not.
        """
        cut = taken_apart(body) if is_ascii(content_type) else None
        if cut is None or not self._familiar.knows(cut):
            check(body, content_type=content_type)
            if cut is not None:
                self._familiar.learn(cut)

    def _unread(self, body: bytes, chunks: tuple[Chunk, ...]) -> _Body:
        if self._undecodable is Undecodable.PATTERNS:
            new = searched(body, self._values)
            if len(new) != len(body):
                chunks = _all_at_the_end(chunks, len(new))
            return _Body(new, chunks=chunks)
        return _Body(b"", (WITHHELD,), _all_at_the_end(chunks, 0))

    def _pieces(
        self, pieces: list[str], body: bytes, content_type: str, codec: str, *, stream: bool
    ) -> tuple[list[str], tuple[str, ...]]:
        """The pieces of a document redacted, or of several in a stream; with notes.

        Raises:
            WireError: it is not well-formed, or not read alike by parser and scanner.
        """
        try:
            roots = [parse(body, content_type=content_type)]
            end = len(pieces)
        except WireError:
            ends = _document_ends(pieces) if stream else []
            if not ends:
                raise
            bounds = zip([0, *ends], ends, strict=False)
            roots = [
                parse("".join(pieces[start:stop]).strip().encode(codec), content_type=f"; charset={codec}")
                for start, stop in bounds
            ]
            end = ends[-1]
        whole = pieces[:end]
        document = Document(self._table, self._values, whole, self._targets(roots))
        document.redact()
        if document.elements != sum(int(_count(root)) for root in roots):
            raise WireError("the elements of the body could not be told apart")
        rest = "".join(pieces[end:])
        if not rest.strip():
            return whole + pieces[end:], ()
        searched_too = self._undecodable is Undecodable.PATTERNS
        torn = self.text(rest) if searched_too else ""
        notes = () if searched_too else (f"{WITHHELD} (the last document of the stream)",)
        return [*whole, torn, *[""] * (len(pieces) - end - 1)], notes

    def _targets(self, roots: Sequence[Element]) -> Targets:
        targets: dict[int, list[tuple[str, Rule]]] = {}
        first = 0
        for root in roots if self._table.xpaths else ():
            numbers = {element: number for number, element in enumerate(root.iter(), first)}
            for rule in self._table.xpaths:
                for found in _xpath(rule.xpath)(root):  # user_rules has seen to it that it gives nodes
                    parent = found.getparent() if hasattr(found, "attrname") else found
                    attribute = (getattr(found, "attrname", None) or "").rpartition("}")[2]
                    targets.setdefault(numbers[parent], []).append((attribute, rule))
            first += len(numbers)
        return targets


def _count(root: Element) -> float:
    return float(str(_COUNT(root)))


@lru_cache(64)
def _xpath(expression: str) -> etree.XPath:
    return etree.XPath(expression, namespaces=PREFIXES)


def _document_ends(pieces: Sequence[str]) -> list[int]:
    """After which pieces a root element ends."""
    ends, depth = [], 0
    for at in range(1, len(pieces), 2):
        tag = pieces[at]
        if tag[1] == "/":
            depth -= 1
        elif tag[1] in "!?":
            continue
        elif not tag.endswith("/>") and not is_leaf(tag):
            depth += 1
            continue
        if depth == 0:
            ends.append(at + 1)
    return ends


def _resized(
    chunks: Sequence[Chunk], old: Sequence[str], new: Sequence[str], codec: str, mark: int
) -> tuple[Chunk, ...]:
    ends, total = [], 0
    for chunk in chunks:
        total += chunk.size
        ends.append(total)
    at = [0, *moved(old[1:], new[1:], [max(0, end - mark) for end in ends], lambda text: len(text.encode(codec)))]
    sizes = [stop - start for start, stop in pairwise(at)]
    sizes[0] += mark
    return tuple(replace(chunk, size=size) for chunk, size in zip(chunks, sizes, strict=True))


def _all_at_the_end(chunks: Sequence[Chunk], size: int) -> tuple[Chunk, ...]:
    last = len(chunks) - 1
    return tuple(replace(chunk, size=size if at == last else 0) for at, chunk in enumerate(chunks))
