import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.report.figures import counted, duration, size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0 ms"),
        (0.084, "84 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"),
        (9.99, "9.99 s"),
        (9.996, "10.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1m 00s"),
        (125.4, "2m 05s"),
        (3599.6, "1h 00m"),
        (3720.0, "1h 02m"),
        (360000.0, "100h 00m"),
    ],
)
def test_a_duration_has_the_unit_that_makes_it_short(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (12_345_678, "12.3 MB"),
        (5 * 10**12, "5000.0 GB"),
    ],
)
def test_a_size_has_the_unit_that_makes_it_short(count: int, said: str) -> None:
    assert size(count) == said


@given(st.floats(min_value=0, max_value=359_999))
def test_a_duration_fits_its_column(seconds: float) -> None:
    assert len(duration(seconds)) <= 7


@given(st.integers(min_value=0, max_value=10**8 - 10**5))
def test_a_size_fits_its_column(count: int) -> None:
    assert len(size(count)) <= 8


def test_one_is_singular() -> None:
    assert (counted(1, "call"), counted(0, "call"), counted(1234, "call")) == ("1 call", "0 calls", "1,234 calls")
