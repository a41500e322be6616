"""What a run says at its end."""

from ewstape.testing.summary import Outcome, summary


def outcome(**more: object) -> Outcome:
    plain = {"test": "test_a.py::test", "cassette": "a.yaml", "used": 2, "unused": [], "misses": 0, "recorded": ""}
    return Outcome(**(plain | more))  # type: ignore[typeddict-item]  # a mapping of any


def test_without_cassettes_it_says_nothing() -> None:
    assert summary([], unused=True) == []


def test_it_counts_and_names_what_went_wrong() -> None:
    outcomes = [outcome(), outcome(unused=[3, 4], misses=1), outcome(recorded="recorded 3 interactions to b.yaml")]
    assert summary(outcomes, unused=True) == [
        "3 tests with 1 cassette: 6 of 8 interactions replayed, 1 request had no answer",
        "no answer: test_a.py::test: 1 request",
        "recorded 3 interactions to b.yaml",
        "unused: a.yaml in test_a.py::test: #3, #4",
    ]
    assert len(summary(outcomes, unused=False)) == 3


def test_long_lists_are_cut() -> None:
    lines = summary([outcome(unused=list(range(30)))] * 30, unused=True)
    assert lines[1].endswith("#19 and 10 more")
    assert (len(lines), lines[-1]) == (22, "and 10 more")
