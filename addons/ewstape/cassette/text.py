"""Header and interactions -> YAML text, in the one way that gives the same text for the same value.

Written line by line: a body is most of an interaction and needs no emitter, only its lines indented. Each document
begins with its `---` (the header may stand without) and is closed by its `...`, so that a torn one shows.

What no cassette can hold is put right where nothing is lost by it: header lines of one name are grouped at the first,
times have 6 decimals at most, control characters of a header value are blanks (RFC 9110 5.5), those of a URL are
percent-encoded, and fields nested too deep are cut.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ewstape.cassette.bodies import render
from ewstape.cassette.document import Header
from ewstape.cassette.patterns import HEADER_VALUE, TOKEN, URL
from ewstape.cassette.scalars import key, scalar
from ewstape.cassette.strictyaml import MAX_DEPTH
from ewstape.errors import CassetteError
from ewstape.interaction import (
    MESSAGES,
    REASONS,
    Field,
    Fields,
    Headers,
    Interaction,
    Message,
    Operation,
    Request,
    Response,
    Service,
)
from ewstape.operations import spec_name

_TOKEN = re.compile(TOKEN)
_VALUE = re.compile(HEADER_VALUE)
_URL = re.compile(URL)
_NOT_URL = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_COMMENT_COLUMN = 32
_SHORT = 60
"""Characters of a value that may well come again."""


def dump_header(header: Header) -> str:
    """The document that begins a cassette."""
    lines = [f"ewstape: {header.version}\n"]
    lines += [
        f"{name}: {value if name == 'recorded' and _is_timestamp(value) else scalar(value)}\n"
        for name, value in (
            ("recorded", header.recorded),
            ("recorder", header.recorder),
            ("upstream", header.upstream),
        )
        if value
    ]
    if header.redaction:
        lines.append(f"redaction: [{', '.join([_flow(rule) for rule in header.redaction])}]\n")
    lines.append("...\n")
    return "".join(lines)


def dump(interaction: Interaction) -> str:
    """The document of one interaction.

    Raises:
        CassetteError: its method, URL, status or a header name is none that HTTP knows, and could not be loaded again.
    """
    lines = [
        _operation(interaction.operation),
        f"number: {interaction.number}\nat: {_seconds(interaction.at)}\ntook: {_seconds(interaction.took)}\n",
    ]
    if interaction.auth:
        lines.append(f"auth: {scalar(interaction.auth)}\n")
    if interaction.error:
        lines.append(f"error: {scalar(interaction.error)}\n")
    try:
        lines += _request(interaction.request)
        if interaction.response is not None:
            lines += _response(interaction.response)
    except ValueError as error:
        raise CassetteError(f"interaction {interaction.number} cannot be kept: {error}") from None
    lines.append("...\n")
    return "".join(lines)


@lru_cache(maxsize=1024)
def _operation(operation: Operation) -> str:
    line = f"operation: {scalar(operation.name)}"
    if (spec := spec_name(operation)) != operation.name:
        line = f"{line:<{_COMMENT_COLUMN - 1}} # {spec} in MS-OXWUMS"
    lines = ["---\n", line, "\n"]
    if operation.service is not Service.EWS:
        lines.append(f"service: {operation.service.value}\n")
    if operation.namespace != MESSAGES:
        lines.append(f"namespace: {scalar(operation.namespace)}\n")
    return "".join(lines)


def _request(request: Request) -> list[str]:
    return [
        "request:\n",
        *_view(request),
        _http(request.method, request.url),
        *_payload(request),
    ]


@lru_cache(maxsize=1024)
def _http(method: str, url: str) -> str:
    return f"  http: {scalar(f'{_token(method)} {_url(url)}')}\n"


def _response(response: Response) -> list[str]:
    if response.status not in range(100, 600):
        raise ValueError(f"expected a status from 100 to 599, got {response.status!r}")
    lines = ["response:\n", *_view(response), f"  status: {response.status}\n"]
    if response.reason and response.reason != REASONS.get(response.status):
        lines.append(f"  reason: {scalar(_value(response.reason))}\n")
    headers, *rest = _payload(response)
    lines.append(headers)
    if response.chunks:
        lines.append("  chunks:\n")
        lines += [f'    - "{_seconds(chunk.at)} {chunk.size}"\n' for chunk in response.chunks]
    return lines + rest


def _view(message: Message) -> list[str]:
    lines = []
    if message.fields:
        lines.append("  fields:\n" + "".join([f"{line}\n" for line in block(message.fields, "    ")]))
    if message.notes:
        lines.append("  notes:\n" + "".join([f"    - {scalar(note)}\n" for note in message.notes]))
    return lines


def _payload(message: Message) -> list[str]:
    coding = f"  content_encoding: {scalar(message.coding)}\n" if message.coding else ""
    return [_headers(message.headers), coding, render(message.body)]


def _headers(headers: Headers) -> str:
    if not headers:
        return "  headers: {}\n"
    groups: dict[str, list[tuple[str, str]]] = {}
    for line in headers:
        groups.setdefault(line[0].lower(), []).append(line)
    lines = ["  headers:\n"]
    for group in groups.values():
        if len(group) == 1:
            lines.append(_header(*group[0]))
        else:
            lines.append(f"    {key(_token(group[0][0]), '    ')}\n")
            lines += [f"      - {scalar(_value(value))}\n" for _, value in group]
    return "".join(lines)


@lru_cache(maxsize=1024)  # most are the same in every interaction
def _header(name: str, value: str) -> str:
    return f"    {key(_token(name), '    ')} {scalar(_value(value))}\n"


def block(value: Fields | Sequence[Field], indent: str) -> list[str]:
    """The lines of decoded fields, a mapping or list that is not empty; `indent` stands before each."""
    lines: list[str] = []
    _write(value, indent, lines)
    return lines


def _write(value: Fields | Sequence[Field], indent: str, lines: list[str]) -> None:
    deeper = indent + "  "
    if isinstance(value, dict | Mapping):  # nearly always a dict, and to ask an abstract class is slow
        for name, member in value.items():
            if isinstance(member, str):
                lines.append((_line_again if len(member) < _SHORT else _line)(indent, name, member))
                continue
            head = f"{indent}{key(name, indent)}"
            if (leaf := _leaf(member, deeper)) is not None:
                lines.append(f"{head} {leaf}")
            else:
                lines.append(head)
                _write(member, deeper, lines)
    else:
        for member in value:
            if isinstance(member, str):
                lines.append(f"{indent}- {scalar(member)}")
            elif (leaf := _leaf(member, deeper)) is not None:
                lines.append(f"{indent}- {leaf}")
            else:
                at = len(lines)
                _write(member, deeper, lines)
                lines[at] = f"{indent}- {lines[at].removeprefix(deeper)}"


def _line(indent: str, name: str, value: str) -> str:
    return f"{indent}{key(name, indent)} {scalar(value)}"


_line_again = lru_cache(maxsize=1024)(_line)  # most fields are the same in every interaction


def _leaf(value: Fields | Sequence[Field], indent: str) -> str | None:
    """`value` on one line, if it is empty or too deep to be read again; else None."""
    if len(indent) // 2 >= MAX_DEPTH:
        return '"..."'
    if not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    return None


def _seconds(seconds: float) -> str:
    whole, _, decimals = f"{max(seconds, 0.0):.6f}".partition(".")
    return f"{whole}.{decimals[:3]}{decimals[3:].rstrip('0')}"


def _is_timestamp(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII) is not None


def _flow(text: str) -> str:
    """`text` inside brackets, where a comma would end it."""
    written = scalar(text)
    return written if written[0] == '"' or re.fullmatch(r"[\w-]+", written) else f'"{written}"'


@lru_cache(maxsize=1024)
def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError(f"expected an HTTP token, got {text[:60]!r}")
    return text


def _value(text: str) -> str:
    if _VALUE.fullmatch(text):
        return text
    latin = _bytes(text).decode("latin-1") if max(text) > "\xff" else text
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", " ", latin)


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        text = _NOT_URL.sub(_percent, text)
        if not _URL.fullmatch(text):
            raise ValueError(f"expected an absolute http(s) URL, got {text[:60]!r}")
    return text


def _percent(match: re.Match[str]) -> str:
    return "".join([f"%{byte:02X}" for byte in _bytes(match[0])])


def _bytes(text: str) -> bytes:
    """What was on the wire where a decoder kept undecodable bytes as surrogates (PEP 383)."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
