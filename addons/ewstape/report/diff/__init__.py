"""What differs between two recordings, by meaning: the operations, their fields, and what became of each call.

Interactions are paired thread by thread (`threads`, `pairing`, `align`), each pair is compared field by field (`node`,
`tree`, `fields`) with identifiers mapped one to one (`identities`), and the outcome is plain values (`difference`) that
`text` and `as_json` show. `text` is not named here: it needs rich, which is slow to import.
"""

from ewstape.report.diff.compare import compare
from ewstape.report.diff.difference import Change, Difference, Pair, Thread, Throughout
from ewstape.report.diff.options import Options, Threshold

__all__ = ["Change", "Difference", "Options", "Pair", "Thread", "Threshold", "Throughout", "compare"]
