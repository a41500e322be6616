from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from ewstape.report.row import Row, row
from ewstape.report.table import columns, heading, lines, plain_heading, plain_line

ROW = Row(
    number=7, at=1.5, operation="GetFolder", call="", result="Success", ok=True, took=0.084, size=402, who=""
)  # a plain one


def shown(rows: Iterable[Row], width: int = 80) -> str:
    known = list(rows)
    table = columns(known, known[-1], width)
    printed = [*heading(table), *(line for one in known for line in lines(one, "cyan", table))]
    return "\n".join(line.plain.rstrip() for line in printed)


def styled(text: Text, part: str) -> str:
    """The styles that are on a part of a line."""
    at = text.plain.index(part)
    return " ".join(str(span.style) for span in text.spans if span.start <= at < span.end)


def test_a_call_on_eighty_columns_has_a_line_each_with_what_it_was_about(recorded: Any) -> None:
    assert (
        shown(map(row, sorted(recorded, key=lambda one: one.number)))
        == """\
 #   at s     took     size  call    operation                   result
 1  1.000    84 ms    402 B  ● 9a10  PlayOnPhone (PlayOnPhone2)  +15550100
 2  1.500    84 ms    521 B  ● 9a10  GetPhoneCallInformation     Connecting
 3  2.500    84 ms    518 B  ● 9a10  GetPhoneCallInformation     Alerted
 4  3.500    84 ms    518 B  ● 9a10  GetPhoneCallInformation     Alerted
 5  4.500    84 ms    520 B  ● 9a10  GetPhoneCallInformation     Connected
 6  6.000    84 ms    360 B  ● 9a10  DisconnectPhoneCall         Success
 7  6.500    84 ms    523 B  ● 9a10  GetPhoneCallInformation     Disconnected"""
    )


def test_a_wide_terminal_has_columns_for_the_mailbox_and_for_result_and_detail() -> None:
    rows = [
        replace(ROW, who="alice@example.com"),
        replace(ROW, operation="GetPhoneCallInformation", call="9a10", detail="Connected"),
    ]
    assert (
        shown(rows, 160)
        == """\
 #   at s     took     size  call    operation                who                result
 7  1.500    84 ms    402 B          GetFolder                alice@example.com  Success
 7  1.500    84 ms    402 B  ● 9a10  GetPhoneCallInformation                     Success  Connected"""
    )


def test_what_has_no_room_goes_on_below_uncut() -> None:
    refused = replace(
        ROW, operation="PlayOnPhone (PlayOnPhone2)", result="Error ErrorPhoneNumberNotDialable", ok=False, detail="x"
    )
    assert (
        shown([refused, replace(ROW, operation="A" * 60, who="alice@example.com")])
        == """\
 #   at s     took     size  call    operation                   result
 7  1.500    84 ms    402 B          PlayOnPhone (PlayOnPhone2)
                                       ✗ Error ErrorPhoneNumberNotDialable · x
 7  1.500    84 ms    402 B          AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                                       AAAAAAAAAAAAAAAAAAA       Success
                                       for alice@example.com"""
    )


def test_a_narrow_terminal_has_the_texts_below_the_figures() -> None:
    rows = [
        replace(ROW, operation="PlayOnPhone (PlayOnPhone2)", call="9a10", detail="+1 555 0100"),
        replace(ROW, operation="GetPhoneCallInformation", call="9a10", detail="Disconnected", at=123.25),
    ]
    assert (
        shown(rows, 48)
        == """\
 #     at s     took     size  call
    operation                   result
 7    1.500    84 ms    402 B  ● 9a10
    PlayOnPhone (PlayOnPhone2)  +1 555 0100
 7  123.250    84 ms    402 B  ● 9a10
    GetPhoneCallInformation     Disconnected"""
    )


def test_sizes_are_left_out_where_there_is_no_room_for_them() -> None:
    rows = [ROW, replace(ROW, number=1234, at=12345.5)]
    assert (
        shown(rows, 40)
        == """\
   #       at s     took  call
      operation                result
   7      1.500    84 ms
      GetFolder                Success
1234  12345.500    84 ms
      GetFolder                Success"""
    )


@pytest.mark.parametrize("width", [20, 40, 48, 60, 80, 99, 100, 160, 300])
def test_every_line_fits_the_terminal_and_nothing_is_lost(width: int) -> None:
    hostile = replace(
        ROW,
        number=123456,
        at=86399.5,
        operation="長い名前" * 20,
        who="W" * 70,
        ok=False,
        result="Q" * 150,
        detail="電話 " * 30 + "d",
        call="9a10",
    )
    text = shown([ROW, hostile], width)
    words = "".join(text.split())
    assert words.count("Q") == 150
    assert words.count("W") == 70
    assert words.count("電話") == 30
    assert words.count("長い名前") == 20
    assert "123456" in words
    assert "86399.500" in words
    if width >= 40:
        assert max(map(cell_len, text.split("\n"))) <= width


@example("\U0001f3fb", 20)
@given(st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" ")), st.integers(20, 200))
def test_folding_loses_no_character(text: str, width: int) -> None:
    table = columns([ROW], None, width)
    printed = "".join(line.plain for line in lines(replace(ROW, operation="o", result=text, ok=True), "", table))
    assert printed.replace(" ", "").endswith(text.replace(" ", ""))


def test_failures_are_red_and_slow_ones_bold() -> None:
    table = columns([ROW], None, 160)
    (failed,) = lines(replace(ROW, ok=False, result="HTTP 500", took=2.5), "cyan", table)
    assert styled(failed, "✗ HTTP 500") == "bold red"
    assert styled(failed, "2.50 s") == "bold"
    (busy,) = lines(replace(ROW, detail="Disconnected UserBusy", failed_call=True, call="9a10"), "cyan", table)
    assert styled(busy, "Disconnected UserBusy") == "red"
    assert styled(busy, "● 9a10") == "cyan"


def test_markup_is_shown_and_not_obeyed() -> None:
    (line,) = lines(replace(ROW, result="[bold red]x[/] [link=http://example.com]"), "", columns([ROW], None, 160))
    assert "[bold red]x[/] [link=http://example.com]" in line.plain
    assert styled(line, "[bold red]") == ""


def test_a_pipe_gets_all_columns_in_one_line_however_long() -> None:
    rows = [ROW, replace(ROW, who="a" * 300, result="b" * 300, ok=False, size=None, call="9a10", detail="電 話")]
    names, *cells = ([cell for cell in line.split("  ") if cell] for line in (plain_heading(), *map(plain_line, rows)))
    assert [name.strip() for name in names] == [
        "#",
        "at s",
        "ms",
        "bytes",
        "call",
        "operation",
        "who",
        "result",
        "detail",
    ]
    assert [[cell.strip() for cell in line] for line in cells] == [
        ["7", "1.500", "84", "402", "-", "GetFolder", "-", "Success", "-"],
        ["7", "1.500", "84", "-", "9a10", "GetFolder", "a" * 300, "b" * 300, "電 話"],
    ]


def test_columns_of_a_pipe_stand_where_they_stand_in_every_cassette() -> None:
    assert plain_heading().index("operation") == plain_line(ROW).index("GetFolder")
    assert plain_heading().index("result") == plain_line(replace(ROW, operation="x")).index("Success")
