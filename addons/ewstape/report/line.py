"""One log line per interaction, in plain words or as JSON. What it quotes of the traffic is short and escaped."""

import json

from ewstape.interaction import UNKNOWN, Interaction, Operation
from ewstape.operations import spec_name
from ewstape.report.calls import call_of, short_name
from ewstape.report.escape import escape
from ewstape.report.result import result_of

_DIALLED = 4
"""How much of a dial string is shown: enough to recognise the country, too little to call anyone."""


def line(interaction: Interaction) -> str:
    """`PlayOnPhone2  call 9a10  dial +999...  Success  84 ms`."""
    call, dialled = _call(interaction), _dialled(interaction)
    parts = (
        _name(interaction.operation),
        f"call {call}" if call else "",
        f"dial {dialled}" if dialled else "",
        result_of(interaction).text,
        duration(interaction.took),
        next(iter(interaction.request.notes), "") if interaction.operation.name == UNKNOWN else "",
    )
    return "  ".join(escape(part) for part in parts if part)


def json_line(interaction: Interaction) -> str:
    """The same as a JSON object on one line, in ASCII; what does not apply is left out."""
    response, result = interaction.response, result_of(interaction)
    facts = {
        "number": interaction.number,
        "operation": str(interaction.operation),
        "spec_name": spec_name(interaction.operation),
        "call": _call(interaction),
        "dial": _dialled(interaction),
        "result": result.text,
        "ok": result.ok,
        "status": None if response is None else response.status,
        "at": round(interaction.at, 3),
        "took": round(interaction.took, 3),
        "size": None if response is None else len(response.body),
        "error": interaction.error,
    }
    return json.dumps({key: value for key, value in facts.items() if value not in (None, "")})


def miss_line(operation: Operation, reason: str) -> str:
    """`PlayOnPhone2  miss  no answer on tape ...`."""
    return "  ".join(map(escape, (_name(operation), "miss", reason)))


def duration(seconds: float) -> str:
    """`84 ms`, and from ten seconds on `12.3 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < _LONG else f"{seconds:.1f} s"


_LONG = 10.0


def _name(operation: Operation) -> str:
    """The name that MS-OXWUMS has; the service before it where that is not EWS."""
    name = spec_name(operation)
    return name if str(operation) == operation.name else f"{operation.service}:{name}"


def _call(interaction: Interaction) -> str:
    call = call_of(interaction)
    return short_name(call) if call else ""


def _dialled(interaction: Interaction) -> str:
    dialled = interaction.request.fields.get("dial_string")
    if not isinstance(dialled, str):
        return ""
    return dialled if len(dialled) <= _DIALLED else f"{dialled[:_DIALLED]}..."
