"""What people are shown of interactions: a log line each, a table, a timeline per phone call, and the same as JSON."""

from ewstape.report.calls import Call, State, calls
from ewstape.report.escape import escape
from ewstape.report.line import json_line, line, miss_line
from ewstape.report.table import Row, row, show, to_json

__all__ = ["Call", "Row", "State", "calls", "escape", "json_line", "line", "miss_line", "row", "show", "to_json"]
