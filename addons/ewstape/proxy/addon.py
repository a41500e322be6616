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
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from mitmproxy import command, connection, ctx, exceptions, flow, types
from mitmproxy.addonmanager import Loader
from mitmproxy.log import ALERT
from mitmproxy.proxy.mode_specs import ProxyMode, ReverseMode

from ewstape import config as settings
from ewstape.config import Config, RecordMode
from ewstape.errors import MISSED, ConfigError, EwsTapeError
from ewstape.proxy import lock
from ewstape.proxy.hooks import Hooks

__all__ = ["ALWAYS", "RECORDING", "EwsTape", "decrypt_only", "option_name"]

logger = logging.getLogger("ewstape")

_PREFIX = "ewstape_"
_LOOPBACK = "127.0.0.1"

# NTLM logs on a connection, which HTTP/2 does not have. A connection to the server is opened for a request, not for a
# client: never in replay, and in a recording a server that is not there is then something the client is told. A request
# that is streamed would be gone before it can be read.
ALWAYS: dict[str, Any] = {
    "http2": False,
    "http3": False,
    "connection_strategy": "lazy",
    "upstream_cert": False,
    "stream_large_bodies": None,
}
"""mitmproxy's own options that ewstape needs, so that the user need not know them."""
RECORDING: dict[str, Any] = {"tcp_timeout": 2100}
"""A streaming subscription may be silent for half an hour."""
_VIEW = "view"
_SHOWING: dict[str, Any] = {"store_streamed_bodies": True}
"""Where flows are shown, streamed answers can be looked at and saved as well."""
_SHOW_FLOWS = ("dumper", _VIEW)
"""mitmproxy's addons, one of which is in each of its programs."""

_LEVELS = {"error": logging.ERROR, "warn": logging.WARNING}
"""By mitmproxy's `termlog_verbosity`, what is not shown; `mitmdump -q` is `error`."""


def option_name(setting: str) -> str:
    """The mitmproxy option of a setting: `record_mode` is `ewstape_record_mode`."""
    return _PREFIX + setting


class EwsTape(Hooks):
    """Records EWS traffic to a cassette, or answers it from one."""

    def __init__(self) -> None:
        super().__init__()
        self._config = Config()
        self._lock = lock.Lock()
        self._shown = False
        """Whether this program shows messages to people."""
        self._status = _Status()

    def load(self, loader: Loader) -> None:
        """Declares an option for every setting; an empty one leaves the setting to environment and file."""
        self._lock = lock.install()
        for setting, text in settings.descriptions().items():
            loader.add_option(option_name(setting), str, "", text)
        loader.add_option(
            option_name("config"), str, "", "the configuration file (default: config.yaml of the checkout)"
        )
        self._shown = any(ctx.master.addons.get(name) is not None for name in _SHOW_FLOWS)  # an empty view is false
        if self._shown:
            from mitmproxy import contentviews

            from ewstape.proxy.contentview import EwsContentview

            contentviews.add(EwsContentview)

    def configure(self, updated: set[str]) -> None:
        """Opens the cassette as mitmproxy's options, the environment and a file say, before the proxy listens."""
        if not any(name.startswith(_PREFIX) for name in updated):
            return
        if self.session is not None:
            raise exceptions.OptionsError("ewstape: settings cannot change while it runs; start it again")
        if (shown := _LEVELS.get(getattr(ctx.options, "termlog_verbosity", ""))) is not None:
            logger.setLevel(shown)  # mitmproxy makes an event for all addons even of a line that nobody is shown
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
        from ewstape.proxy.session import open_session
        from ewstape.redaction import redact_url

        targets = _targets(ctx.options.mode)
        forced = ALWAYS
        if config.record_mode is not RecordMode.NONE:
            forced = ALWAYS | RECORDING | decrypt_only(config.hosts, targets)
        if self._shown:
            forced = forced | _SHOWING
        try:
            ctx.options.update(**forced)
        except exceptions.OptionsError as error:
            raise ConfigError(str(error)) from None
        upstream = " ".join(redact_url(url) for url in targets or config.hosts)
        self.session = open_session(config, upstream=upstream, marks=_keeps_flows())
        self._config = config
        self._lock.way = lock.Way.OPEN if self.session.forwards else lock.Way.REPLAY

    def running(self) -> None:
        """Moves listeners that have no host of their own to loopback. Now that all addons are there, adds the last."""
        known = ctx.master.addons.get(_Status.name)
        if isinstance(known, _Status):
            self._status = known
        else:
            ctx.master.addons.add(self._status)
        if not ctx.options.listen_host:
            modes = [_on_loopback(ProxyMode.parse(mode)) for mode in ctx.options.mode]
            if modes != list(ctx.options.mode):
                ctx.options.update(mode=modes)

    def client_connected(self, client: connection.Client) -> None:
        """Until a listener has been moved to loopback, refuses who comes from elsewhere."""
        everywhere = not ctx.options.listen_host and _on_loopback(client.proxy_mode) != client.proxy_mode.full_spec
        if everywhere and not ip_address(client.sockname[0]).is_loopback:
            client.error = "ewstape listens on loopback only, unless mitmproxy's listen_host says otherwise"

    def done(self) -> None:
        """Finishes the cassette and says what was done."""
        self._lock.way = lock.Way.SHUT
        session, self.session = self.session, None
        if session is None:
            return
        logger.info("%s", session.done())
        if session.failure or session.failed:
            self._status.value = session.failure.exit_status if session.failure else MISSED

    @command.command("ewstape.save")  # type: ignore[untyped-decorator]  # mitmproxy's has no types
    def save(self, flows: Sequence[flow.Flow], path: types.Path) -> None:
        """Save EWS flows to a cassette, redacted as the settings say. With + before the path, go on with it."""
        from ewstape.proxy.saving import save

        file = Path(path.removeprefix("+")).expanduser()
        try:
            said = save(flows, file, self._config, append=path.startswith("+"))
        except EwsTapeError as error:
            raise exceptions.CommandError(f"ewstape: {error}") from None
        logger.log(ALERT, "%s", said)

    @command.command("ewstape.calls")  # type: ignore[untyped-decorator]
    def calls(self) -> Sequence[str]:
        """The phone calls so far: dialled, connected, how they ended."""
        return (self.session.calls() if self.session else []) or ["no phone calls yet"]


def _keeps_flows() -> bool:
    """Whether anybody will see marks and comments: mitmdump shows none, but writes them to a flow file."""
    return ctx.master.addons.get(_VIEW) is not None or bool(getattr(ctx.options, "save_stream_file", None))


class _Status:
    """Ends the process with a status, as an addon of its own: last in mitmproxy's chain, when all others are done."""

    name = "ewstape-status"

    def __init__(self) -> None:
        self.value = 0

    def done(self) -> None:
        if self.value:
            sys.exit(self.value)


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


def _targets(modes: Sequence[str]) -> tuple[str, ...]:
    """The servers that reverse proxies stand for."""
    return tuple(mode.data for mode in map(ProxyMode.parse, modes) if isinstance(mode, ReverseMode))


def decrypt_only(hosts: tuple[str, ...], targets: tuple[str, ...]) -> dict[str, Any]:
    """With hosts named, all others are tunnelled untouched: their patterns as mitmproxy's regular expressions."""
    if not hosts:
        return {}
    if targets:
        raise ConfigError("hosts: these are for an ordinary proxy; a reverse proxy has one server, and records it all")
    patterns = (re.escape(host).replace(r"\*", ".*").replace(r"\?", ".") for host in hosts)
    return {"allow_hosts": [rf"^{pattern}:\d+$" for pattern in patterns]}


def _on_loopback(mode: ProxyMode) -> str:
    """The mode listening on loopback only, unless it names a host itself or has no port to listen on."""
    port = mode.listen_port(ctx.options.listen_port)
    if mode.custom_listen_host is not None or port is None:
        return mode.full_spec
    spec, _, _ = mode.full_spec.rpartition("@")
    return f"{spec or mode.full_spec}@{_LOOPBACK}:{port}"
