"""Whether the decoded part of an interaction says what its bodies say. The body is the truth."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ewstape.check.detectors import hide
from ewstape.check.finding import Finding
from ewstape.interaction import UNKNOWN, Field, Fields, Interaction, Message, Operation
from ewstape.operations import read_request, read_response, spec_name

_CUT = "..."
"""What a cassette holds in place of fields nested too deep."""
_MOST = 20
"""Differences named in a message."""


def decode(interaction: Interaction) -> tuple[Operation, Fields, Fields]:
    """What the bodies say: the operation and the fields of request and response; empty where there is no body."""
    operation, request, response = interaction.operation, interaction.request, interaction.response
    named = operation
    asked: Fields = {}
    answered: Fields = {}
    if request.body:
        read = read_request(
            request.body,
            service=operation.service,
            method=request.method,
            path=urlsplit(request.url).path,
            content_type=_content_type(request),
        )
        asked = read.fields
        if read.operation.name != UNKNOWN:
            named = read.operation
    if response is not None and response.body:
        content_type = _content_type(response)
        answered = read_response(operation, response.body, status=response.status, content_type=content_type).fields
    return named, asked, answered


def differences(interaction: Interaction, said: tuple[Operation, Fields, Fields], document: int) -> Iterator[Finding]:
    """Where the interaction differs from what `decode` made of its bodies; what is left out by hand does not."""
    operation, asked, answered = said
    if operation != interaction.operation and spec_name(operation) != interaction.operation.name:
        yield Finding(document, "$.operation", "decoded", "is not the operation that the request's body names")
    yield from _compare(document, "$.request", interaction.request, asked)
    if interaction.response is not None:
        yield from _compare(document, "$.response", interaction.response, answered)


def _compare(document: int, path: str, message: Message, said: Fields) -> Iterator[Finding]:
    if message.fields and message.fields != said:
        found = list(_differ(f"{path}.fields", message.fields, said))
        for where, words in found[:_MOST]:
            yield Finding(document, where, "decoded", words)
        if len(found) > _MOST:
            yield Finding(document, f"{path}.fields", "decoded", f"and {len(found) - _MOST} more differences")


def _differ(path: str, shown: Field, said: Field) -> Iterator[tuple[str, str]]:
    if isinstance(shown, Mapping) and isinstance(said, Mapping):
        for key in {**shown, **said}:
            below = f"{path}.{hide(key)}"
            if key not in said:
                yield below, "is not in the body"
            elif key not in shown:
                yield below, "is in the body, but not here"
            else:
                yield from _differ(below, shown[key], said[key])
    elif _is_list(shown) and _is_list(said):
        if len(shown) != len(said):
            yield path, f"has {len(shown)} members, in the body there are {len(said)}"
        for index, (one, other) in enumerate(zip(shown, said, strict=False)):
            yield from _differ(f"{path}[{index}]", one, other)
    elif shown not in (said, _CUT) and (shown or said):
        yield path, "differs from what the body says"


def _is_list(value: Field) -> bool:
    return not isinstance(value, str | Mapping)


def _content_type(message: Message) -> str:
    return next((value for name, value in message.headers if name.lower() == "content-type"), "")
