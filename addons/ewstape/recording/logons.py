"""Tells the steps of a logon from the operation they serve.

One EWS call may be one to three HTTP exchanges: a challenge, an NTLM type 1 with or without the body, the real thing;
and after NTLM the connection itself is logged on, so that later requests carry no Authorization at all (RFC 4559;
observed legs: exchangelib and requests_ntlm repeat the full body, curl and the EWS Managed API send an empty one).
What a request is can be told from itself and its answer alone; only the scheme of a connection has to be remembered.
"""

from dataclasses import dataclass, field

from ewstape.interaction import Headers, Request, Response
from ewstape.wire.auth import ntlm_message_type, scheme_of

_UNAUTHORIZED = 401
_CONNECTION_BOUND = frozenset({"ntlm", "negotiate"})


@dataclass(frozen=True, slots=True)
class Logon:
    """How the client of an operation was logged on."""

    scheme: str = ""
    """`Basic`, `NTLM`, ...; empty if no logon was seen on this connection."""
    failed: bool = False
    """The server refused the credentials for good."""


@dataclass(slots=True)
class Logons:
    """The logons of all client connections."""

    legs: int = 0
    """Exchanges so far that were only a step of a logon."""
    _schemes: dict[str, str] = field(default_factory=dict)

    def judge(self, connection: str, request: Request, response: Response | None) -> Logon | None:
        """How the operation was logged on, or `None` if the exchange was only a step on the way there.

        Args:
            connection: identifies the client's connection; NTLM and Negotiate log on the connection.
            request: with its authentication headers still in place.
            response: likewise; `None` if there was none.
        """
        sent = _header(request.headers, "authorization")
        if response is not None and _is_leg(request, sent, response):
            self.legs += 1
            return None
        if not sent:
            return Logon(self._schemes.get(connection, ""))
        scheme = scheme_of(sent)
        failed = response is not None and response.status == _UNAUTHORIZED
        if scheme.lower() in _CONNECTION_BOUND and not failed:
            self._schemes[connection] = scheme
        return Logon(scheme, failed)

    def forget(self, connection: str) -> None:
        """The client closed this connection."""
        self._schemes.pop(connection, None)


def _is_leg(request: Request, sent: str, response: Response) -> bool:
    first_ntlm = ntlm_message_type(sent) == 1
    if response.status != _UNAUTHORIZED:
        # A server may accept the empty-bodied first leg outright; the client then sends the body.
        return first_ntlm and not request.body and request.method == "POST"
    return not sent or first_ntlm or _goes_on(scheme_of(sent), response)


def _goes_on(scheme: str, response: Response) -> bool:
    """Whether a 401 carries a token for the same scheme: a further round of NTLM or Kerberos, not a refusal."""
    offers = (value.split() for name, value in response.headers if name.lower() == "www-authenticate")
    return any(len(words) > 1 and words[0].lower() == scheme.lower() in _CONNECTION_BOUND for words in offers)


def _header(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")
