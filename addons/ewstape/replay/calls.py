"""The phone calls that a client has on a tape: by the ids that it knows, which may not be the recorded ones.

A recorded call that is played again gets its recorded id again once the client has seen the earlier one end; while that
is up, the new one gets an id derived from it. Ids that no call had are kept apart: one wrong id is as good as another.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush

from ewstape.interaction import Service
from ewstape.operations.identifiers import PHONE_CALL_ID
from ewstape.replay.canonical import Canonical
from ewstape.replay.index import Call, Index, Thread
from ewstape.replay.instances import Instance, Pace, Repeat, derived_call_id


@dataclass(slots=True)
class _Copies:
    """Which instances of a recorded call there are, by number: the lowest that is free comes next."""

    most: int = 0
    free: list[int] = field(default_factory=list)
    """Lower numbers that no instance has, as a heap."""

    def next(self) -> int:
        """Take the lowest number."""
        if self.free:
            return heappop(self.free)
        self.most += 1
        return self.most


class Calls:
    """The instances of recorded calls, and the mailbox, as far as the client has come in each."""

    def __init__(self, index: Index, pace: Pace, repeat: Repeat) -> None:
        self._index = index
        self._pace: Pace = pace
        self._repeat: Repeat = repeat
        self._instances: dict[Call, Instance] = {}
        """By the id that the client knows a call by, its latest instance; those from before once they are asked for."""
        self._copies: dict[Call, _Copies] = {}
        """By the recorded id."""
        self._strangers: set[Call] = set()
        """The ids of the client that no call had."""
        self._unknown: set[Call] = set()
        """The same of the recording, as far as they were asked for."""
        self.rewind()

    def rewind(self) -> None:
        """Begin again: only the calls that were up when the recording began are there."""
        self._instances.clear()
        self._copies.clear()
        self._strangers.clear()
        self._unknown.clear()
        self.mailbox = self._instance(self._index.mailbox)

    def move_to(self, index: Index) -> None:
        """Go on with the index of the same recording, which has grown."""
        self._index = index
        for instance in (self.mailbox, *self._instances.values()):
            instance.index = index

    def recorded_id(self, call: Call) -> str:
        """The recorded id of a call that the client knows by this one; the same one if it is not known."""
        instance = self._instances.get(call)
        return call[1] if instance is None or instance.thread.call is None else instance.thread.call

    def recognised(self, asked: Canonical, call: Call | None) -> Canonical:
        """A request about `call` with the recorded id of it."""
        if call is None or (recorded := self.recorded_id(call)) == call[1]:
            return asked
        pairs = zip(asked.kinds, asked.values, strict=True)
        values = tuple(recorded if kind is PHONE_CALL_ID else value for kind, value in pairs)
        return Canonical(asked.key, asked.kinds, values)

    def begin(self, service: Service, thread: Thread, recorded: str, now: float) -> Instance:
        """A new instance of a recorded call."""
        copies, taken = self._copies.setdefault((service, recorded), _Copies()), list[int]()
        while True:
            number = copies.next()
            live = recorded if number == 1 else derived_call_id(recorded, number)
            if self._is_taken((service, live)):
                taken.append(number)  # by a call of another origin
            elif number == 1 or not self._index.holds(PHONE_CALL_ID, live):
                break
        for other in taken:
            heappush(copies.free, other)
        instance = self._instances[service, live] = self._instance(thread, live, now)
        instance.copy = number
        return instance

    def find(self, live: Call, recorded: str) -> Instance | None:
        """The call that a request is about which stands for a recorded one; `None` if it is not placed yet."""
        instance = self._get(live)
        return instance or (None if live[1] == recorded else self._get((live[0], recorded)))

    def end(self, service: Service, instance: Instance) -> None:
        """The client knows that a call is over: its id may be given to the next instance."""
        if not instance.ended and instance.copy and instance.thread.call is not None:
            heappush(self._copies[service, instance.thread.call].free, instance.copy)
        instance.ended = True

    def learn(self, live: Call, instance: Instance) -> None:
        """Remember the id by which the client knows a call that it did not place here."""
        if live not in self._instances:
            self._instances[live] = instance
            instance.live_call = live[1]
            if instance.thread.unknown:
                self._strangers.add(live)

    def forget_strangers(self) -> None:
        """Let wrong ids be wrong anew: a call that is played again is another run of the client."""
        for call in self._strangers | self._unknown:
            del self._instances[call]
        self._strangers.clear()
        self._unknown.clear()

    def derived(self, value: str) -> bool:
        """Whether a call here has this id, and none did when it was recorded."""
        return any(
            (instance := self._instances.get((service, value))) is not None
            and instance.thread.call != value
            and (service, value) not in self._strangers
            for service in Service
        )

    def _get(self, call: Call) -> Instance | None:
        instance = self._instances.get(call)
        if instance is None and (thread := self._index.placed_before(call)) is not None:
            instance = self._instances[call] = self._instance(thread, call[1])
            if thread.unknown:
                self._unknown.add(call)
        return instance

    def _is_taken(self, call: Call) -> bool:
        instance = self._get(call)
        return instance is not None and not instance.ended

    def _instance(self, thread: Thread, live_call: str | None = None, since: float | None = None) -> Instance:
        return Instance(self._index, thread, self._pace, self._repeat, live_call, since)
