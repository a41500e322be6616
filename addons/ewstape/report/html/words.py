"""Figures in words, for the page: short, with thousands separated, in the unit that fits."""

from datetime import datetime

_KILO = 1024
_UNITS = ("B", "KB", "MB", "GB", "TB")
_TENS = 10
_MINUTE = 60
_PAIRS = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))


def size(count: float) -> str:
    """A number of bytes: `865 B`, `1.2 KB`, `34 MB`."""
    unit = 0
    while count >= _KILO - 0.5 and unit < len(_UNITS) - 1:
        count, unit = count / _KILO, unit + 1
    return f"{count:.1f} {_UNITS[unit]}" if unit and count < _TENS else f"{count:,.0f} {_UNITS[unit]}"


def span(seconds: float) -> str:
    """How long something took, in at most two units: `84 ms`, `3.2 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE - 0.5:
        return f"{seconds:.1f} s"
    large, name, small, part = next(pair for pair in _PAIRS if seconds >= pair[0] - pair[2] / 2)
    whole, rest = divmod(round(seconds / small), large // small)
    return f"{whole:,} {name} {rest} {part}" if rest else f"{whole:,} {name}"


def milliseconds(seconds: float) -> str:
    """Whole milliseconds without the unit, for a column of them: `1,240`."""
    return f"{seconds * 1000:,.0f}"


def share(part: int, whole: int) -> str:
    """A percentage: `0.4 %`, `37 %`; never 0 for something nor 100 for less than all."""
    if not part or part == whole:
        return "100 %" if part else "0 %"
    percent = min(max(100 * part / whole, 0.1), 99.9)
    return f"{percent:.1f} %" if percent < _TENS or percent > 99 else f"{percent:.0f} %"  # noqa: PLR2004  where digits count


def moment(recorded: str) -> str:
    """A time of RFC 3339 for people: `23 November 2026, 09:14:07 UTC`; what is none stays as it is."""
    try:
        when = datetime.fromisoformat(recorded)
    except ValueError:
        return recorded
    return f"{when.day} {when:%B %Y, %H:%M:%S} {when.tzname() or ''}".rstrip()
