"""A table that streams: widths are chosen from the first rows, then each row is printed as it comes.

Figures stand in front in columns of fixed width, and the texts follow, so that a long one disturbs nothing: on a
terminal what has no room goes on in the next line, indented and uncut; where there is no room for an operation beside
the figures, all texts stand in a line below them. A pipe gets one line a row, however long: all
columns, in one order, none empty and at least two blanks apart, which never occur inside one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, chop_cells
from rich.text import Text

from ewstape.report.figures import duration, size
from ewstape.report.row import Row

CALL_STYLES = ("cyan", "magenta", "blue", "green", "bright_magenta", "bright_blue")
"""For one call after another; red is for failures, and yellow cannot be read on white."""

_NARROW = 100
"""Below this many columns there is none for whom a client acts."""
_DETAIL = 36
"""Cells for details, without which they share the column of the results."""
_SLOW = 1.0
_GAP = "  "
_CALL = 6  # the dot, a blank, four digits
_FIGURE = 7
_LEAST = 8
"""Cells that a piece of text gets on the narrowest terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the columns of a table on a terminal are, in cells."""

    width: int
    number: int
    at: int
    operation: int
    who: int
    """0 without such a column."""
    result: int
    """0 if results and details share a column."""
    size: bool = True
    """Whether there is a column for sizes."""
    stacked: bool = False
    """Whether the texts stand below the figures."""

    @property
    def figures(self) -> int:
        """How wide the figures are, with the call."""
        return self.number + self.at + (1 + self.size) * _FIGURE + _CALL + (3 + self.size) * len(_GAP)

    @property
    def indent(self) -> int:
        """Where the texts begin."""
        return (self.number if self.stacked else self.figures) + len(_GAP)


def columns(rows: Sequence[Row], last: Row | None, width: int) -> Columns:
    """The columns for a table that begins with `rows` and whose greatest figures are those of `last`."""
    known = [*rows, last] if last else list(rows)
    narrow = width < _NARROW
    who = [cell_len(row.who) for row in rows]
    made = Columns(
        width=width,
        number=max([2, *(len(str(row.number)) for row in known)]),
        at=max([5, *(len(f"{row.at:.3f}") for row in known)]),
        operation=_usual((cell_len(row.operation) for row in rows), 23, 26 if narrow else 36),
        who=0 if narrow or not any(who) else _usual(who, 12, 32),
        result=_usual((cell_len(row.result) for row in rows if row.ok), 7, 16),
    )
    made = replace(made, size=made.figures <= width, stacked=made.indent + made.operation > width)
    taken = made.indent + sum(column + len(_GAP) for column in (made.operation, made.who, made.result) if column)
    return made if taken + _DETAIL <= width else replace(made, result=0)


def heading(columns: Columns) -> Iterator[Text]:
    """What stands above the rows: a line, or two where the texts stand below the figures."""
    figures = [
        "#".rjust(columns.number),
        "at s".rjust(columns.at),
        "took".rjust(_FIGURE),
        *(["size".rjust(_FIGURE)] if columns.size else []),
        "call".ljust(_CALL),
    ]
    texts = [(columns.operation, "operation"), (columns.who, "who"), (columns.result or 1, "result")]
    names = [name.ljust(width) for width, name in texts if width]
    for cells in (figures, [" " * columns.number, *names]) if columns.stacked else ([*figures, *names],):
        line = Text(_GAP.join(cells).rstrip(), "dim")
        line.truncate(columns.width)
        yield line


def lines(row: Row, style: str, columns: Columns) -> Iterator[Text]:
    """The row on a terminal: a line, and more if its texts are long. `style` is that of its call."""
    line = Text(_GAP).join(
        (
            Text(str(row.number).rjust(columns.number), "dim"),
            Text(f"{row.at:.3f}".rjust(columns.at)),
            Text(duration(row.took).rjust(_FIGURE), "bold" if row.took >= _SLOW else "dim"),
            *([Text(("" if row.size is None else size(row.size)).rjust(_FIGURE), "dim")] if columns.size else []),
            Text(f"● {row.call}".ljust(_CALL) if row.call else " " * _CALL, style),
            Text(),
        )
    )
    if columns.stacked:
        line.rstrip()
        yield line
        line = Text()
    column = columns.indent
    for text, look, width in _texts(row, columns):
        fits = cell_len(text) <= columns.width - column
        begin = column if fits or column == columns.indent else columns.indent + len(_GAP)
        for part in folded(text, columns.width - (column if fits else columns.indent + len(_GAP))):
            if line.cell_len > begin:
                yield line
                line = Text()
            line.append(" " * (begin - line.cell_len)).append(part, look)
            begin = begin if fits else columns.indent + len(_GAP)
        column += width + len(_GAP)
    line.rstrip()
    yield line


def _texts(row: Row, columns: Columns) -> Iterator[tuple[str, str, int]]:
    """The texts of a row, each with its style and the width of its column."""
    last = columns.width
    yield row.operation, "", columns.operation
    if columns.who:
        yield row.who, "", columns.who
    if not row.ok:
        yield " · ".join(filter(None, (f"✗ {row.result}", row.detail))), "bold red", last
    elif columns.result or not row.detail:
        yield row.result, "", columns.result
    if row.ok and row.detail:
        yield row.detail, "red" if row.failed_call else "", last
    if row.who and not columns.who:
        yield f"for {row.who}", "dim", last


def folded(text: str, width: int) -> list[str]:
    """`text` in pieces of at most `width` cells, between words where that is possible."""
    pieces: list[str] = []
    for word in text.split():
        first, *more = chop_cells(word, max(width, _LEAST)) or [word]  # rich drops a modifier that modifies nothing
        if pieces and cell_len(pieces[-1]) + 1 + cell_len(first) <= width:
            pieces[-1] += f" {first}"
        else:
            pieces.append(first)
        pieces += more
    return pieces


def _usual(widths: Iterable[int], least: int, most: int) -> int:
    """The width for a column: that of the longest text, those left aside that are longer than a column may be."""
    return max([least, *(width for width in widths if width <= most)])


def plain_heading() -> str:
    """The line above the rows in a pipe."""
    return _plain("#", "at s", "ms", "bytes", "call", "operation", "who", "result", "detail")


def plain_line(row: Row) -> str:
    """The row in a pipe."""
    return _plain(
        str(row.number),
        f"{row.at:.3f}",
        f"{row.took * 1000:.0f}",
        "-" if row.size is None else str(row.size),
        row.call,
        row.operation,
        row.who,
        row.result,
        row.detail,
    )


def _plain(number: str, at: str, took: str, count: str, *texts: str) -> str:
    figures = (number.rjust(6), at.rjust(9), took.rjust(6), count.rjust(8))
    padded = (text.ljust(width) for text, width in zip((text or "-" for text in texts), _PLAIN, strict=True))
    return _GAP.join((*figures, *padded)).rstrip()


_PLAIN = (4, 26, 29, 12, 0)  # who: an address that is a pseudonym
