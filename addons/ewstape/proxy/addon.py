"""The mitmproxy addon: settings in, hooks out. `mitmdump -s`, the `ewstape` command and the tests all run this class.

mitmproxy neither refuses unknown `--set` names nor enforces choices, so settings are checked here, and a wrong one ends
the start with one line and a non-zero status: an error logged before the proxy runs does that, a raised one would print
a traceback.
"""

import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mitmproxy import connection, ctx, exceptions, http
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy import server_hooks
from mitmproxy.proxy.mode_specs import ProxyMode, ReverseMode

from ewstape import config as settings
from ewstape.config import Config, RecordMode
from ewstape.errors import EwsTapeError
from ewstape.proxy.recording import Recording
from ewstape.proxy.replaying import Replaying
from ewstape.proxy.session import open_session
from ewstape.redaction import redact_url

__all__ = ["EwsTape", "option_name"]

logger = logging.getLogger("ewstape")

_PREFIX = "ewstape_"
_LOOPBACK = "127.0.0.1"

# NTLM logs on a connection, which HTTP/2 does not have. A connection to the server is opened for a request, not for a
# client: never in replay, and in a recording a server that is not there is then something the client is told.
_BOTH: dict[str, Any] = {"http2": False, "http3": False, "connection_strategy": "lazy", "upstream_cert": False}
_FORCED: dict[RecordMode, dict[str, Any]] = {
    RecordMode.NONE: _BOTH,
    RecordMode.ALL: {**_BOTH, "tcp_timeout": 2100},  # a streaming subscription may be silent for half an hour
}
"""mitmproxy's own options that each mode needs, so that the user need not know them."""


def option_name(setting: str) -> str:
    """The mitmproxy option of a setting: `record_mode` is `ewstape_record_mode`."""
    return _PREFIX + setting


class EwsTape:
    """Records EWS traffic to a cassette, or answers it from one."""

    def __init__(self) -> None:
        self._session: Recording | Replaying | None = None

    @property
    def misses(self) -> int:
        """Requests so far that the tape had no answer for."""
        return self._session.misses if isinstance(self._session, Replaying) else 0

    def load(self, loader: Loader) -> None:
        """Declares an option for every setting; an empty one leaves the setting to environment and file."""
        for setting, text in settings.descriptions().items():
            loader.add_option(option_name(setting), str, "", text)
        loader.add_option(
            option_name("config"), str, "", "the configuration file (default: config.yaml of the checkout)"
        )

    def configure(self, updated: set[str]) -> None:
        """Opens the cassette as mitmproxy's options, the environment and a file say, before the proxy listens."""
        if not any(name.startswith(_PREFIX) for name in updated):
            return
        if self._session is not None:
            raise exceptions.OptionsError("ewstape: settings cannot change while it runs; start it again")
        try:
            _refuse_unknown_options()
            self.open(_read_settings())
        except EwsTapeError as error:
            logger.error("ewstape: %s", error)  # noqa: TRY400  one line for the user, never a traceback

    def open(self, config: Config) -> None:
        """Opens the cassette and sets what mitmproxy needs for it.

        Raises:
            ConfigError: a setting is wrong or contradicts another.
            CassetteError: the cassette cannot be read or written.
        """
        ctx.options.update(**_FORCED[config.record_mode], **_decrypt_only(config.hosts))
        self._session = open_session(config, upstream=_upstream(ctx.options.mode, config.hosts))

    def running(self) -> None:
        """Moves listeners that have no host of their own to loopback."""
        if not ctx.options.listen_host:
            modes = [_on_loopback(ProxyMode.parse(mode)) for mode in ctx.options.mode]
            if modes != list(ctx.options.mode):
                ctx.options.update(mode=modes)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """An exchange begins."""
        if isinstance(self._session, Recording):
            self._session.requestheaders(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """Replay answers here, so that nothing goes on to a server."""
        if flow.response or flow.error or not flow.live:
            return
        if isinstance(self._session, Replaying):
            self._session.request(flow)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Recording decides here whether an answer is streamed."""
        if isinstance(self._session, Recording):
            self._session.responseheaders(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        """Recording writes here, before the answer is released."""
        if isinstance(self._session, Recording):
            self._session.response(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        """Recording writes what became of an exchange that broke off."""
        if isinstance(self._session, Recording):
            self._session.error(flow)

    def client_disconnected(self, client: connection.Client) -> None:
        """A logon ends with its connection."""
        if isinstance(self._session, Recording):
            self._session.client_disconnected(client.id)

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Unless it records, no connection to a server is ever opened: the lock below the lock in `request`."""
        if not isinstance(self._session, Recording):
            data.server.error = "ewstape replays from a cassette and never connects to a server"

    def done(self) -> None:
        """Finishes the cassette and says what was done; ends the process with a status if it could not be written."""
        session, self._session = self._session, None
        if session is None:
            return
        logger.info("%s", session.done())
        if isinstance(session, Recording) and session.failure:
            sys.exit(session.failure.exit_status)


def _read_settings() -> Config:
    given = {name: getattr(ctx.options, option_name(name)) for name in settings.descriptions()}
    file = getattr(ctx.options, option_name("config"))
    return settings.read_config(
        Path(file).expanduser() if file else settings.checkout_file() or settings.find_file(Path.cwd()),
        os.environ,
        {name: value for name, value in given.items() if value != ""},
    )


def _refuse_unknown_options() -> None:
    """Mitmproxy keeps `--set` names that nobody declared for later, without a word."""
    settings.refuse_unknown(
        (name.removeprefix(_PREFIX) for name in ctx.options.deferred if name.startswith(_PREFIX)), "--set ewstape_..."
    )


def _decrypt_only(hosts: tuple[str, ...]) -> dict[str, Any]:
    """With hosts named, all others are tunnelled untouched: their patterns as mitmproxy's regular expressions."""
    if not hosts:
        return {}
    patterns = (re.escape(host).replace(r"\*", ".*").replace(r"\?", ".") for host in hosts)
    return {"allow_hosts": [rf"^{pattern}:\d+$" for pattern in patterns]}


def _upstream(modes: Sequence[str], hosts: tuple[str, ...]) -> str:
    """Where recorded traffic goes, for the cassette's header."""
    reversed_to = [mode.data for mode in map(ProxyMode.parse, modes) if isinstance(mode, ReverseMode)]
    return " ".join(redact_url(url) for url in reversed_to or hosts)


def _on_loopback(mode: ProxyMode) -> str:
    """The mode listening on loopback only, unless it names a host itself or has no port to listen on."""
    port = mode.listen_port(ctx.options.listen_port)
    if mode.custom_listen_host is not None or port is None:
        return mode.full_spec
    spec, _, _ = mode.full_spec.rpartition("@")
    return f"{spec or mode.full_spec}@{_LOOPBACK}:{port}"
