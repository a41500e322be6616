import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.report.html.axis import LogAxis, TimeAxis


@pytest.mark.parametrize(
    ("begin", "end", "labels"),
    [
        (0.0, 0.0, ["0.0 s"]),
        (7.5, 29.0, ["10 s", "15 s", "20 s", "25 s"]),
        (0.0, 300.0, ["0 s", "1 min", "2 min", "3 min", "4 min", "5 min"]),
        (0.0, 86400.0 * 30, ["0 s", "5 d", "10 d", "15 d", "20 d", "25 d", "30 d"]),
    ],
)
def test_ticks_stand_at_round_times(begin: float, end: float, labels: list[str]) -> None:
    assert [tick.label for tick in TimeAxis(begin, end).ticks()] == labels


@given(st.floats(0, 1e7), st.floats(0, 1e7), st.floats(-1e7, 1e8))
def test_nothing_stands_beside_a_time_axis_and_ticks_are_few(one: float, other: float, value: float) -> None:
    axis = TimeAxis(min(one, other), max(one, other))
    assert 0 <= axis.at(value) <= 100
    assert len(axis.ticks()) <= 8
    assert all(0 <= float(tick.percent) <= 100 for tick in axis.ticks())


def test_a_logarithmic_axis_has_the_powers_of_ten() -> None:
    axis = LogAxis.around(0.01, 9.2)
    assert [(tick.percent, tick.label) for tick in axis.ticks()] == [
        ("0.000", "10 ms"), ("33.333", "100 ms"), ("66.667", "1 s"), ("100.000", "10 s"),
    ]  # fmt: skip
    assert [round(axis.at(value)) for value in (0, 0.001, 0.1, 1, 1000)] == [0, 0, 33, 67, 100]


@pytest.mark.parametrize(
    ("least", "most", "labels"),
    [
        (0.084, 0.084, ["50 ms", "100 ms"]),
        (0.02, 0.3, ["20 ms", "50 ms", "100 ms", "200 ms", "500 ms"]),
        (0.0, 0.0, ["1 ms", "2 ms"]),
        (0.004, 11.0, ["10 ms", "100 ms", "1 s", "10 s"]),
    ],
)
def test_a_logarithmic_axis_ends_at_the_nearest_round_values(least: float, most: float, labels: list[str]) -> None:
    assert [tick.label for tick in LogAxis.around(least, most).ticks()] == labels


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e7))
def test_nothing_stands_beside_a_logarithmic_axis(one: float, other: float, value: float) -> None:
    assert 0 <= LogAxis.around(min(one, other), max(one, other)).at(value) <= 100
