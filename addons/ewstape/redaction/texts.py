"""The text of an element, replaced or searched where it stands.

A text in several pieces (references, CDATA, comments between) is one value: its pseudonym takes the place of the first
piece with content and the others become empty; what is found in free text may go on from one piece into the next.
"""

from ewstape.redaction.rule import Rule
from ewstape.redaction.spans import Replacement, escape, is_leaf, spliced, unescape
from ewstape.redaction.values import Values

__all__ = ["content", "is_several_words", "replaced", "scanned"]

_CDATA = "<![CDATA["
_PAIRS = ((_CDATA, "]]>"), ("<!--", "-->"), ("<?", "?>"))


def content(piece: str) -> str:
    """The text that a piece holds, with its references resolved: of character data, a leaf, a CDATA section."""
    opening, closing = _bounds(piece)
    inner = piece[opening : len(piece) - closing] if opening else piece
    return inner if piece.startswith(("<!", "<?")) else unescape(inner)


def is_several_words(text: str) -> bool:
    """Whether this is more than a word."""
    return len(text.split(None, 2)) > 1


def replaced(pieces: list[str], indices: list[int], values: Values, rule: Rule) -> None:
    """Put what the rule wants in the place of a text."""
    value = "".join([content(pieces[index]) for index in indices])
    new = values.ruled(value, rule)
    if new == value:
        return
    for index in indices:
        piece = pieces[index]
        opening, closing = _bounds(piece)
        inner = new if piece.startswith(_CDATA) else escape(new)
        pieces[index] = piece[:opening] + inner + piece[len(piece) - closing :]
        new = ""


def scanned(pieces: list[str], indices: list[int], values: Values, *, prose: bool, whole: bool) -> None:
    """Replace what is found in free text (`prose`) or text that no rule names.

    Args:
        pieces: of the document, changed in place.
        indices: of the pieces that make up the text.
        values: that are known by now.
        prose: it is free text.
        whole: it is replaced as a whole where it is more than a word.
    """
    texts = [content(pieces[index]) for index in indices]
    value = "".join(texts)
    if whole and is_several_words(value):
        core = value.strip()
        start = value.index(core)
        new = values.other(core)
        spans = [] if new == core else [(start, start + len(core), new)]
    else:
        spans = values.spans(value, prose=prose)
    begins = 0
    for index, text in zip(indices, texts, strict=True) if spans else ():
        ends = begins + len(text)
        here = [
            (max(start, begins) - begins, min(end, ends) - begins, new if start >= begins else "")
            for start, end, new in spans
            if start < ends and end > begins
        ]
        begins = ends
        if here:
            pieces[index] = _spliced(pieces[index], here)


def _spliced(piece: str, spans: list[Replacement]) -> str:
    opening, closing = _bounds(piece)
    cdata = piece.startswith(("<!", "<?"))
    return (
        piece[:opening]
        + spliced(piece[opening : len(piece) - closing], spans, cdata=cdata)
        + piece[len(piece) - closing :]
    )


def _bounds(piece: str) -> tuple[int, int]:
    """How many characters stand around the text in a piece."""
    if not piece.startswith("<"):
        return 0, 0
    if is_leaf(piece):
        return piece.index(">") + 1, len(piece) - piece.rindex("<")
    return next(((len(opening), len(closing)) for opening, closing in _PAIRS if piece.startswith(opening)), (0, 0))
