"""Marks and comments on flows, for the lists of mitmproxy and mitmweb, and for flow files.

A mark says what became of a flow: recorded, replayed, without an answer, or odd. The comment names operation, call and
result. What users have put on a flow themselves is left alone.
"""

from collections.abc import Sequence

from mitmproxy import http

from ewstape.interaction import Interaction
from ewstape.replay import Reply
from ewstape.report.decoded import decoded
from ewstape.report.escape import escape
from ewstape.report.line import comment
from ewstape.report.live import Event

RECORDED = ":heavy_check_mark:"
REPLAYED = ":arrow_forward:"
MISSED = ":heavy_multiplication_x:"
ODD = ":warning:"
"""Names from mitmproxy's list of emoji: of signs that are one column wide, and that nearly every font has."""


def recorded(flow: http.HTTPFlow, interaction: Interaction, events: Sequence[Event]) -> None:
    """Marks a flow that is in the cassette now, as `interaction`; `events` is what was said beside its line."""
    _put(flow, RECORDED, comment(interaction), events)


def replayed(flow: http.HTTPFlow, reply: Reply, events: Sequence[Event]) -> None:
    """Marks a flow that the tape has answered, or has not."""
    if reply.miss is not None:
        _put(flow, MISSED, escape(reply.note), events)
    elif reply.recorded is None or reply.fault is not None:
        _put(flow, "" if reply.fault is None else ODD, escape(reply.note), events)
    else:
        _put(flow, REPLAYED, comment(decoded(reply.recorded), f"interaction {reply.recorded.number}"), events)


def _put(flow: http.HTTPFlow, mark: str, words: str, events: Sequence[Event]) -> None:
    odd = [event.text for event in events if event.kind == "warning"]
    flow.marked = flow.marked or (ODD if odd else mark)
    flow.comment = flow.comment or "; ".join([words, *odd])
