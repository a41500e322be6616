from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ewstape.interaction import Interaction, Service
from ewstape.report.call import Call, State
from ewstape.report.calls import calls
from ewstape.report.timeline import plain_timeline, timeline

BUSY = "<t:SIPResponseText>Busy Here</t:SIPResponseText><t:SIPResponseCode>486</t:SIPResponseCode>"


def shown(call: Call, width: int = 80) -> str:
    return "\n".join(line.plain.rstrip() for line in timeline(call, "cyan", width))


def test_a_call_is_a_staircase_of_its_states(recorded: list[Interaction]) -> None:
    (call,) = calls(recorded)
    assert (
        shown(call)
        == """\
● 9a10  +15550100  #1 to #7
       1.000    500 ms  dialled         ────
       1.500    1.00 s  Connecting          ───────
       2.500    2.00 s  Alerted                    ────────────────
       4.500    1.50 s  Connected                                  ━━━━━━━━━━━
       6.000            ■ hung up by the client after 5.000 s"""
    )


def test_a_failed_call_says_why_in_red(play: Any, poll: Any) -> None:
    (call,) = calls([play(1, 0), poll(2, 1, "Disconnected", "UserBusy", sip=BUSY)])
    *_, end = timeline(call, "cyan", 80)
    assert end.plain == "       1.000            ✗ busy (UserBusy, 486 Busy Here)"
    assert "bold red" in [span.style for span in end.spans]


def test_a_long_reason_goes_on_below_its_beginning(play: Any, poll: Any) -> None:
    sip = "<t:SIPResponseText>Temporarily Unavailable</t:SIPResponseText><t:SIPResponseCode>480</t:SIPResponseCode>"
    (call,) = calls([play(1, 0), poll(2, 1, "Disconnected", "NoAnswer", sip=sip)])
    *_, end, more = shown(call, 64).split("\n")
    assert end == "       1.000            ✗ no answer (NoAnswer, 480 Temporarily"
    assert more == "                          Unavailable)"


def test_on_a_narrow_terminal_the_ending_has_a_line_of_its_own(recorded: list[Interaction], play: Any) -> None:
    (call,) = calls(recorded)
    (refused,) = calls([play(1, 0, code="ErrorPhoneNumberNotDialable")])
    assert shown(call, 40).split("\n")[-2:] == ["       6.000", "  ■ hung up by the client after 5.000 s"]
    assert shown(refused, 40).split("\n")[1:] == ["  ✗ not placed: Error", "    ErrorPhoneNumberNotDialable"]


def test_a_call_that_was_not_placed_or_not_dialled_or_not_seen_to_end_says_so(play: Any, poll: Any) -> None:
    refused, open_end = calls([play(1, 0, code="ErrorPhoneNumberNotDialable"), poll(2, 5, "Connected", call="x")])
    assert shown(refused).split("\n") == [
        "○ ----  +15550100  #1",
        "                        ✗ not placed: Error ErrorPhoneNumberNotDialable",
    ]
    assert shown(open_end).split("\n") == [
        f"● {open_end.name}  not dialled in this recording  #2",
        "       5.000            Connected       ━",
        "                        … not seen to end",
    ]


def test_a_line_in_a_pipe_begins_with_the_call_so_that_grep_finds_all_of_it(recorded: list[Interaction]) -> None:
    (call,) = calls(recorded)
    assert list(plain_timeline(call)) == [
        "call 9a10      1.000  +15550100",
        "call 9a10      1.000      0.500  dialled",
        "call 9a10      1.500      1.000  Connecting",
        "call 9a10      2.500      2.000  Alerted",
        "call 9a10      4.500      1.500  Connected",
        "call 9a10      6.000             hung up by the client after 5.000 s",
    ]


@pytest.mark.parametrize("width", [40, 52, 80, 160])
def test_a_bar_fits_the_terminal(recorded: list[Interaction], width: int) -> None:
    (call,) = calls(recorded)
    stretches = shown(call, width).split("\n")[1:-1]
    assert any("━" in line for line in stretches) == (width >= 52)
    assert max(map(cell_len, stretches)) <= max(width, 40)


ENDS = st.floats(min_value=0, max_value=1e6)


@given(ENDS, st.lists(ENDS, max_size=6), st.integers(50, 200))
def test_bars_are_drawn_for_any_times(start: float, polls: list[float], width: int) -> None:
    states = tuple(State(at=start + at, state=f"S{at}") for at in sorted(polls))
    call = Call(
        id="x",
        service=Service.EWS,
        started_at=start,
        states=states,
        ended="",
        last_at=states[-1].at if states else start,
        interactions=(1,),
    )
    for line in list(timeline(call, "", width))[1:-1]:
        assert line.plain.rstrip().endswith("─")


HOSTILE = "\x1b[2J\u202e[red]\n"


def test_no_text_of_a_call_can_harm_a_terminal(recorded: list[Interaction]) -> None:
    (call,) = calls(recorded)
    states = (State(at=2, state=HOSTILE, cause=HOSTILE, sip_code=HOSTILE, sip_text=HOSTILE),)
    hostile = replace(call, dial_string=HOSTILE, ended=HOSTILE, states=states)
    assert all(line.plain.isprintable() for line in timeline(hostile, "", 80))
    assert all(line.isprintable() for line in plain_timeline(hostile))
    assert r"\x1b[2J\u202e[red]\n" in shown(hostile)
