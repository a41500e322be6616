"""HTTP/1.1 for the sandbox: one `Connection` serves one client connection, request after request.

The standard library reads the request line and headers; here are the bodies (counted or chunked, the interim answer to
`Expect: 100-continue`), the logon, and answers as Exchange sends them: short ones counted, long ones and streams
chunked, gzip for clients that accept it. There is no Date header: answers depend on nothing but the requests.
"""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Final, Protocol, override

from ewstape.interaction import Headers, Request, Response
from ewstape.sandbox.exchange import CONTENT_TYPE, Answer
from ewstape.sandbox.logon import Logon
from ewstape.wire.content import compress

LABEL: Final = ("X-Ewstape-Sandbox", "simulation")
"""A header of every answer, so that nobody takes the sandbox for the real thing."""

_CHUNK: Final = 1024
"""Bytes of a chunk. Longer answers are chunked, as far as the client understands that."""


class Site(Protocol):
    """What a connection needs of the server it belongs to."""

    @property
    def origin(self) -> str:
        """Scheme, host and port, for requests without a Host."""

    @property
    def gzip(self) -> bool:
        """Whether to compress for clients that accept it."""

    def new_logon(self) -> Logon:
        """The state of a new connection."""

    def intervene(self, request: Request) -> Response | None:
        """An answer instead of the server's own."""

    def answer(self, request: Request) -> Answer:
        """The server's own answer."""


class Connection(BaseHTTPRequestHandler):
    """Serves one connection in a thread of its own."""

    protocol_version = "HTTP/1.1"
    server_version = "ewstape-sandbox"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece
    site: Site

    @override
    def setup(self) -> None:
        super().setup()
        self._logon = self.site.new_logon()

    def do_POST(self) -> None:
        """Answer one request of any method."""
        try:
            body = self._read_body()
        except ValueError:
            self.send_error(400, "Bad Request")
            return
        url = self.path if "://" in self.path else self._origin() + self.path
        request = Request(method=self.command, url=url, headers=tuple(self.headers.items()), body=body)
        if intervention := self.site.intervene(request):
            self._send(intervention, compressing=False)
            return
        answer = self._logon.refuse(request) or self.site.answer(request)
        if isinstance(answer, Response):
            self._send(answer, compressing=self.site.gzip and "gzip" in self.headers.get("Accept-Encoding", ""))
        else:
            self._stream(answer)

    do_GET = do_HEAD = do_OPTIONS = do_POST  # noqa: N815  the names that http.server looks for

    def _origin(self) -> str:
        scheme, _, own_host = self.site.origin.partition("://")
        return f"{scheme}://{self.headers.get('Host', own_host)}"

    def _read_body(self) -> bytes:
        """The request's body; raises `ValueError` where its length or its chunks make no sense."""
        if self.headers.get("Transfer-Encoding", "identity").lower() == "identity":
            return self._read(int(self.headers.get("Content-Length", "0")))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self._read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            pass
        return b"".join(chunks)

    def _read(self, size: int) -> bytes:
        if size < 0:
            raise ValueError(f"negative length {size}")
        content = self.rfile.read(size)
        if len(content) < size:
            raise ConnectionAbortedError("the client left in the middle of a request")
        return content

    def _send(self, response: Response, *, compressing: bool) -> None:
        headers, body = response.headers, response.body
        if body and compressing:
            headers, body = (
                (*headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")),
                compress(body, "gzip"),
            )
        if any(name.lower() in {"content-length", "transfer-encoding"} for name, _ in headers):
            self._send_head(response.status, headers, response.reason)  # a hook's own framing, right or wrong
            self.wfile.write(body)
        elif len(response.body) > _CHUNK and self._understands_chunks:
            self._send_head(response.status, (*headers, ("Transfer-Encoding", "chunked")), response.reason)
            for at in range(0, len(body), _CHUNK):
                self._send_chunk(body[at : at + _CHUNK])
            self._send_chunk(b"")
        else:
            self._send_head(response.status, (*headers, ("Content-Length", str(len(body)))), response.reason)
            if self.command != "HEAD":
                self.wfile.write(body)

    def _stream(self, pieces: Iterator[bytes]) -> None:
        """Send each piece when it comes: as a chunk, or to an old client up to the end of the connection."""
        framing = ("Transfer-Encoding", "chunked") if self._understands_chunks else ("Connection", "close")
        self.close_connection |= not self._understands_chunks
        self._send_head(200, (("Content-Type", CONTENT_TYPE), framing))
        for piece in pieces:
            self._send_chunk(piece) if self._understands_chunks else self.wfile.write(piece)
            self.wfile.flush()
        if self._understands_chunks:
            self._send_chunk(b"")

    @property
    def _understands_chunks(self) -> bool:
        return self.request_version >= "HTTP/1.1" and self.command != "HEAD"

    def _send_chunk(self, content: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(content), content))

    def _send_head(self, status: int, headers: Headers, reason: str = "") -> None:
        self.send_response_only(status, reason or None)
        for name, value in (*headers, LABEL):
            self.send_header(name, value)
        if self.close_connection and ("Connection", "close") not in headers:
            self.send_header("Connection", "close")
        self.end_headers()

    @override
    def handle_expect_100(self) -> bool:
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    @override
    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        self.close_connection = True
        self.command = self.command or ""
        self._send_head(code, (("Content-Length", "0"),), message or "")
