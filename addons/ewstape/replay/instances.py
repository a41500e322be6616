"""One time through what was recorded of a phone call or of the mailbox: where the client stands in it.

The writes of a thread cut it into phases, and a read is answered from the phase that the client has reached, so that
one poll or fifty before DisconnectPhoneCall see the call ringing and never its end. No write is answered twice.
"""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal
from uuid import UUID

from ewstape.replay.index import Index, Rank, Thread
from ewstape.replay.miss import Reason

type Pace = Literal["poll", "recorded"]
"""What moves a client from one recorded answer to the next: asking, or time as it passed when this was recorded."""

type Repeat = Literal["last", "error"]
"""What a read gets once all answers of its phase were given, at the pace of polls."""


@dataclass(slots=True, eq=False)
class Instance:
    """A thread being played: the phase reached, and how far each sequence of answers has been walked."""

    index: Index
    thread: Thread
    pace: Pace
    repeat: Repeat
    live_call: str | None = None
    """The PhoneCallId that the client knows the call by."""
    since: float | None = None
    """When the client entered the phase, in its front's seconds."""
    copy: int = 0
    """Which instance of its call it is, for one that was begun here: 1 has the recorded id."""
    phase: int = 0
    """0 comes before the first write."""
    ended: bool = False
    """Whether the client knows that the call is over."""
    _read: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    _written: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def is_ahead(self, group: int) -> bool:
        """Whether a read was recorded in later phases only."""
        reads = self.index.answers(group, self.thread)[1]
        return len(reads) > 0 and self.index.phase[reads[0]] > self.phase

    def answer(self, group: int, now: float) -> Rank | Reason:
        """The next answer to a request, which is thereby given."""
        if self.since is None:
            self.since = now
        writes, reads = self.index.answers(group, self.thread)
        if writes:
            return self._write(writes, group, now)
        if reads:
            return self._look(reads, group, now - self.since)
        return Reason.OTHER_PHASE

    def _write(self, recorded: Sequence[Rank], group: int, now: float) -> Rank | Reason:
        if self._written[group] == len(recorded):
            return Reason.USED_UP
        rank = recorded[self._written[group]]
        self._written[group] += 1
        phase = self.index.phase[rank]
        # Writes may come in another order than recorded; that does not undo what was reached.
        if phase > self.phase:
            self.phase, self.since = phase, now
        return rank

    def _look(self, recorded: Sequence[Rank], group: int, elapsed: float) -> Rank | Reason:
        phase_of = self.index.phase.__getitem__
        start = bisect_left(recorded, self.phase, key=phase_of)
        end = bisect_right(recorded, self.phase, start, key=phase_of)
        if start < end:
            return self._walk(recorded[start:end], group, self.phase, elapsed)
        if self.thread.call is not None:
            return Reason.OTHER_PHASE  # a ringing call must not be answered with how it ended, nor the other way about
        # Most of a mailbox is untouched by any one write: what was last seen before it still holds.
        found = recorded[max(start - 1, 0)]
        return self._walk((found,), group, ~phase_of(found), elapsed)

    def _walk(self, answers: Sequence[Rank], group: int, phase: int, elapsed: float) -> Rank | Reason:
        """The answer of this phase that is due: the next, or the one of this time; its last again after that."""
        if self.pace == "recorded" and phase >= 0:
            began, due = self.index.began(self.thread, phase), self.index.due
            return answers[max(bisect_right(answers, elapsed, key=lambda rank: due[rank] - began) - 1, 0)]
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
