"""The live log: a line per interaction as it completes, what it means for its call, and what is odd about it.

Recording and both fronts of replay write it through here, in the words of `ewstape.report`, as text or as JSON lines.
A recorded interaction comes redacted. Of a replayed one only what is on the tape is shown, and of the client's own
values none but the id of the call, as a hash.
"""

import json
import logging
from collections.abc import Sequence

from ewstape.config import LogFormat
from ewstape.interaction import Interaction
from ewstape.operations import lookup
from ewstape.replay import Reply
from ewstape.report.decoded import decoded
from ewstape.report.line import json_line, line
from ewstape.report.live import Event, Live, warning

__all__ = ["LiveLog", "reply_line"]

logger = logging.getLogger("ewstape")

_OK, _UNAUTHORIZED = 200, 401
_LEVELS = {"call": logging.INFO, "warning": logging.WARNING}


class LiveLog:
    """Writes what happens to the log, and remembers the calls."""

    def __init__(self, log_format: LogFormat) -> None:
        self._json = log_format is LogFormat.JSON
        self._live = Live()
        self._untrusted = False
        self.said: Sequence[Event] = ()
        """What was said beside the latest line."""

    def recorded(self, interaction: Interaction, connection: str) -> None:
        """An interaction was recorded."""
        if logger.isEnabledFor(logging.INFO):
            logger.info(json_line(interaction) if self._json else line(interaction))
        self._say(self._live.add(interaction, connection))

    def replayed(self, reply: Reply, connection: str, now: float) -> None:
        """A request was answered.

        Args:
            reply: the answer.
            connection: identifies the client's connection.
            now: seconds on a clock that only goes forward.
        """
        level = logging.INFO if reply.miss is None and reply.fault is None else logging.WARNING
        if logger.isEnabledFor(level):
            logger.log(level, reply_line(reply, as_json=self._json))
        recorded = reply.recorded
        if recorded is not None:
            self._say(self._live.add(_with_fields(recorded), connection, call=reply.call, at=now))
        elif reply.response.status == _UNAUTHORIZED and reply.fault is None:
            self.challenged(connection)
        else:
            self.said = ()

    def challenged(self, connection: str) -> None:
        """The server has answered a step of a logon."""
        self._say(self._live.challenged(connection))

    def untrusted(self) -> None:
        """The server's certificate could not be checked; the way out is said once."""
        if not self._untrusted:
            self._untrusted = True
            words = "the server's certificate is not trusted; name the authority that issued it with --upstream-ca FILE"
            self._say((warning("untrusted_server", words),))

    def closed(self, connection: str) -> None:
        """A client's connection has ended."""
        self._live.forget(connection)

    def end(self) -> None:
        """Nothing more comes."""
        self._say(self._live.end())

    def calls(self) -> list[str]:
        """The calls so far, a line each."""
        return self._live.lines()

    def _say(self, events: Sequence[Event]) -> None:
        self.said = events
        for event in events:
            logger.log(_LEVELS[event.kind], event.json_line if self._json else event.line)


def reply_line(reply: Reply, *, as_json: bool) -> str:
    """The line for a reply; without values of the client."""
    if not as_json:
        return reply.note
    facts = {"event": "interaction", "note": reply.note, "interaction": reply.interaction}
    facts |= {"status": reply.response.status, "miss": reply.miss is not None, "fault": reply.fault}
    return json.dumps({key: value for key, value in facts.items() if value is not None})


def _with_fields(recorded: Interaction) -> Interaction:
    """The interaction with its decoded fields, unless nothing depends on them."""
    request, response = recorded.request, recorded.response
    if request.fields and (response is None or response.fields):
        return recorded
    spec = lookup(recorded.operation)
    concerns_call = spec is not None and spec.call_id_field
    return decoded(recorded) if concerns_call or (response is not None and response.status != _OK) else recorded
