"""One time through what was recorded of a phone call or of the mailbox: where the client stands in it.

The writes of a thread cut it into phases, and a read is answered from the phase that the client has reached, so that
one poll or fifty before DisconnectPhoneCall see the call ringing and never its end. No write is answered twice.
"""

import base64
import binascii
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal
from uuid import UUID

from ewstape.replay.miss import Reason

type Position = int
"""Where an interaction stands in the sequence that the tape was made from."""

type Pace = Literal["poll", "recorded"]
"""What moves a client from one recorded answer to the next: asking, or time as it passed when this was recorded."""

type Repeat = Literal["last", "error"]
"""What a read gets once all answers of its phase were given, at the pace of polls."""


@dataclass(slots=True, eq=False)
class Thread:
    """What was recorded of one phone call or of the mailbox. Phase 0 comes before its first write."""

    call: str | None = None
    """The recorded PhoneCallId; `None` for the mailbox."""
    began: list[float] = field(default_factory=lambda: [0.0])
    """When each phase began, in seconds from the beginning of the recording."""
    unknown: bool = False
    """Every answer says that there is no such call."""
    reads: dict[int, dict[int, list[Position]]] = field(default_factory=dict)
    """By request and phase, the answers in the order of recording."""
    writes: dict[int, list[tuple[int, Position]]] = field(default_factory=dict)
    """By request, the phase that the write leads to, and the write."""

    def add(self, group: int, position: Position, at: float, *, write: bool) -> None:
        """Add an interaction; they come in the order of their starts."""
        if write:
            self.began.append(at)
            self.writes.setdefault(group, []).append((len(self.began) - 1, position))
        else:
            self.reads.setdefault(group, {}).setdefault(len(self.began) - 1, []).append(position)


@dataclass(slots=True, eq=False)
class Instance:
    """A thread being played: the phase reached, and how far each sequence of answers has been walked."""

    thread: Thread
    offsets: list[float]
    """When each interaction was recorded; by position, in seconds."""
    pace: Pace
    repeat: Repeat
    live_call: str | None = None
    """The PhoneCallId that the client knows the call by."""
    since: float | None = None
    """When the client entered the phase, in its front's seconds."""
    phase: int = 0
    ended: bool = False
    """Whether the client knows that the call is over."""
    _read: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    _written: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def is_ahead(self, group: int) -> bool:
        """Whether a read was recorded in later phases only."""
        phases = self.thread.reads.get(group)
        return phases is not None and next(iter(phases)) > self.phase

    def answer(self, group: int, now: float) -> Position | Reason:
        """The next answer to a request, which is thereby given."""
        if self.since is None:
            self.since = now
        if group in self.thread.writes:
            return self._write(self.thread.writes[group], group, now)
        if group in self.thread.reads:
            return self._look(self.thread.reads[group], group, now - self.since)
        return Reason.OTHER_PHASE

    def _write(self, recorded: list[tuple[int, Position]], group: int, now: float) -> Position | Reason:
        if self._written[group] == len(recorded):
            return Reason.USED_UP
        phase, position = recorded[self._written[group]]
        self._written[group] += 1
        # Writes may come in another order than recorded; that does not undo what was reached.
        if phase > self.phase:
            self.phase, self.since = phase, now
        return position

    def _look(self, recorded: dict[int, list[Position]], group: int, elapsed: float) -> Position | Reason:
        if self.phase in recorded:
            return self._walk(recorded[self.phase], group, self.phase, elapsed)
        if self.thread.call is not None:
            return Reason.OTHER_PHASE  # a ringing call must not be answered with how it ended, nor the other way about
        # Most of a mailbox is untouched by any one write: what was last seen before it still holds.
        earlier = max((phase for phase in recorded if phase < self.phase), default=None)
        phase, answers = (
            (min(recorded), recorded[min(recorded)][:1]) if earlier is None else (earlier, recorded[earlier][-1:])
        )
        return self._walk(answers, group, ~phase, elapsed)

    def _walk(self, answers: list[Position], group: int, phase: int, elapsed: float) -> Position | Reason:
        """The answer of this phase that is due: the next, or the one of this time; its last again after that."""
        if self.pace == "recorded" and phase >= 0:
            began = self.thread.began[phase]
            due = [position for position in answers if self.offsets[position] - began <= elapsed]
            return due[-1] if due else answers[0]
        index = self._read[group, phase]
        if index == len(answers):
            if self.repeat == "error":
                return Reason.USED_UP
            return answers[-1]
        self._read[group, phase] = index + 1
        return answers[index]


def derived_call_id(recorded: str, number: int) -> str:
    """An id for a further instance of a call, equal in every run: base64 if the recorded one is, and naming nobody."""
    digest = blake2b(f"{recorded}\0{number}".encode(), digest_size=16).digest()
    try:
        base64.b64decode(recorded, validate=True)
    except (binascii.Error, ValueError):
        return f"{recorded}-{number}"
    return base64.b64encode(f"{UUID(bytes=digest, version=4)}@replay.example.com".encode()).decode("ascii")
