"""What people are shown of interactions: a log line each, a table, a timeline per phone call, and the same as JSON.

The table, in `ewstape.report.table`, is not named here: it needs rich, which takes as long to import as a server to
start.
"""

from ewstape.report.calls import Call, State, calls
from ewstape.report.escape import escape
from ewstape.report.line import json_line, line

__all__ = ["Call", "State", "calls", "escape", "json_line", "line"]
