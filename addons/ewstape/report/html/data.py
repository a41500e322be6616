"""The list of interactions as JSON in the page: rows of numbers beside tables of the texts that recur."""

import json

from markupsafe import Markup

from ewstape.operations import spec_name
from ewstape.report.html.values import Report

# Nothing that HTML reads as markup (`</script>`, `<!--`) and, being ASCII, no line separator of JavaScript.
_HARMLESS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def embedded(value: object) -> Markup:
    """A value as JSON for the inside of a script element of type application/json."""
    return Markup(json.dumps(value, separators=(",", ":")).translate(_HARMLESS))  # noqa: S704  nothing in it is markup


def list_data(report: Report) -> dict[str, object]:
    """What the page's script needs: rows by number, and the texts that they refer to by place.

    A row: number, at, took, operation, result, call (or -1), bytes sent, bytes received (or -1), position among the
    details. A result: its text, whether it is fine, what it says of a call, whether that call has failed.
    """
    operations = {use.operation: place for place, use in enumerate(report.uses)}
    results: dict[tuple[str, bool, str, bool], int] = {}
    rows = [
        (
            entry.number,
            round(entry.at, 3),
            round(entry.took, 3),
            operations[entry.operation],
            results.setdefault((entry.result, entry.ok, entry.detail, entry.failed_call), len(results)),
            report.members.get(entry.number, -1),
            entry.sent,
            -1 if entry.received is None else entry.received,
            entry.position,
        )
        for entry in report.entries
    ]
    return {
        "operations": [(str(operation), spec_name(operation)) for operation in operations],
        "results": list(results),
        "calls": [(lane.name, lane.dial_string) for lane in report.lanes],
        "starts": report.starts,
        "rows": rows,
    }
