"""An interaction as plain data that `json` can write."""

import base64
from collections.abc import Mapping

from ewstape.interaction import Field, Fields, Interaction, Message
from ewstape.operations import spec_name
from ewstape.report.call import Call
from ewstape.report.decoded import decoded


def to_json(interaction: Interaction, *, body: bool) -> dict[str, object]:
    """An interaction as plain data; with `body`, the exact bodies too.

    A body that is UTF-8 is text under `body`, any other is base64 under `body_base64`.
    """
    interaction = decoded(interaction)
    request, response = interaction.request, interaction.response
    return {
        "number": interaction.number,
        "operation": str(interaction.operation),
        "spec_name": spec_name(interaction.operation),
        "at": interaction.at,
        "took": interaction.took,
        "auth": interaction.auth,
        "error": interaction.error,
        "request": {
            "fields": _plain_fields(request.fields),
            "method": request.method,
            "url": request.url,
            **_message(request, body=body),
        },
        "response": None
        if response is None
        else {
            "fields": _plain_fields(response.fields),
            "status": response.status,
            "reason": response.reason,
            **({"chunks": [[chunk.at, chunk.size] for chunk in response.chunks]} if response.chunks else {}),
            **_message(response, body=body),
        },
    }


def _message(message: Message, *, body: bool) -> dict[str, object]:
    return {
        "headers": [list(line) for line in message.headers],
        "coding": message.coding,
        "notes": list(message.notes),
        **(_body(message.body) if body else {}),
    }


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode("ascii")}


def _plain_fields(fields: Fields) -> dict[str, object]:
    return {key: _plain(value) for key, value in fields.items()}


def _plain(value: Field) -> object:
    """A decoded value as what `json` can write: a mapping of any kind as a dict, a sequence as a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _plain_fields(value)
    return [_plain(item) for item in value]


def call_to_json(call: Call) -> dict[str, object]:
    """A phone call as plain data; times are seconds from the beginning of the recording."""
    return {
        "id": call.id,
        "name": call.name,
        "service": str(call.service),
        "dial_string": call.dial_string,
        "item_id": call.item_id,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "ended": call.ended,
        "placed": call.placed,
        "failed": call.failed,
        "states": [
            {
                "at": state.at,
                "state": state.state,
                "cause": state.cause,
                "sip_code": state.sip_code,
                "sip_text": state.sip_text,
            }
            for state in call.states
        ],
        "spans": [{"name": span.name, "begins": span.begins, "ends": span.ends} for span in call.spans()],
        "interactions": list(call.interactions),
    }
