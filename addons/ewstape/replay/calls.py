"""The phone calls that a client has on a tape: by the ids that it knows, which may not be the recorded ones.

A recorded call that is played again gets its recorded id again once the client has seen the earlier one end; while that
is up, the new one gets an id derived from it. Ids that no call had are kept apart: one wrong id is as good as another.
"""

from ewstape.interaction import Service
from ewstape.operations.identifiers import PHONE_CALL_ID
from ewstape.replay.canonical import Canonical
from ewstape.replay.index import Call, Index
from ewstape.replay.instances import Instance, Pace, Repeat, Thread, derived_call_id


class Calls:
    """The instances of recorded calls, and the mailbox, as far as the client has come in each."""

    def __init__(self, index: Index, pace: Pace, repeat: Repeat) -> None:
        self._index = index
        self._pace: Pace = pace
        self._repeat: Repeat = repeat
        self._instances: dict[Call, Instance] = {}
        """By the id that the client knows a call by, its latest instance."""
        self._strangers: set[Call] = set()
        """The ids of the client that no call had."""
        self.rewind()

    def rewind(self) -> None:
        """Begin again: only the calls that were up when the recording began are there."""
        self._strangers.clear()
        self.mailbox = self._instance(self._index.mailbox)
        self._instances = {call: self._instance(thread, call[1]) for call, thread in self._index.placed_before.items()}

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
        call, number = (service, recorded), 1
        while self._is_taken(call) or (number > 1 and self._index.holds(PHONE_CALL_ID, call[1])):
            number += 1
            call = service, derived_call_id(recorded, number)
        instance = self._instances[call] = self._instance(thread, call[1], now)
        return instance

    def find(self, live: Call, recorded: str) -> Instance | None:
        """The call that a request is about which stands for a recorded one; `None` if it is not placed yet."""
        instance = self._instances.get(live)
        return instance or (None if live[1] == recorded else self._instances.get((live[0], recorded)))

    def learn(self, live: Call, instance: Instance) -> None:
        """Remember the id by which the client knows a call that it did not place here."""
        if live not in self._instances:
            self._instances[live] = instance
            instance.live_call = live[1]
            if instance.thread.unknown:
                self._strangers.add(live)

    def forget_strangers(self) -> None:
        """Let wrong ids be wrong anew: a call that is played again is another run of the client."""
        for call in self._strangers:
            del self._instances[call]
        self._strangers.clear()
        unknown = ((call, thread) for call, thread in self._index.placed_before.items() if thread.unknown)
        self._instances.update({call: self._instance(thread, call[1]) for call, thread in unknown})

    def derived(self, value: str) -> bool:
        """Whether a call here has this id, and none did when it was recorded."""
        return any(
            call[1] == value != instance.thread.call and call not in self._strangers
            for call, instance in self._instances.items()
        )

    def _is_taken(self, call: Call) -> bool:
        return call in self._instances and not self._instances[call].ended

    def _instance(self, thread: Thread, live_call: str | None = None, since: float | None = None) -> Instance:
        return Instance(thread, self._index.offsets, self._pace, self._repeat, live_call, since)
