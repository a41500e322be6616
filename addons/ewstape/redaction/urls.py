"""URLs rewritten part by part: the host, every query value, and the parts of the path that hold identifiers.

Every part is written as a pseudonym of its own kind, so a host is the same in a URL and in a header. What stays
(scheme, port, path, names of query parameters) stays byte for byte; credentials in front of the host go entirely. What
all the world has in common, as the addresses of XML namespaces, stays whole.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote

from ewstape.redaction.kinds import Kind
from ewstape.redaction.normalise import URL, is_guid

type Of = Callable[[str, Kind], str]
"""Gives the pseudonym of a value."""

_PATH_IS_PUBLIC: Final = frozenset({"", "http://", "https://"})
"""Schemes whose path is that of a service; elsewhere (`ldap://host/CN=Alice`) it is all data."""

_SEGMENT: Final = (
    (re.compile(r".*@.*"), Kind.SMTP_ADDRESS),
    (re.compile(r"S-1-[0-9]+(?:-[0-9]+)+", re.IGNORECASE), Kind.SID),
    (re.compile(r"\+[0-9 ().-]{6,}"), Kind.PHONE_NUMBER),
    # A file of a service is no host: Exchange.asmx, services.wsdl, autodiscover.xml.
    (
        re.compile(
            r"(?:[a-z0-9-]+\.)+(?!(?:asmx|ashx|aspx?|svc|xml|wsdl|xsd|disco|dll|eas|html?|js|css|json|ico|png|gif|jpe?g)$)"
            r"[a-z][a-z0-9-]+",
            re.IGNORECASE,
        ),
        Kind.HOST,
    ),
    (re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+/_=-]{20,}"), Kind.ID),
    (re.compile(r".*(?:[0-9]{7}|[0-9a-f]{8}-[0-9a-f]{4}-).*", re.IGNORECASE), Kind.TOKEN),
)
_WHITE = re.compile(r"\s")
_COLON = re.compile(r":|%(?:25)*3A", re.IGNORECASE)
_MOST_COLONS: Final = 20  # one at least for each URL inside a URL: bounds the recursion
_PUBLIC_HOSTS: Final = frozenset(
    {
        *("schemas.microsoft.com", "schemas.xmlsoap.org", "www.w3.org", "docs.oasis-open.org", "tempuri.org"),
        *("go.microsoft.com", "aka.ms", "schemas.openxmlformats.org"),
    }
)
"""Hosts of namespaces and of documentation: the same for everybody."""

_PUBLIC_QUERY: Final = frozenset({"", "wsdl", "singlewsdl", "xsd", "disco"})


def rewrite(url: str, of: Of) -> str | None:
    """The URL, absolute or beginning with `/` or `?`, with pseudonyms in it; `None` if it is no such thing, or if it
    is nested in itself beyond reason.
    """
    found = URL.fullmatch(url)
    assert found is not None  # it matches anything
    scheme, authority, path, query, fragment = (found[group] or "" for group in range(1, 6))
    if not (scheme or url.startswith(("/", "?"))) or _WHITE.search(url) or len(_COLON.findall(url)) > _MOST_COLONS:
        return None
    if authority.lower() in _PUBLIC_HOSTS:
        return url
    credentials, _, host = authority.rpartition("@")
    for secret in filter(None, credentials.split(":", 1)):
        of(unquote(secret), Kind.TOKEN)  # left out below, but known from now on
    authority = of(host, Kind.HOST) if host else ""
    segment = _path_segment if scheme.lower() in _PATH_IS_PUBLIC else _data_segment
    path = "/".join(segment(text, of) for text in path.split("/"))
    query = "&".join(_parameter(text, of) for text in query.removeprefix("?").split("&")) if query else ""
    fragment = _written(fragment.removeprefix("#"), Kind.TOKEN, of) if fragment else ""
    return "".join((scheme, authority, path, query and f"?{query}", fragment and f"#{fragment}"))


def kind_of(text: str) -> Kind | None:
    """What kind of identifier this piece of a path is; `None` if it is none."""
    if is_guid(text):
        return Kind.GUID
    return next((kind for pattern, kind in _SEGMENT if pattern.fullmatch(text)), None)


def _path_segment(text: str, of: Of) -> str:
    kind = kind_of(unquote(text))
    return _written(text, kind, of) if kind else text


def _data_segment(text: str, of: Of) -> str:
    return _written(text, kind_of(unquote(text)) or Kind.TOKEN, of)


def _parameter(text: str, of: Of) -> str:
    name, equals, value = text.partition("=")
    if not equals and name.lower() not in _PUBLIC_QUERY:
        return _data_segment(name, of)
    return name + equals + _data_segment(value, of)


def _written(text: str, kind: Kind, of: Of) -> str:
    """The pseudonym of an escaped piece, escaped again; the piece itself where nothing changes."""
    value = unquote(text)
    pseudonym = of(value, kind)
    return text if pseudonym == value else quote(pseudonym, safe="@:" if "@" in text else ":")
