"""The account of a replay: in words, as plain data, and as a verdict."""

import pytest

from ewstape.report.ending import Ending

WHOLE = Ending(used=6)
HALF = Ending(used=1, unused=(2, 5), misses=1, faults={"reset": 2, "busy": 1})


def test_a_replay_that_went_well_is_one_line() -> None:
    assert WHOLE.lines({}) == ["replayed 6 of 6 interactions"]


def test_what_was_left_missing_or_put_in_has_a_line_each() -> None:
    assert HALF.lines({2: "GetFolder"}) == [
        "replayed 1 of 3 interactions",
        "unused: #2 GetFolder, #5",
        "1 request had no answer",
        "faults put in: 1 busy, 2 reset",
    ]


def test_the_first_twenty_unused_are_listed_and_the_rest_counted() -> None:
    ending = Ending(used=0, unused=range(1, 31))
    assert ending.listed == tuple(range(1, 21))
    assert ending.lines({})[1].endswith(", #20 and 10 more")
    assert ending.to_json()["unused"] == list(range(1, 31))


def test_thousands_are_told_apart() -> None:
    assert Ending(used=1234, unused=range(2000)).lines({})[0] == "replayed 1,234 of 3,234 interactions"


@pytest.mark.parametrize(
    ("ending", "verdicts", "failed"),
    [
        (WHOLE, ("miss", "unused"), False),
        (HALF, (), False),
        (HALF, ("miss",), True),
        (HALF, ("unused",), True),
        (Ending(used=1, unused=(2,)), ("miss",), False),
        (Ending(used=1, misses=1), ("unused",), False),
    ],
)
def test_it_failed_by_what_counts(ending: Ending, verdicts: tuple[str, ...], failed: bool) -> None:
    assert ending.failed(verdicts) is failed
