"""How an interaction came out, in a few words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ewstape.interaction import Field, Fields, Interaction, Response

_SUCCESS = "Success"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of an interaction."""

    text: str
    """Such as `Success`, `Error ErrorItemNotFound`, `fault ErrorServerBusy`, `HTTP 503`; as the server worded it, not
    escaped."""
    ok: bool
    """Whether the server did what was asked, as far as the response tells."""


def result_of(interaction: Interaction) -> Result:
    """What the server answered, or why it did not."""
    response, error = interaction.response, interaction.error
    if response is None:
        return Result(f"no response: {error}" if error else "no response", ok=False)
    result = _of_response(response)
    return Result(f"{result.text}, {error}", ok=False) if error else result


def _of_response(response: Response) -> Result:
    fields = response.fields
    fault = fields.get("fault")
    if isinstance(fault, Mapping):
        codes = (fault.get(key) for key in ("response_code", "exception_type", "error_code", "fault_code"))
        return Result(f"fault {next((code for code in codes if isinstance(code, str) and code), '')}".strip(), ok=False)
    messages = fields.get("response_messages")
    if isinstance(messages, Sequence) and not isinstance(messages, str) and "response_class" not in fields:
        return _of_messages(messages, fields)
    if "response_class" in fields:
        return _of_message(fields)
    return Result(f"HTTP {response.status}", ok=response.status in _OK)


_OK = range(200, 300)


def _of_messages(messages: Sequence[Field], fields: Fields) -> Result:
    """The first that went wrong speaks for all; of more than one, which it was."""
    count = fields.get("response_message_count", str(len(messages)))
    results = [_of_message(message) for message in messages if isinstance(message, Mapping)]
    for place, result in enumerate(results, start=1):
        if not result.ok:
            return result if count == "1" else Result(f"{result.text} ({place} of {count})", ok=False)
    return Result(_SUCCESS if count == "1" else f"{_SUCCESS} ({count})", ok=True)


def _of_message(message: Fields) -> Result:
    response_class = message.get("response_class", "")
    if response_class == _SUCCESS:
        return Result(_SUCCESS, ok=True)
    return Result(f"{response_class} {message.get('response_code', '')}".strip(), ok=False)
