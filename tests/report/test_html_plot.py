from dataclasses import replace
from typing import Any

from ewstape.cassette import Header
from ewstape.interaction import Operation
from ewstape.report.html import gather
from ewstape.report.html.plot import Plot, plot


def drawn(*interactions: Any) -> Plot:
    report = gather(Header(), interactions, source="x")
    return plot(report.entries, report.uses)


def test_five_operations_have_a_colour_and_the_rest_share_one(make: Any) -> None:
    made = make("GetFolder")
    names = ["A"] * 7 + ["B"] * 6 + ["C"] * 5 + ["D"] * 4 + ["E"] * 3 + ["F", "F", "G"]
    series = drawn(*(replace(made, number=n, operation=Operation(name)) for n, name in enumerate(names, 1))).series
    assert [(one.name, one.count) for one in series] == [
        ("A", 7),
        ("B", 6),
        ("C", 5),
        ("D", 4),
        ("E", 3),
        ("others", 3),
    ]


def test_points_that_cover_one_another_are_drawn_once_and_all_are_counted(make: Any) -> None:
    [series] = drawn(*(make("GetFolder", number=n, at=float(n > 50), took=0.1) for n in range(1, 101))).series
    assert (series.count, series.path) == (100, "M0 500h0M2000 500h0")


def test_what_went_wrong_is_marked(make: Any) -> None:
    made = drawn(make("GetFolder", number=1, at=1.0), make("GetFolder", answer=None, number=2, took=9.0))
    assert (made.failed.count, made.failed.path) == (1, "M0 10h0")


def test_a_cassette_without_interactions_has_an_empty_plane() -> None:
    assert (drawn().series, drawn().failed.path) == ((), "")
