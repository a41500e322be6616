"""What a live log says beside its lines: a summary when a call ends, and a warning the moment something is odd.

A state machine fed with interactions as they complete, and with logon challenges, which are none. Of a call under way
only the interactions are kept in which its state changed, without their bodies; of one that is over, its last line. An
interaction may complete after a later one has, so what counts is when it began.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ewstape.interaction import Fields, Interaction, Response, Service
from ewstape.operations import OperationSpec, lookup
from ewstape.report.call import ENDED
from ewstape.report.calls import Call, State, call_of, calls, short_name
from ewstape.report.escape import escape
from ewstape.report.line import dialled, operation_name
from ewstape.report.result import result_of
from ewstape.report.throttling import THROTTLED, asks_to_wait, is_busy

LEGS_OF_ONE = 6
"""Challenges on one connection, and no operation: a logon takes two at most, with Negotiate three."""
LEGS_OF_ALL = 20
"""Challenges one after another on any connections, and no operation."""
REFUSALS = 3
"""Logons one after another that the server refused."""
REMEMBERED = 1000
"""Calls that are over, whose lines are kept."""

_OK = 200
_LOGON_FAILED = "logon failed"


type _When = tuple[float, float]
"""When an interaction began and when it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be said beside the line of an interaction."""

    kind: Literal["call", "warning"]
    text: str
    """One line in plain words, escaped."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """The same as data, for the JSON line; what does not apply is left out of that."""

    @property
    def line(self) -> str:
        """The line as text."""
        return f"warning: {self.text}" if self.kind == "warning" else self.text

    @property
    def json_line(self) -> str:
        """The line as JSON, in ASCII."""
        facts = {"event": self.kind, "text": self.text, **self.facts}
        return json.dumps({key: value for key, value in facts.items() if value not in (None, "")})


@dataclass(slots=True)
class _Call:
    """A call that has begun, under the name that its client knows it by."""

    name: str
    dialled: str
    kept: list[Interaction]
    last: Fields | None = None
    """What the latest poll found."""
    over: bool = False
    seen_over_at: float | None = None
    """When the poll ended that saw the call over; its client knows from then on."""
    polled_on: bool = False
    """Whether a poll after that was warned of."""

    def title(self) -> str:
        return _title(self.name, self.dialled)


class Live:
    """Watches interactions as they complete."""

    def __init__(self) -> None:
        self._calls: dict[tuple[Service, str], _Call] = {}
        self._unknown: set[str] = set()  # names, of which there are 65536
        self._finished: deque[str] = deque(maxlen=REMEMBERED)
        self._legs: dict[str, int] = {}
        self._legs_in_a_row = 0
        self._refused = 0
        self._throttled = 0

    def add(
        self, interaction: Interaction, connection: str = "", *, call: str | None = None, at: float | None = None
    ) -> Sequence[Event]:
        """What there is to say about an interaction.

        Args:
            interaction: with its decoded fields.
            connection: identifies the client's connection.
            call: the PhoneCallId as the client knows it, where it is not the one in the fields.
            at: when it happened, where that is not when it was recorded.
        """
        if self._legs:
            self._legs.pop(connection, None)
        self._legs_in_a_row = 0
        response = interaction.response
        spec = lookup(interaction.operation)
        concerns_call = spec is not None and spec.call_id_field
        if not concerns_call and response is not None and response.status == _OK and not interaction.error:
            self._refused = 0
            return self._busy(interaction, response) if is_busy(response) else ()
        when = (interaction.at, interaction.at + interaction.took) if at is None else (at, at)
        return tuple(self._judge(interaction, spec if concerns_call else None, call, when))

    def challenged(self, connection: str) -> Sequence[Event]:
        """What there is to say when a logon was answered with a challenge."""
        count = self._legs[connection] = self._legs.get(connection, 0) + 1
        self._legs_in_a_row += 1
        if count != LEGS_OF_ONE and self._legs_in_a_row != LEGS_OF_ALL:
            return ()
        where = f"{count} challenges on one connection" if count == LEGS_OF_ONE else f"{LEGS_OF_ALL} challenges"
        return (
            warning(
                "logon_loops",
                f"a logon goes round in circles: {where}, and no request after them; does the client have "
                "credentials, for a scheme that the server offers?",
                count=max(count, self._legs_in_a_row),
            ),
        )

    def forget(self, connection: str) -> None:
        """A connection has ended."""
        self._legs.pop(connection, None)

    def end(self) -> Sequence[Event]:
        """What there is to say when no more interactions come; calls that are under way then were left open."""
        left = [one for one in self._calls.values() if not one.over]
        self._calls.clear()
        return tuple(map(_left_open, left))

    def lines(self) -> list[str]:
        """The calls so far: the latest that are over, as they ended, and those under way."""
        under_way = (one for one in self._calls.values() if not one.over)
        return [*self._finished, *(f"{one.title()}  {_standing(one)}" for one in under_way)]

    def _judge(
        self, interaction: Interaction, spec: OperationSpec | None, call: str | None, when: _When
    ) -> Iterator[Event]:
        response = interaction.response
        if response is not None and (response.status in THROTTLED or is_busy(response)):
            yield from self._busy(interaction, response)
        self._refused = self._refused + 1 if interaction.error == _LOGON_FAILED else 0
        if self._refused == REFUSALS:
            words = f"the server refused the logon {REFUSALS} times in a row; check name and password"
            yield warning("logon_refused", f"{words}, before the account is locked")
        if spec is None:
            return
        name = call_of(interaction) if call is None else call
        if spec.begins_call:
            yield from self._begin(interaction, name, when)
        elif name:
            yield from self._go_on(interaction, name, when, hangs_up=spec.writes)

    def _begin(self, interaction: Interaction, name: str, when: _When) -> Iterator[Event]:
        number = dialled(interaction)
        if not name:
            yield self._ended(_title("", number), f"not placed: {result_of(interaction).text}", dial=number)
            return
        key = interaction.operation.service, name
        before = self._calls.get(key)
        if before is not None and not before.over:
            yield _left_open(before)
        self._calls[key] = _Call(short_name(name), number, [_slim(interaction, when)])

    def _go_on(self, interaction: Interaction, name: str, when: _When, *, hangs_up: bool) -> Iterator[Event]:
        one = self._calls.get((interaction.operation.service, name))
        if one is None:
            short = short_name(name)
            if short not in self._unknown:
                self._unknown.add(short)
                words = f"{operation_name(interaction.operation)} for call {short}, which did not begin here"
                yield warning("unknown_call", words, call=short)
            return
        if interaction.response is None or not result_of(interaction).ok:
            return
        if not hangs_up:
            yield from self._polled(one, interaction, interaction.response, when)
        elif not one.over:
            yield self._over(one, _slim(interaction, when), hung_up=True)

    def _polled(self, one: _Call, interaction: Interaction, response: Response, when: _When) -> Iterator[Event]:
        began, ended = when
        if one.seen_over_at is not None:
            if began > one.seen_over_at and not one.polled_on:
                one.polled_on = True
                words = f"{operation_name(interaction.operation)} for call {one.name}, after a poll has seen it end"
                yield warning("poll_after_end", words, call=one.name)
            return
        found = response.fields
        if found == one.last:
            return
        one.last, slim = found, _slim(interaction, when)
        if any(state.state == ENDED for state in calls([slim])[0].states):
            one.seen_over_at = ended
            if not one.over:
                yield self._over(one, slim, hung_up=False)
        elif not one.over:
            one.kept.append(slim)

    def _over(self, one: _Call, last: Interaction, *, hung_up: bool) -> Event:
        [call] = calls([*one.kept, last])
        one.over, one.kept = True, []
        words, facts = _told(call, last.at, hung_up=hung_up)
        return self._ended(one.title(), words, call=one.name, dial=one.dialled, **facts)

    def _ended(self, title: str, words: str, **facts: object) -> Event:
        text = escape(f"{title}  {words}")
        self._finished.append(text)
        return Event(kind="call", text=text, facts={**facts, "ended": words})

    def _busy(self, interaction: Interaction, response: Response) -> tuple[Event]:
        self._throttled += 1
        said, seconds = asks_to_wait(response)
        wait = "" if seconds is None else f", and asks to wait {seconds:.1f} s"
        name = operation_name(interaction.operation)
        words = f"the server throttles the client: {said} for {name}{wait} ({self._throttled} so far)"
        return (warning("throttled", words, operation=name, back_off=seconds, count=self._throttled),)


def warning(what: str, words: str, **facts: object) -> Event:
    """A warning, under a stable name, in words and with its facts."""
    return Event(kind="warning", text=escape(words), facts={"warning": what, **facts})


def _left_open(one: _Call) -> Event:
    words = f"{one.title()}  left open: neither hung up nor seen to end"
    return warning("call_left_open", words, call=one.name, dial=one.dialled)


def _title(name: str, number: str) -> str:
    return "  ".join(filter(None, (f"call {name}" if name else "call", f"dialled {number}" if number else "")))


def _standing(one: _Call) -> str:
    states = calls(one.kept)[0].states
    return f"under way: {escape(str(states[-1]))}" if states else "under way"


def _told(call: Call, ended_at: float, *, hung_up: bool) -> tuple[str, dict[str, object]]:
    """How a call went, in words and as data: when it was connected, how long, how it ended and why."""
    connected = next((state for state in call.states if state.state == "Connected"), None)
    end = State(at=ended_at, state=ENDED) if hung_up else call.states[-1]
    how = "hung up by the client" if hung_up else call.ended
    why = " ".join(filter(None, (end.cause, f"({end.sip_code} {end.sip_text}".rstrip() + ")" if end.sip_code else "")))
    lasted = ended_at - call.started_at
    if connected is None:
        said = f"{how} after {_span(lasted)}, not connected"
    else:
        after, talked = connected.at - call.started_at, ended_at - connected.at
        said = f"connected after {_span(after)}, for {_span(talked)}, {how}"
    facts: dict[str, object] = {
        "connected_after": None if connected is None else round(connected.at - call.started_at, 3),
        "lasted": round(lasted, 3),
        "cause": end.cause,
        "sip_code": end.sip_code,
        "sip_text": end.sip_text,
    }
    return f"{said}: {why}" if why else said, facts


def _span(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= _SHORT else f"{seconds * 1000:.0f} ms"


_SHORT = 0.1


def _slim(interaction: Interaction, when: _When) -> Interaction:
    """The interaction as of then, without its bodies and headers."""
    response = interaction.response
    return replace(
        interaction,
        at=when[0],
        request=replace(interaction.request, headers=(), body=b""),
        response=None if response is None else replace(response, headers=(), body=b""),
    )
