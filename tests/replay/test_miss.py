import pytest

from ewstape.interaction import Operation, Service
from ewstape.replay.miss import Difference, Miss, Near, Reason, kind_of_text


@pytest.mark.parametrize(
    ("miss", "said"),
    [
        (
            Miss(operation=Operation("PlayOnPhone"), reason=Reason.NOTHING_RECORDED),
            "no answer on tape for PlayOnPhone2: the tape is empty",
        ),
        (
            Miss(operation=Operation("GetItem"), reason=Reason.NOT_ON_TAPE),
            "no answer on tape for GetItem: the tape has no such operation",
        ),
        (
            Miss(operation=Operation("CreateItem"), reason=Reason.USED_UP, nearest=(Near(number=7),)),
            "no answer on tape for CreateItem: every recorded answer was given; the nearest is interaction 7",
        ),
        (
            Miss(
                operation=Operation("Disconnect", Service.UM),
                reason=Reason.DIFFERENT_CONTENT,
                nearest=(
                    Near(number=3, differences=(Difference(path="Body/Disconnect/CallId", why="so"),)),
                    Near(number=1),
                ),
            ),
            (
                "no answer on tape for Disconnect: recorded, but with other content; the nearest is interaction 3, "
                "and Body/Disconnect/CallId differs (so)"
            ),
        ),
    ],
)
def test_a_miss_is_said_in_one_line(miss: Miss, said: str) -> None:
    assert str(miss) == said


def test_a_report_has_everything_but_the_values_of_people() -> None:
    near = Near(
        number=3,
        used_up=True,
        differences=(
            Difference(path="Body/a", recorded="secret", live="hidden", kind="dial string", why="so"),
            Difference(path="Body/b/@c", recorded="Deep", live=None),
        ),
    )
    miss = Miss(operation=Operation("X", Service.UM), reason=Reason.USED_UP, nearest=(near,))
    report = miss.to_dict()
    assert report == {
        "operation": "um:X",
        "reason": "every recorded answer was given",
        "what_to_try": "rewind the tape between runs, or record as many of these requests as the client sends",
        "nearest": [
            {
                "number": 3,
                "used_up": True,
                "differences": [
                    {
                        "path": "Body/a",
                        "recorded": "<dial string, 6 characters>",
                        "live": "<dial string, 6 characters>",
                        "why": "so",
                    },
                    {"path": "Body/b/@c", "recorded": "Deep", "live": None},
                ],
            }
        ],
    }
    assert "secret" not in repr(miss)
    assert "'hidden'" in str(miss.to_dict(show_live=True))


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_what_to_try(reason: Reason) -> None:
    assert Miss(operation=Operation("X"), reason=reason).to_dict()["what_to_try"]


@pytest.mark.parametrize(
    ("element", "values", "kind"),
    [
        ("BaseShape", ("IdOnly", "AllProperties"), ""),
        ("IncludeMimeContent", ("true", None), ""),
        ("Timeout", ("10", "30"), ""),
        ("Subject", ("Hello", "10"), "text"),
        ("Pin", ("1234567",), "text"),
    ],
)
def test_text_is_shown_if_it_can_say_nothing_about_anybody(
    element: str, values: tuple[str | None, ...], kind: str
) -> None:
    assert kind_of_text(element, *values) == kind
