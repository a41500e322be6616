"""mitmproxy's filter expressions, asked of recorded interactions.

Each interaction is made into a flow that mitmproxy's own filter looks at; nothing is ever sent.
"""

from collections.abc import Callable

from mitmproxy import connection, flow, flowfilter, http

from ewstape.errors import ConfigError
from ewstape.interaction import Interaction, Request
from ewstape.proxy.flows import to_mitmproxy

__all__ = ["flow_of", "matching"]

_NOWHERE = ("127.0.0.1", 0)


def matching(expression: str) -> Callable[[Interaction], bool]:
    """The test that a filter expression stands for, such as `~c 500 & ~bs ErrorServerBusy`.

    Raises:
        ConfigError: it is no filter expression.
    """
    try:
        wanted = flowfilter.parse(expression)
    except ValueError as error:
        raise ConfigError(f"--filter: {error}; mitmproxy's documentation lists its filter expressions") from None
    return lambda interaction: bool(wanted(flow_of(interaction)))


def flow_of(interaction: Interaction) -> http.HTTPFlow:
    """An interaction as the flow that it may have been recorded from; `~marked` finds nothing, and times begin at 0."""
    made = http.HTTPFlow(connection.Client(peername=_NOWHERE, sockname=_NOWHERE), connection.Server(address=None))
    made.request = _request(interaction.request)
    made.request.timestamp_start = interaction.at
    if interaction.response is not None:
        made.response = to_mitmproxy(interaction.response)
    if interaction.error:
        made.error = flow.Error(interaction.error)
    made.comment = str(interaction.operation)
    return made


def _request(request: Request) -> http.Request:
    fields = http.Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers])
    try:
        made = http.Request.make(request.method, request.url, headers=fields)
    except ValueError:  # a port that is none, say
        made = http.Request.make(request.method, "http://ewstape.invalid/", headers=fields)
        made.path = request.url
    made.raw_content = request.body  # `content` would apply the Content-Encoding a second time
    return made
