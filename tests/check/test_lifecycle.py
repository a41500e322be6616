"""Calls run their course, or it is said what is odd about them."""

import pytest

from ewstape.check.lifecycle import Step, oddities


def steps(story: str) -> list[Step]:
    """`A begins`, `A polls Connected`, `A hangs up`, each optionally `badly`: one step a line, in order."""
    made = []
    for number, line in enumerate(filter(None, map(str.strip, story.split(","))), 1):
        call, does, *rest = line.split()
        made.append(
            Step(
                number,
                number + 1,
                "" if call == "?" else call,
                "ews",
                does == "begins",
                does == "hangs",
                "badly" not in rest,
                rest[0] if does == "polls" else "",
            )
        )
    return made


STORIES = {
    "begun, polled, hung up": ("A begins, A polls Connected, A hangs up, A polls Disconnected", []),
    "seen to end": ("A begins, A polls Disconnected", []),
    "hung up after it was seen to end": ("A begins, A polls Disconnected, A hangs up", []),
    "two calls, interleaved": ("A begins, B begins, A hangs up, B hangs up", []),
    "never ended": ("A begins, A polls Connected", [(2, "never disconnected, nor seen to end")]),
    "from nowhere": ("A begins, A hangs up, B polls Connected", [(4, "from nowhere")]),
    "from nowhere where none begins": ("B polls Connected, B hangs up", []),
    "begun again while it is up": ("A begins, A begins, A hangs up", [(3, "begins the call of document 2 again")]),
    "begun again after its end": ("A begins, A hangs up, A begins, A hangs up", []),
    "polled after its end": ("A begins, A polls Disconnected, A polls Disconnected", [(4, "after a poll has seen it")]),
    "failures count for nothing": ("A begins, B polls Connected badly, A hangs up", []),
    "nor does what has no id": ("A begins, ? polls Connected, A hangs up", []),
}


@pytest.mark.parametrize(("story", "expected"), STORIES.values(), ids=STORIES)
def test_what_is_odd_is_said_of_its_document(story: str, expected: list[tuple[int, str]]) -> None:
    found = list(oddities(steps(story)))
    assert [one.document for one in found] == [document for document, _ in expected]
    assert all(words in one.words for one, (_, words) in zip(found, expected, strict=True))


def test_the_order_is_that_in_which_the_steps_began() -> None:
    story = steps("A begins, A polls Connected, A hangs up")
    assert list(oddities(reversed(story))) == []
