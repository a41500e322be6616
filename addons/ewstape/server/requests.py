"""What comes from a client, as requests: httptools parses, here its findings become values. No socket and no loop.

Whatever cannot be read on is refused, which is a request's place in the order of replies, and the last of them.
"""

import httptools

from ewstape.interaction import Response
from ewstape.server.messages import NO_TUNNEL, NO_WEBSOCKET, Received, made_request, refusal, too_large

__all__ = ["LIMIT", "Requests"]

LIMIT = 512 * 1024 * 1024
"""Bytes of a request's body; a larger one is refused."""


class Requests:
    """The requests of one connection. The methods `on_...` are called by the parser, in the order of what comes."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.ended = False
        """Nothing more is taken in: the last request, or a refusal, has been given."""
        self.expects = False
        """The client waits to be told to send the body (RFC 9110 10.1.1)."""
        self._limit = limit
        self._parser = httptools.HttpRequestParser(self)
        self._complete: list[Received] = []
        self._target = b""
        self._lines: list[tuple[bytes, bytes]] = []
        self._pieces: list[bytes] = []
        self._size = 0
        self._in_body = self._last = False
        self._owed = 0
        """Bytes of a body that the parser leaves to us, since its request offers another protocol."""

    def feed(self, data: bytes) -> list[Received]:
        """Takes in what was received, and gives the requests that are complete with it."""
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            self._refuse(refusal(400, f"This is no HTTP request: {error}"))
        complete, self._complete = self._complete, []
        return complete

    @property
    def held_back(self) -> bool:
        """Whether a head is there, and nothing of its body."""
        return self._in_body and not self._pieces

    def _feed(self, data: bytes) -> None:
        while data and not self.ended:
            if self._owed:
                piece, data = data[: self._owed], data[self._owed :]
                self._owed -= len(piece)
                self.on_body(piece)
                self.on_message_complete()
                continue
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:  # who offers h2c takes HTTP/1.1 as well
                data = data[offer.args[0] :]
            else:
                return

    def on_message_begin(self) -> None:
        """A request begins."""
        self._target, self._lines, self._pieces, self._size = b"", [], [], 0
        self._in_body = self.expects = False

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A line of the head, or a trailer after the body, which nobody needs."""
        if not self._in_body:
            self._lines.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_body = True
        length, chunked, offered = 0, False, self._parser.should_upgrade()
        self._last = not self._parser.should_keep_alive()
        for name, value in self._lines:
            match name.lower():
                case b"content-length":
                    length = int(value)
                case b"transfer-encoding":
                    chunked = True
                case b"expect":
                    self.expects = value.lower() == b"100-continue"
                case b"upgrade" if b"websocket" in value.lower():
                    self._refuse(NO_WEBSOCKET)
        if self._parser.get_method() == b"CONNECT":
            self._refuse(NO_TUNNEL)
        elif length > self._limit:
            self._refuse(too_large(self._limit))
        elif offered and chunked:  # the parser takes the chunks for the other protocol
            self._refuse(refusal(400, "An offer of another protocol goes with a body of known length only."))
        elif offered:
            self._owed = length

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self.ended:
            return
        self._pieces.append(body)
        self._size += len(body)
        if self._size > self._limit:
            self._refuse(too_large(self._limit))

    def on_message_complete(self) -> None:
        """The request is there, unless some of its body is still owed."""
        if self.ended or self._owed:
            return
        method, old = self._parser.get_method().decode("ascii"), self._parser.get_http_version() == "1.0"
        request = made_request(method, self._target, self._lines, b"".join(self._pieces))
        self._in_body, self._pieces = False, []
        self.ended = self._last or old
        self._complete.append(Received(request, head_only=method == "HEAD", whole=old, last=self.ended))

    def _refuse(self, response: Response) -> None:
        if not self.ended:
            self.ended, self._in_body = True, False
            self._complete.append(Received(response, last=True))
