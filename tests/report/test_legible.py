"""What can be read of a cassette, and what is said of the rest."""

from pathlib import Path

import pytest

from ewstape.cassette import Cassette
from ewstape.errors import CassetteError
from ewstape.report.legible import Legible

SAMPLE = (Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    "broken",
    [(), (1,), (3,), (6,), (1, 2, 3), (2, 5, 6), (1, 2, 3, 4, 5, 6)],
    ids=lambda numbers: ",".join(map(str, numbers)) or "none",
)
def test_each_document_that_cannot_be_read_is_left_out_and_told(tmp_path: Path, broken: tuple[int, ...]) -> None:
    text = SAMPLE
    for number in broken:
        text = text.replace(f"\nnumber: {number}\n", "\nnumber: x\n")
    path = tmp_path / "one.yaml"
    path.write_text(text, "utf-8")
    told: list[CassetteError] = []
    legible = Legible(Cassette.open(path), told.append)
    for _ in range(2):  # as often as it is asked
        told.clear()
        came = [one.number for one in legible]
        assert came == [number for number in range(1, 7) if number not in broken]
        assert [str(error).split(": ")[1] for error in told] == [f"document {number + 1}" for number in broken]
        assert [legible[index].number for index in range(len(came))] == came
    last = legible.last()
    assert (last.number if last else None) == (None if 6 in broken else 6)


def test_a_file_that_is_gone_is_no_broken_document(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(SAMPLE, "utf-8")
    told: list[CassetteError] = []
    legible = Legible(Cassette.open(path), told.append)
    path.unlink()
    with pytest.raises(CassetteError, match="there is no such cassette"):
        list(legible)
    assert not told
