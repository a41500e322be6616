"""Which URL paths are the web services of an Exchange server.

One table for recording and replay, so that what is kept is exactly what can be answered. IIS compares paths without
case, and clients differ (`/ews/exchange.asmx` in one, `/EWS/Exchange.asmx` in the next), so no case counts here.
"""

import re

from ewstape.interaction import Service

_PATHS = {
    # with `/wssecurity`, `/wssecurity/x509cert`, `/s/GetUserPhoto` and the like after it
    r"/ews/exchange\.asmx(?:/.*)?": Service.EWS,
    # the service description, which some clients fetch first
    r"/ews/(?:services\.wsdl|messages\.xsd|types\.xsd|xml\.xsd)": Service.EWS,
    r"/ews/um2007legacy\.asmx": Service.UM,
    r"/unifiedmessaging/service\.asmx": Service.UM,  # where Exchange 2007 has it
    r"/autodiscover/autodiscover\.(?:svc|xml)(?:/.*)?": Service.AUTODISCOVER,
}
_SERVICES = tuple(_PATHS.values())
_ANY = re.compile("|".join(f"({pattern})" for pattern in _PATHS), re.IGNORECASE)


def service_of(path: str) -> Service | None:
    """The service that a URL path belongs to; `None` if it is none of Exchange's. A query after the path is ignored."""
    match = _ANY.fullmatch(path.partition("?")[0])
    return _SERVICES[match.lastindex - 1] if match and match.lastindex else None
