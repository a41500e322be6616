"""One interaction as a table shows it, small and escaped: a hundred thousand of them pass by, some wait for others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ewstape.interaction import Field, Interaction, Request
from ewstape.operations import spec_name
from ewstape.report.calls import State, call_of, short_name, state_of
from ewstape.report.decoded import decoded
from ewstape.report.escape import escape
from ewstape.report.result import result_of

_SIP_OK = "200"  # of a call that went well, which nobody needs to be told
_BLANKS = re.compile("  +")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is shown of an interaction. All text is escaped and has no two blanks side by side."""

    number: int
    at: float
    operation: str
    """Its name on the wire, and in brackets the one that MS-OXWUMS has for it, where that differs."""
    who: str = ""
    """The mailbox that the client acts for, where it says so: whom it impersonates, or its anchor mailbox."""
    call: str
    result: str
    ok: bool
    detail: str = ""
    """Of a call: the number that was dialled, or the state that was found."""
    failed_call: bool = False
    """Whether that state has a failure cause."""
    took: float
    size: int | None
    """Bytes of the response body; `None` without a response."""


def row(interaction: Interaction) -> Row:
    """The table's row for an interaction."""
    interaction = decoded(interaction)
    result = result_of(interaction)
    call = call_of(interaction)
    state = state_of(interaction)
    return Row(
        number=interaction.number,
        at=interaction.at,
        operation=operation_of(interaction),
        who=_shown(_who(interaction.request)),
        call=short_name(call) if call else "",
        result=_shown(result.text),
        ok=result.ok,
        detail=_shown(detail_of(interaction)),
        failed_call=bool(state and state.cause),
        took=interaction.took,
        size=None if interaction.response is None else len(interaction.response.body),
    )


def detail_of(interaction: Interaction) -> str:
    """What there is to say of an interaction of a call that is `decoded`: the number that was dialled, or the state
    that was found. Not escaped.
    """
    state = state_of(interaction)
    return _told(state) if state else _text(interaction.request.fields.get("dial_string"))


def operation_of(interaction: Interaction) -> str:
    """The name of the operation: `PlayOnPhone (PlayOnPhone2)`, `um:GetCallInfo`."""
    operation = interaction.operation
    documented = spec_name(operation)
    return _shown(str(operation) if documented == operation.name else f"{operation} ({documented})")


def _who(request: Request) -> str:
    header = request.fields.get("soap_header")
    impersonated = header.get("exchange_impersonation") if isinstance(header, Mapping) else None
    if isinstance(impersonated, Mapping):
        return next((who for who in map(_text, impersonated.values()) if who), "")
    return next((value for name, value in request.headers if name.lower() == "x-anchormailbox"), "")


def _told(state: State) -> str:
    return str(state) if state.cause or state.sip_code != _SIP_OK else state.state


def _text(value: Field | None) -> str:
    return value if isinstance(value, str) else ""


def _shown(text: str) -> str:
    return _BLANKS.sub(" ", escape(text)).strip()
