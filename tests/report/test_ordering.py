from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from ewstape.report.ordering import by_number


@given(st.permutations(range(1, 30)))
def test_what_fits_the_window_comes_by_number(numbers: list[int]) -> None:
    assert list(by_number((number, number) for number in numbers)) == sorted(numbers)


@given(st.lists(st.integers(1, 40)), st.integers(0, 5))
def test_nothing_is_lost_or_doubled_however_small_the_window(numbers: list[int], window: int) -> None:
    assert sorted(by_number(((number, number) for number in numbers), window)) == sorted(numbers)


def test_what_comes_in_order_is_passed_on_at_once() -> None:
    taken: list[int] = []

    def source() -> Iterator[tuple[int, int]]:
        for number in (1, 2, 3):
            taken.append(number)
            yield number, number

    assert next(by_number(source())) == 1
    assert taken == [1]


def test_what_is_missing_is_waited_for_no_longer_than_the_window() -> None:
    late = [*range(2, 12), 1, 12, 13]
    assert list(by_number(((number, number) for number in late), window=5)) == late


def test_a_number_that_comes_again_is_passed_on_where_it_stands() -> None:
    assert list(by_number([(2, "a"), (1, "b"), (1, "c"), (2, "d")])) == ["b", "a", "c", "d"]
