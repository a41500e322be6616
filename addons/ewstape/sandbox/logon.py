"""Who may come in. One `Logon` belongs to one connection: NTLM authenticates the connection, not the request.

It is a simulation: passwords are not looked at, and the NTLM challenge is made up, but the legs are those that clients
meet at a real server.
"""

import struct
from base64 import b64decode
from typing import Literal

from ewstape.interaction import Request, Response
from ewstape.wire.auth import ntlm_challenge, ntlm_message_type

type Auth = Literal["none", "basic", "ntlm"]

_NEGOTIATE_UNICODE = 0x01


class Logon:
    """What a connection has shown so far."""

    def __init__(self, auth: Auth, user: str | None) -> None:
        """Args: `auth`, the scheme demanded; `user`, the only name let in, without its domain, or `None` for anyone."""
        self._auth = auth
        self._user = user
        self._challenged = False
        self._logged_on = False

    def refuse(self, request: Request) -> Response | None:
        """The answer to a request that may not come in yet, or at all; `None` lets it in."""
        authorization = next((value for name, value in request.headers if name.lower() == "authorization"), "")
        match self._auth:
            case "basic":
                return None if self._basic(authorization) else _challenge('Basic realm="ewstape sandbox"')
            case "ntlm":
                return self._ntlm(authorization)
            case "none":
                # A client's first leg may be empty: it sends the real request once it hears that all is well.
                leg = request.method == "POST" and not request.body and authorization
                return Response(status=200) if leg else None

    def _basic(self, authorization: str) -> bool:
        scheme, _, credentials = authorization.partition(" ")
        try:
            name, colon, _ = b64decode(credentials, validate=True).decode().partition(":")
        except ValueError:
            return False
        return scheme.lower() == "basic" and bool(colon) and self._is_welcome(name)

    def _ntlm(self, authorization: str) -> Response | None:
        if not authorization and self._logged_on:
            return None
        match ntlm_message_type(authorization) if authorization else None:
            case 1:
                self._challenged = True
                return _challenge(ntlm_challenge())
            case 3 if self._challenged:
                self._challenged = False
                self._logged_on = self._is_welcome(_ntlm_user(authorization))
                return None if self._logged_on else _challenge("NTLM")
            case _:
                return _challenge("NTLM")

    def _is_welcome(self, name: str) -> bool:
        return self._user is None or name.rpartition("\\")[2].casefold() == self._user.casefold()


def _ntlm_user(authorization: str) -> str:
    """The user name in an AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3); empty if it cannot be read."""
    try:
        message = b64decode(authorization.partition(" ")[2])
        length, _, offset = struct.unpack_from("<HHI", message, 36)
        (flags,) = struct.unpack_from("<I", message, 60)
        return message[offset : offset + length].decode("utf-16-le" if flags & _NEGOTIATE_UNICODE else "latin-1")
    except (ValueError, struct.error):
        return ""


def _challenge(value: str) -> Response:
    return Response(status=401, headers=(("WWW-Authenticate", value),))
