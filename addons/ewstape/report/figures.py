"""Figures for people: a time and a size in three digits or so, with the unit that makes them short."""

_MINUTE, _HOUR = 60.0, 3600.0
_SIZES = ("B", "kB", "MB", "GB")
_THOUSAND = 1000


def duration(seconds: float) -> str:
    """`84 ms`, `1.25 s`, `12.3 s`, `2m 05s`, `1h 02m`: seven characters at most below 100 hours."""
    if seconds < 0.9995:  # noqa: PLR2004  what is rounded to 1000 ms is a second
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.995:  # noqa: PLR2004
        return f"{seconds:.2f} s"
    if seconds < 59.95:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"


def size(count: int) -> str:
    """`402 B`, `1.4 kB`, `12.3 MB`; a kilobyte is 1000 bytes."""
    if count < _THOUSAND:
        return f"{count} B"
    figure = float(count)
    for unit in _SIZES:
        if figure < 999.95 or unit == _SIZES[-1]:  # noqa: PLR2004  what is rounded to 1000 takes the next unit
            break
        figure /= _THOUSAND
    return f"{figure:.1f} {unit}"


def counted(count: int, noun: str) -> str:
    """`1 call`, `1,234 calls`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
