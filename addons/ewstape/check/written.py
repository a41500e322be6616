"""Whether a cassette that was just written holds any of the values that were to be replaced in it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ewstape.cassette import Cassette
from ewstape.errors import EwsTapeError
from ewstape.redaction.kinds import Kind
from ewstape.redaction.leaks import Leak, Leaks

__all__ = ["leaks_in", "refuse_leaks"]


def leaks_in(
    path: Path, originals: Mapping[str, Kind], advance: Callable[[int], object] | None = None
) -> Iterator[Leak]:
    """The originals that are still in the file, each with the document it is in; found as it is read. `advance` is told
    of each document how many bytes it had.

    Raises:
        CassetteError: the file cannot be read.
    """
    leaks = Leaks(originals)
    for position, document in enumerate(Cassette.open(path).documents(), 2):
        yield from leaks.find(document, f"document {position}")
        if advance is not None:
            advance(len(document))


def refuse_leaks(path: Path, originals: Mapping[str, Kind]) -> None:
    """Reads a cassette that stays where it is.

    Raises:
        EwsTapeError: one of the originals is still in it.
        CassetteError: the file cannot be read.
    """
    for leak in leaks_in(path, originals):
        raise EwsTapeError(f"{path}: {leak}; keep the file to yourself, and please report this")
