"""Who is let in: the legs of a logon are answered here, and none of them ever reaches the tape.

Any credentials pass, since nothing is guarded. What counts is that a client finds the conversation that it expects: a
challenge where it waits for one, and a connection that stays logged on after NTLM (MS-NTHT 1.3). curl and the EWS
Managed API begin NTLM with an empty body, requests_ntlm and others send the whole operation on every leg, and some ask
with a GET first.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ewstape.interaction import Headers, Operation, Request, Response
from ewstape.replay.headers import first
from ewstape.replay.tape import Tape
from ewstape.wire import ntlm_challenge, ntlm_message_type, scheme_of

type Authentication = Literal["auto", "none", "basic", "ntlm"]
"""`auto`: whoever begins NTLM or Negotiate is challenged, anyone else is let in. `none`: everyone is let in.
`basic`, `ntlm`: everyone must answer such a challenge first."""

_PROBE = "ConvertId"
"""What exchangelib sends, without credentials, to be told which logon a server wants; DavMail sends a GET. The answer
was a challenge, so no tape holds it, and any other answer would end the client with "failed to get auth type"."""

_REMEMBERED = 10_000
"""Connections kept as logged on, so that a front that never tells of closed ones cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The answer to a request that is part of a logon and nothing else."""

    response: Response
    note: str


_ACCEPTED = Leg(Response(status=200), "logon: a leg without a body, accepted")


class Doorkeeper:
    """Answers the legs of logons, and remembers which connections are logged on."""

    def __init__(self, tape: Tape, authentication: Authentication) -> None:
        self._tape = tape
        self._authentication = authentication
        self._inside: OrderedDict[str, None] = OrderedDict()

    def leg(self, request: Request, connection: str) -> Leg | None:
        """The answer if the request is a leg; `None` if it is let in."""
        authorization = first(request.headers, "Authorization")
        refused = None
        match self._authentication:
            case "auto" if authorization and ntlm_message_type(authorization) == 1:
                refused = _challenge(authorization)
            case "basic" if scheme_of(authorization) != "Basic":
                refused = _wanted("Basic")
            case "ntlm":
                refused = self._ntlm(authorization, connection)
        if refused is None and not request.body and request.method == "POST":
            return _ACCEPTED  # it can be no operation; the client sends that next
        return refused

    def _ntlm(self, authorization: str, connection: str) -> Leg | None:
        scheme = scheme_of(authorization)
        if ntlm_message_type(authorization) == 1:
            self._inside.pop(connection, None)
            return _challenge(authorization)
        if ntlm_message_type(authorization) == 3 or scheme == "Negotiate":  # noqa: PLR2004  or Kerberos, in one leg
            self._inside[connection] = None
            if len(self._inside) > _REMEMBERED:
                self._inside.popitem(last=False)
            return None
        return None if not authorization and connection in self._inside else _wanted("NTLM")

    def closed(self, connection: str) -> None:
        """A connection has ended, and its logon with it."""
        self._inside.pop(connection, None)

    def probe(self, request: Request, operation: Operation) -> Leg | None:
        """The answer to a request that only looks like an operation: it asks for a logon, or is the last leg of one."""
        if self._tape.holds(operation):
            return None
        authorization = first(request.headers, "Authorization")
        knock = request.method in {"GET", "HEAD"} and urlsplit(request.url).path.lower().endswith(".asmx")
        if self._authentication == "auto" and not authorization and (knock or operation.name == _PROBE):
            return Leg(Response(status=401, headers=self.offers()), "logon: schemes offered")
        return _ACCEPTED if authorization and knock else None

    def offers(self) -> Headers:
        """The challenge to everyone: what must be answered, else the logons on tape and the simplest one."""
        match self._authentication:
            case "basic":
                return _headers(("Basic",))
            case "ntlm":
                return _headers(("NTLM",))  # clients with Kerberos would choose Negotiate, and have no ticket for us
        return _headers(dict.fromkeys((*self._tape.logons, "Basic")))


def _challenge(authorization: str) -> Leg:
    headers = (("WWW-Authenticate", ntlm_challenge(authorization)),)
    return Leg(Response(status=401, headers=headers), f"logon: {scheme_of(authorization)} challenge")


def _wanted(scheme: str) -> Leg:
    return Leg(Response(status=401, headers=_headers((scheme,))), f"logon: {scheme} wanted")


def _headers(schemes: Iterable[str]) -> Headers:
    return tuple(
        ("WWW-Authenticate", f'{scheme} realm="ewstape"' if scheme == "Basic" else scheme) for scheme in schemes
    )
