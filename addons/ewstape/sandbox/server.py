"""The sandbox as a server: listening on loopback, a thread for each connection, and a clean end.

Closing it ends every open connection and waits for their threads, so that the server is truly gone for its clients
and nothing is left behind in the process.
"""

import ssl
from collections.abc import Callable
from contextlib import suppress
from http.server import HTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from socketserver import TCPServer
from threading import Event, Thread
from typing import Any, Final, Self, override

from ewstape.errors import ConfigError
from ewstape.interaction import Request, Response
from ewstape.sandbox.connection import Connection
from ewstape.sandbox.exchange import Answer, Exchange
from ewstape.sandbox.logon import Auth, Logon

type Hook = Callable[[Request], Response | None]

_HOST: Final = "127.0.0.1"
_POLL: Final = 0.05
"""Seconds until the listening thread notices that it is to end."""
_PAUSE: Final = 0.02
"""Seconds between two envelopes of a notification stream."""
_PATIENCE: Final = 5.0
"""Seconds that closing waits for a thread."""


class Sandbox:
    """A simulated Exchange server on loopback, as a context manager or with `serve_forever`.

    Equal seeds and equal requests give equal bytes. `ewstape.sandbox.calls` lists which dial string has which outcome.

    Args:
        auth: The scheme that clients must log on with. Passwords are not checked: it is a simulation.
        user: The only user let in (without its domain); others get a final 401. `None` lets in anybody.
        seed: What all identifiers follow from.
        gzip: Whether to compress answers for clients that accept it.
        tls: The certificate chain and private key files to serve https with; `None` serves http.
        port: The port to listen on; 0 takes any that is free.
        hook: For tests: called with each request before anything else. A response it returns is the answer
            and sent as it is, with length or chunks added where its headers tell neither; if it raises
            `ConnectionAbortedError` the connection is dropped without one; if it waits, the answer is late.

    Raises:
        ConfigError: the port cannot be listened on, or the certificate cannot be loaded.
    """

    def __init__(  # noqa: PLR0913  options, all named and all with a default
        self,
        *,
        auth: Auth = "none",
        user: str | None = None,
        seed: int = 0,
        gzip: bool = True,
        tls: tuple[Path | str, Path | str] | None = None,
        port: int = 0,
        hook: Hook | None = None,
    ) -> None:
        self.gzip = gzip
        self._auth: Auth = auth
        self._user = user
        self._hook = hook
        self._ending = Event()
        self._exchange = Exchange(seed, lambda: self._ending.wait(_PAUSE))
        context = _tls_context(*tls) if tls else None
        self._listener = _Listener(port, type("_Connection", (Connection,), {"site": self}), context)
        self._thread = Thread(target=self._listener.serve_forever, args=(_POLL,), name="sandbox", daemon=True)
        self.origin = f"{'https' if tls else 'http'}://{_HOST}:{self._listener.server_port}"
        self.url = f"{self.origin}/EWS/Exchange.asmx"
        self.legacy_url = f"{self.origin}/EWS/UM2007Legacy.asmx"

    def __enter__(self) -> Self:
        """Begin to serve, in a thread of its own."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def serve_forever(self) -> None:
        """Serve until `stop` is called or the thread is interrupted."""
        with self:
            self._ending.wait()

    def stop(self) -> None:
        """End `serve_forever`. May be called from another thread or from a signal handler."""
        self._ending.set()

    def close(self) -> None:
        """Stop listening and end all connections. May be called again."""
        self._ending.set()
        if self._thread.is_alive():
            self._listener.shutdown()
            self._thread.join()
        self._listener.close()

    def new_logon(self) -> Logon:
        """What a new connection has shown so far: nothing."""
        return Logon(self._auth, self._user)

    def intervene(self, request: Request) -> Response | None:
        """What the hook says to a request."""
        return self._hook(request) if self._hook else None

    def answer(self, request: Request) -> Answer:
        """What the simulated server says to a request that was let in."""
        return self._exchange.answer(request)


class _Listener(HTTPServer):
    """Accepts connections and knows those that are open."""

    request_queue_size = 128

    def __init__(self, port: int, connection: type[Connection], context: ssl.SSLContext | None) -> None:
        self._open: dict[socket, Thread] = {}
        self._context = context
        try:
            super().__init__((_HOST, port), connection)
        except (OSError, OverflowError) as error:
            raise ConfigError(f"cannot listen on {_HOST}:{port}: {error}; choose another port") from None

    @override
    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks the name service who we are
        self.server_name, self.server_port = _HOST, self.server_address[1]

    @override
    def get_request(self) -> tuple[socket, Any]:
        client, address = super().get_request()
        if self._context:
            # The handshake happens at the first read, in the connection's own thread.
            client = self._context.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        return client, address

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        thread = Thread(target=self._serve, args=(request, client_address), name="sandbox connection", daemon=True)
        self._open[request] = thread
        thread.start()

    def _serve(self, connection: socket, address: object) -> None:
        try:
            self.finish_request(connection, address)
        except OSError:
            pass  # the client left, or was made to leave
        finally:
            self.shutdown_request(connection)
            self._open.pop(connection, None)

    def close(self) -> None:
        """Close the listening socket and every connection, and wait for their threads."""
        self.server_close()
        connections = list(self._open.items())
        for connection, _ in connections:
            with suppress(OSError):
                socket.shutdown(connection, SHUT_RDWR)  # not SSLSocket's own: its thread may be reading from it
        for _, thread in connections:
            thread.join(_PATIENCE)


def _tls_context(certificate: Path | str, key: Path | str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # an SSLError is one as well
        raise ConfigError(
            f"cannot load the certificate {str(certificate)!r} with the key {str(key)!r}: {error}"
        ) from None
    return context
