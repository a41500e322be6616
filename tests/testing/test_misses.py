"""A miss as a test's output shows it."""

from ewstape.interaction import Operation
from ewstape.replay import Miss, Reason
from ewstape.replay.miss import Difference, Near
from ewstape.testing.misses import miss_report


def miss(*differences: Difference) -> Miss:
    near = (Near(number=3, used_up=True), Near(number=4, differences=differences))
    return Miss(operation=Operation("PlayOnPhone"), reason=Reason.DIFFERENT_CONTENT, nearest=near)


def test_it_tells_what_comes_near_and_where_it_differs() -> None:
    differs = Difference(path="Body/A", recorded="1", live=None, why="never handed out")
    assert miss_report(miss(differs)) == [
        "no answer on tape for PlayOnPhone2: recorded, but with other content",
        "  interaction 3 (used up)",
        "  interaction 4:",
        "    Body/A (never handed out)",
        "      recorded: 1",
        "      live:     (nothing)",
        "  what to try: send what was recorded at the places that differ, or record this request",
    ]


def test_it_shows_no_live_values_and_nothing_raw() -> None:
    private = Difference(path="Body/\x1b[2J", recorded="a", live="alice@example.com", kind="smtp address")
    said = "\n".join(miss_report(miss(private)))
    assert "alice" not in said
    assert "<smtp address, 17 characters>" in said
    assert "\x1b" not in said


def test_many_differences_are_cut() -> None:
    said = miss_report(miss(*(Difference(path=f"Body/{n}", recorded="1", live="2") for n in range(10))))
    assert "    and 2 more" in said
