import pytest

from ewstape.report.html import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 ms"),
        (0.0844, "84 ms"),
        (1, "1.0 s"),
        (48.19, "48.2 s"),
        (59.4, "59.4 s"),
        (59.7, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (3599.7, "1 h"),
        (12000, "3 h 20 min"),
        (86390, "1 d"),
        (187200, "2 d 4 h"),
        (86400 * 1200, "1,200 d"),
    ],
)
def test_a_span_is_told_in_the_units_that_fit(seconds: float, said: str) -> None:
    assert words.span(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (865, "865 B"),
        (1023, "1,023 B"),
        (1024, "1.0 KB"),
        (1260, "1.2 KB"),
        (34 << 20, "34 MB"),
        (1 << 50, "1,024 TB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_fits(count: int, said: str) -> None:
    assert words.size(count) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "0 %"),
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (1, 100_000, "0.1 %"),
        (99_999, 100_000, "99.9 %"),
        (37, 100, "37 %"),
    ],
)
def test_a_share_is_nought_or_all_only_if_it_is(part: int, whole: int, said: str) -> None:
    assert words.share(part, whole) == said


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        ("2026-11-23T09:14:07Z", "23 November 2026, 09:14:07 UTC"),
        ("2026-11-23T09:14:07", "23 November 2026, 09:14:07"),
        ("<yesterday>", "<yesterday>"),
    ],
)
def test_a_moment_is_told_for_people_and_what_is_none_is_left(recorded: str, said: str) -> None:
    assert words.moment(recorded) == said


def test_milliseconds_have_their_thousands_apart() -> None:
    assert words.milliseconds(1.2396) == "1,240"
