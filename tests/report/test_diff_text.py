"""How a difference is shown to people: short, whole, and harmless whatever the traffic holds."""

import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from ewstape.interaction import Interaction
from ewstape.report.diff import Difference, compare
from ewstape.report.diff.as_json import to_json
from ewstape.report.diff.text import Side, show

type Make = Callable[..., Interaction]


def shown(difference: Difference, *, terminal: bool = False, width: int = 80) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, no_color=True, width=width, highlight=False)
    sides = (
        Side(name="a.yaml", recorded="2026-11-23T09:14:07Z", upstream="https://mail.example.com"),
        Side(name="b.yaml"),
    )
    show(difference, *sides, console)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def edited(interactions: list[Interaction], old: str, new: str) -> list[Interaction]:
    return [
        replace(
            one,
            request=replace(one.request, body=one.request.body.replace(old.encode(), new.encode())),
            response=one.response and replace(one.response, body=one.response.body.replace(old.encode(), new.encode())),
        )
        for one in interactions
    ]


def test_no_difference_is_three_lines(recorded: list[Interaction]) -> None:
    assert shown(compare(recorded, recorded)) == [
        "- a.yaml  7 interactions, 2026-11-23T09:14:07Z, mail.example.com",
        "+ b.yaml  7 interactions",
        "no difference",
        "polls that brought nothing new are left out: 1 and 1",
    ]


def test_a_call_that_went_another_way(recorded: list[Interaction]) -> None:
    right = edited(recorded[:-2], "+15550100", "+15550199")
    assert shown(compare(recorded, right))[2:] == [
        "1 changed, 2 missing on the right, 3 equal",
        "polls that brought nothing new are left out: 1 and 1",
        "",
        "call 9a10 +15550100 / call 9a10 +15550199",
        "  call.states",
        "    - Connecting, Alerted, Connected, Disconnected",
        "    + Connecting, Alerted, Connected",
        "  call.ended: hung up by the client -> not seen to end",
        "  ~ #1 / #1  PlayOnPhone (PlayOnPhone2)",
        "      request.dial_string: +15550100 -> +15550199",
        "  - #6  DisconnectPhoneCall  Success",
        "  - #7  GetPhoneCallInformation  Success",
    ]


def test_a_call_that_only_one_side_has(recorded: list[Interaction]) -> None:
    assert "+ call 9a10 +15550100  only on the right" in shown(compare([], recorded))


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("hostile", ["\u202eevil", "[bold red]red[/]", "a\u009bb", "line\u2028end"])
def test_what_the_traffic_holds_is_escaped(recorded: list[Interaction], hostile: str, terminal: bool) -> None:
    lines = shown(compare(recorded, edited(recorded, "+15550100", hostile)), terminal=terminal)
    text = "\n".join(lines).replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert hostile.encode("unicode_escape").decode() in text
    assert text.replace("\n", "").replace("\x1b[2m", "").isprintable()


def test_a_terminal_gets_no_line_that_is_too_long_and_a_pipe_gets_them_whole(make: Make) -> None:
    long = "word " * 30
    left, right = ([make("GetItem", "", f"<m:R><m:Text>{text}</m:Text></m:R>")] for text in (long, f"{long}more"))
    assert max(map(len, shown(compare(left, right), terminal=True, width=60))) <= 80
    assert any(line.endswith("word more") for line in shown(compare(left, right)))


def test_of_a_long_text_the_piece_that_differs_is_shown(make: Make) -> None:
    long = "x" * 5_000
    left, right = ([make("GetItem", "", f"<m:R><m:Text>{long}{end}{long}</m:Text></m:R>")] for end in ("left", "right"))
    lines = [line for line in shown(compare(left, right)) if "..." in line]
    assert [("left" in line, "right" in line, len(line) < 300) for line in lines] == [
        (True, False, True),
        (False, True, True),
    ]


def test_of_many_fields_the_first_are_shown_and_the_others_counted(make: Make) -> None:
    def fields(value: str) -> list[Interaction]:
        return [make("GetItem", "", f"<m:R>{''.join(f'<m:F{n}>{value}</m:F{n}>' for n in range(40))}</m:R>")]

    lines = shown(compare(fields("a"), fields("b")))
    assert lines[-1].strip() == "and 28 more fields; --json has all"


def test_what_many_interactions_share_is_shown_once(make: Make) -> None:
    def run(value: str) -> list[Interaction]:
        return [
            make("GetItem", f"<m:Place>{n}</m:Place>", f"<m:R><m:F>{value}</m:F></m:R>", number=n) for n in range(1, 31)
        ]

    lines = shown(compare(run("a"), run("b")))
    assert lines[2:] == ["30 equal", "", "throughout", "  response/F: a -> b  (30 interactions, first #1 / #1)"]


def test_json_has_everything(recorded: list[Interaction], call_id: str) -> None:
    right = edited(recorded[:-1], "+15550100", "+15550199")
    plain = json.loads(json.dumps(to_json(compare(recorded, right))))
    assert {key: plain[key] for key in ("differs", "left_count", "right_count", "equal")} == {
        "differs": True,
        "left_count": 7,
        "right_count": 6,
        "equal": 4,
    }
    [thread] = plain["threads"]
    assert thread["left_call"]["id"] == thread["right_call"]["id"] == call_id
    assert thread["interactions"][0] == {
        "operation": "PlayOnPhone",
        "spec_name": "PlayOnPhone2",
        "left": 1,
        "right": 1,
        "left_result": "Success",
        "right_result": "Success",
        "moved": False,
        "changes": [{"path": "request.dial_string", "before": "+15550100", "after": "+15550199", "note": ""}],
    }
    assert (thread["interactions"][1]["left"], thread["interactions"][1]["right"]) == (7, None)
