"""One log line per interaction, in plain words or as JSON. What it quotes of the traffic is short and escaped.

A JSON line says under `event` what it is about: `interaction` here, `call` and `warning` in `ewstape.report.live`.
"""

import json

from ewstape.interaction import UNKNOWN, Interaction, Operation
from ewstape.operations import lookup, spec_name
from ewstape.report.calls import call_of, calls, short_name
from ewstape.report.escape import escape
from ewstape.report.result import result_of

_DIALLED = 4
"""How much of a dial string is shown: enough to recognise the country, too little to call anyone."""


def line(interaction: Interaction) -> str:
    """`PlayOnPhone2  call 9a10  dial +999...  Success  84 ms`."""
    note = next(iter(interaction.request.notes), "") if interaction.operation.name == UNKNOWN else ""
    return _joined(*_parts(interaction), duration(interaction.took), note)


def comment(interaction: Interaction, *more: str) -> str:
    """The same for a place that shows the time itself: `PlayOnPhone2  call 9a10  dial +999...  Success`."""
    return _joined(*_parts(interaction), *more)


def json_line(interaction: Interaction) -> str:
    """The same as a JSON object on one line, in ASCII; what does not apply is left out."""
    response, result = interaction.response, result_of(interaction)
    facts = {
        "event": "interaction",
        "number": interaction.number,
        "operation": str(interaction.operation),
        "spec_name": spec_name(interaction.operation),
        "call": _call(interaction),
        "dial": dialled(interaction),
        "state": _state(interaction),
        "result": result.text,
        "ok": result.ok,
        "status": None if response is None else response.status,
        "at": round(interaction.at, 3),
        "took": round(interaction.took, 3),
        "size": None if response is None else len(response.body),
        "error": interaction.error,
    }
    return json.dumps({key: value for key, value in facts.items() if value not in (None, "")})


def duration(seconds: float) -> str:
    """`84 ms`, and from ten seconds on `12.3 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < _LONG else f"{seconds:.1f} s"


_LONG = 10.0


def dialled(interaction: Interaction) -> str:
    """The beginning of the dial string that an interaction sent; empty if it sent none."""
    number = interaction.request.fields.get("dial_string")
    if not isinstance(number, str):
        return ""
    return number if len(number) <= _DIALLED else f"{number[:_DIALLED]}..."


def operation_name(operation: Operation) -> str:
    """The name that MS-OXWUMS has; the service before it where that is not EWS."""
    name = spec_name(operation)
    return name if str(operation) == operation.name else f"{operation.service}:{name}"


def _call(interaction: Interaction) -> str:
    call = call_of(interaction)
    return short_name(call) if call else ""


def _parts(interaction: Interaction) -> tuple[str, ...]:
    call, number = _call(interaction), dialled(interaction)
    return (
        operation_name(interaction.operation),
        f"call {call}" if call else "",
        f"dial {number}" if number else "",
        result_of(interaction).text,
        _state(interaction),
    )


def _state(interaction: Interaction) -> str:
    """What a poll found its call to be in: `Disconnected UserBusy (486 Busy Here)`; empty for all else."""
    spec, response = lookup(interaction.operation), interaction.response
    if spec is None or spec.writes or not spec.call_id_field or response is None:
        return ""
    return " ".join(str(state) for call in calls([interaction]) for state in call.states)


def _joined(*parts: str) -> str:
    return "  ".join(escape(part) for part in parts if part)
