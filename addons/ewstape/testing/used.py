"""A cassette in use, as tests see it: where to send requests, what came of them, and what to assert about it."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ewstape.config import Verdict
from ewstape.interaction import Interaction
from ewstape.replay import Miss
from ewstape.report.calls import Call, calls
from ewstape.report.ending import Ending
from ewstape.report.escape import escape
from ewstape.testing.background import BACKGROUND
from ewstape.testing.misses import miss_report

if TYPE_CHECKING:
    from ewstape.proxy.ports import OpenPort
    from ewstape.testing.stage import Stage

__all__ = ["UsedCassette"]

_ENDPOINT = "/EWS/Exchange.asmx"


class UsedCassette:
    """A cassette that answers clients, or is being recorded. `ewstape.use_cassette` and the fixture give it.

    Ports are opened when they are asked for. Clients may use them from any thread and any event loop.
    """

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage
        self._lock = threading.Lock()
        self._closed = False
        self._base_url = ""
        self._opened: OpenPort | None = None

    @property
    def recording(self) -> bool:
        """Whether it is being recorded, not only replayed."""
        return self._stage.recording

    # --- where clients go --------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The cassette."""
        return Path(self._stage.config.cassette)

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`: stands for the server."""
        with self._lock:
            if not self._base_url:
                self._refuse_if_closed()
                self._base_url = BACKGROUND.run(self._stage.open_url())
            return self._base_url

    @property
    def url(self) -> str:
        """The EWS endpoint: `http://127.0.0.1:PORT/EWS/Exchange.asmx`."""
        return self.base_url + _ENDPOINT

    @property
    def proxy_url(self) -> str:
        """`http://127.0.0.1:PORT`: an ordinary proxy for clients whose URL stays; they must trust `ca_file`."""
        return self._proxy().url

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that the proxy signs with, PEM."""
        return self._proxy().ca_file

    def _proxy(self) -> "OpenPort":
        with self._lock:
            if self._opened is None:
                self._refuse_if_closed()
                self._opened = BACKGROUND.run(self._stage.open_proxy())
            return self._opened

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError(f"{self.path}: the cassette is in use no more; ask for its ports before")

    # --- what came of it ---------------------------------------------------------------------------------------------

    @property
    def interactions(self) -> Sequence[Interaction]:
        """What is on the cassette."""
        return self._stage.interactions

    @property
    def requests(self) -> tuple[Interaction, ...]:
        """What clients asked since it is in use and what they were told, logons left out: their own values, decoded."""
        return self._ask(self._stage.journal.interactions)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The phone calls among `requests`, each with the states that polls found and how it ended."""
        return calls(self.requests)

    @property
    def used(self) -> tuple[int, ...]:
        """The numbers of the interactions that were served."""
        return self._ask(lambda: () if self._stage.tape is None else self._stage.tape.used)

    @property
    def unused(self) -> tuple[int, ...]:
        """The numbers of the interactions that no request asked for."""
        return self._ask(lambda: () if self._stage.tape is None else self._stage.tape.unused)

    @property
    def misses(self) -> tuple[Miss, ...]:
        """The requests that had no answer. `str` of one says why in a line, `miss_report` with all that differs."""
        return self._ask(lambda: tuple(self._stage.journal.misses))

    @property
    def ending(self) -> Ending:
        """How it went so far, in figures."""
        return self._ask(lambda: self._stage.ending)

    def rewind(self) -> None:
        """Begins the cassette again. What was asked so far, and the misses, stay."""
        if (tape := self._stage.tape) is not None:
            self._ask(tape.rewind)

    def _ask[T](self, question: Callable[[], T]) -> T:
        return question() if self._closed else BACKGROUND.call(question)

    # --- what to assert ----------------------------------------------------------------------------------------------

    def assert_no_misses(self) -> None:
        """Raises an `AssertionError` with the reports if any request had no answer."""
        if misses := self.misses:
            raise AssertionError("\n".join(line for miss in misses for line in miss_report(miss)))

    def assert_all_used(self) -> None:
        """Raises an `AssertionError` that names the interactions that no request asked for, if there are any."""
        if self.unused:
            raise AssertionError(self.unused_named())

    def unused_named(self) -> str:
        """The interactions that no request asked for, in a line."""
        names = {one.number: str(one.operation) for one in self.interactions}
        listed = ", ".join(f"#{number} {escape(names.get(number, ''))}".rstrip() for number in self.unused)
        return f"{escape(str(self.path))}: no request asked for {listed}"

    def assert_disconnected(self, call: Call | str | None = None) -> None:
        """Raises an `AssertionError` unless the call ended: hung up by the client, or found `Disconnected` by a poll.

        Args:
            call: one of `calls`, or its PhoneCallId; without it all calls count, and there must be one.
        """
        placed = self.calls
        wanted = call.id if isinstance(call, Call) else call
        meant = [one for one in placed if wanted is None or one.id == wanted]
        if not meant:
            known = ", ".join(escape(one.id) for one in placed) or "none"
            raise AssertionError(f"no call was placed{f' with id {escape(wanted)}' if wanted else ''}; calls: {known}")
        for one in meant:
            if one.ended_at is None:
                states = ", ".join(map(str, one.states)) or "never polled"
                raise AssertionError(
                    f"call {one.name or '(without id)'} was not disconnected: {escape(one.ended)}; states: "
                    f"{escape(states)}"
                )

    def problems(self) -> list[str]:
        """Why it fails by the setting `fail_on`, in lines; none if it does not."""
        verdicts, found = self._stage.config.fail_on, []
        if Verdict.MISS in verdicts:
            found += [line for miss in self.misses for line in miss_report(miss)]
        if Verdict.UNUSED in verdicts and self.unused:
            found.append(self.unused_named())
        return found

    # --- its end, for those who began it -----------------------------------------------------------------------------

    def close(self, *, keep: bool = True) -> list[str]:
        """Closes the ports and every connection; a recording becomes the cassette if `keep`. Lines of a report.

        Raises:
            EwsTapeError: what was recorded cannot be kept.
        """
        with self._lock:
            try:
                BACKGROUND.call(lambda: BACKGROUND.forget(self._stage.give_up))
                return BACKGROUND.run(self._stage.finish(keep=keep))
            finally:
                self._closed = True
