"""What `ewstape show` prints: a table of interactions and a timeline per call, or the same as JSON."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ewstape.interaction import Field, Fields, Interaction, Message
from ewstape.operations import spec_name
from ewstape.report.calls import Call, call_of, short_name
from ewstape.report.decoded import decoded
from ewstape.report.escape import escape
from ewstape.report.result import result_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One interaction as the table shows it. All text is escaped."""

    number: int
    at: float
    operation: str
    """Its name on the wire, and in brackets the one that MS-OXWUMS has for it, where that differs."""
    call: str
    result: str
    ok: bool
    took: float
    size: int | None
    """Bytes of the response body; `None` without a response."""


def row(interaction: Interaction) -> Row:
    """The table's row for an interaction."""
    interaction = decoded(interaction)
    result = result_of(interaction)
    call = call_of(interaction)
    return Row(
        number=interaction.number,
        at=interaction.at,
        operation=operation_of(interaction),
        call=short_name(call) if call else "",
        result=escape(result.text),
        ok=result.ok,
        took=interaction.took,
        size=None if interaction.response is None else len(interaction.response.body),
    )


def operation_of(interaction: Interaction) -> str:
    """The name of the operation: `PlayOnPhone (PlayOnPhone2)`, `um:GetCallInfo`."""
    operation = interaction.operation
    documented = spec_name(operation)
    return escape(str(operation) if documented == operation.name else f"{operation} ({documented})")


def show(rows: Iterable[Row], calls: Iterable[Call], console: Console) -> None:
    """Print the table, then the timelines; the console decides on colour and width."""
    console.print(table(rows))
    for call in calls:
        console.print(Text(), timeline(call), sep="\n")


def table(rows: Iterable[Row]) -> Table:
    """The interactions, one to a row, by number. On a narrow terminal a long text goes on in the next line, uncut."""
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    made.add_column("#", justify="right", no_wrap=True)
    made.add_column("at s", justify="right", no_wrap=True)
    made.add_column("operation", overflow="fold")
    made.add_column("call", no_wrap=True)
    made.add_column("result", overflow="fold")
    made.add_column("ms", justify="right", no_wrap=True)
    made.add_column("bytes", justify="right", no_wrap=True)
    for line in sorted(rows, key=lambda row: row.number):
        made.add_row(
            str(line.number),
            f"{line.at:.3f}",
            Text(line.operation),
            Text(line.call),
            Text(line.result, style="" if line.ok else "red"),
            f"{line.took * 1000:.0f}",
            "" if line.size is None else str(line.size),
        )
    return made


def timeline(call: Call) -> Text:
    """A call: one line per state, with the seconds since it began, and how it ended."""
    title = "  ".join(filter(None, (f"call {call.name}" if call.name else "call", escape(call.dial_string))))
    lines = [Text(f"{title}  at {call.started_at:.3f} s", style="bold")]
    lines += [Text(f"{state.at - call.started_at:10.3f}  {escape(str(state))}") for state in call.states]
    return Text("\n").join([*lines, Text(f"{'':10}  {escape(call.ended)}")])


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
