"""The addon for `new_episodes`: what is on tape comes from the tape, the rest goes to the server and is appended.

The tape is what the cassette held at the start; what is recorded now is played in the next session, as VCR does it. A
request belongs to one of two worlds by the identifiers it carries: those of the tape mean nothing to the server, or
something else, so such a request is never forwarded; those that the server has just issued are not looked for on tape.

Steps of an NTLM logon always go to the server, since only its challenge can be answered for good. An operation that is
on tape is answered whether its client is logged on or not. The settings of a replay hold for what the tape is asked;
faults come before the tape is asked, so they strike what would go on to the server as well.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import override

from mitmproxy import http
from msgspec import structs

from ewstape.config import Auth, Config
from ewstape.errors import EwsTapeError, WireError
from ewstape.interaction import Interaction, Message, Request
from ewstape.operations.identifiers import kind_of, slots_of
from ewstape.player import Player
from ewstape.proxy import marking
from ewstape.proxy.flows import request_of, response_of
from ewstape.proxy.hooks import MISS, Session
from ewstape.proxy.recording import Recording
from ewstape.proxy.replaying import give
from ewstape.replay import Tape
from ewstape.replay.headers import first
from ewstape.report.ending import Ending
from ewstape.wire import ntlm_message_type, safexml
from ewstape.wire.namespaces import Element, clark_name

__all__ = ["Mixing"]


class Mixing(Session):
    """Answers from a tape what it can, and records the rest."""

    def __init__(self, config: Config, tape: Tape, recording: Recording) -> None:
        """Opens the file of misses if one is wanted; raises as `Player` does."""
        self.tape = tape
        """What the cassette held at the start."""
        self._recording = recording
        self._player = Player(structs.replace(config, auth=Auth.NONE), tape, recording.log)
        self._theirs: set[str] = set()
        """Identifiers that the server issued in this session."""

    @override
    def calls(self) -> list[str]:
        """The calls so far."""
        return self._recording.log.calls()

    @property
    def failure(self) -> EwsTapeError | None:  # type: ignore[override]  # nobody sets it
        """Why the recording had to stop, if it had to."""
        return self._recording.failure

    @property
    @override
    def failed(self) -> bool:
        """Whether the replay failed by what the settings count."""
        return self._player.failed

    @property
    def ending(self) -> Ending:
        """How the replay went so far; misses are requests that could not be forwarded either."""
        return self._player.ending

    @override
    def request(self, flow: http.HTTPFlow) -> None:
        """Answers the request, or lets it go on to the server."""
        if not self._recording.concerns(flow):
            return
        request = request_of(flow.request)
        values = frozenset(_values(request))
        if not _is_leg(request) and not values & self._theirs:
            connection, now = flow.client_conn.id, time.monotonic()
            reply = self._player.reply(request, connection, now)
            if reply.miss is None or any(map(self.tape.issued, values)):
                flow.metadata[MISS] = reply.miss
                self._player.given(reply, connection, now)
                if self._recording.marks:
                    marking.replayed(flow, reply, self._player.log.said)
                give(flow, reply)
                return
        self._recording.requestheaders(flow)

    @override
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Decides whether a server's answer is streamed."""
        self._recording.responseheaders(flow)

    @override
    def response(self, flow: http.HTTPFlow) -> Interaction | None:
        """Records a server's answer, before it is released."""
        recorded = self._recording.response(flow)
        if recorded is not None and flow.response is not None:
            # From the answer itself: what was recorded holds pseudonyms, and the client never sees those.
            self._theirs.update(_identifiers(response_of(flow.response)))
        return recorded

    @override
    def error(self, flow: http.HTTPFlow) -> None:
        """Records what became of an exchange with the server that broke off."""
        self._recording.error(flow)

    @override
    def client_disconnected(self, connection: str) -> None:
        """A connection's logon ends with it."""
        self._recording.client_disconnected(connection)

    @override
    def done(self) -> str:
        """Closes the cassette and says what was recorded and what came from the tape."""
        return "\n".join((self._recording.close(), *self._player.close()))


def _is_leg(request: Request) -> bool:
    """Whether this can only be a step of a logon: an NTLM type 1, or an operation without its body."""
    return ntlm_message_type(first(request.headers, "Authorization")) == 1 or (
        request.method == "POST" and not request.body
    )


def _identifiers(message: Message) -> Iterator[str]:
    """The identifiers in a message that a client can have from nowhere else."""
    for element in _elements(message):
        slots = slots_of(clark_name(element)) or {}
        above = element.getparent()
        parent = "" if above is None else clark_name(above)
        for attribute in slots:
            kind = kind_of(parent, clark_name(element), attribute or None)
            value = element.get(attribute) if attribute else (element.text or "").strip()
            if kind is not None and not kind.known_to_client and value:
                yield value


def _values(message: Message) -> Iterator[str]:
    """Every text and attribute value of a message."""
    for element in _elements(message):
        yield from element.attrib.values()
        if element.text and (text := element.text.strip()):
            yield text


def _elements(message: Message) -> Iterator[Element]:
    """All of a message's elements; none if it cannot be decoded."""
    with suppress(WireError):
        yield from safexml.parse(message.body, content_type=first(message.headers, "Content-Type")).iter()
