"""What an EWS message says: decoders for the phone call operations, summaries for all others, one table for both.

Start with `read_request` and `read_response`, or with a `Reader` where many messages come.
They never raise: what cannot be decoded says why in its notes.
"""

from ewstape.operations._decode import Decoded, read_request, read_response
from ewstape.operations._fields import to_fields
from ewstape.operations._spec import OperationSpec
from ewstape.operations.reader import Reader
from ewstape.operations.table import SPECS, call_id, is_write, lookup, spec_name, streams, wire_name

__all__ = [
    "SPECS",
    "Decoded",
    "OperationSpec",
    "Reader",
    "call_id",
    "is_write",
    "lookup",
    "read_request",
    "read_response",
    "spec_name",
    "streams",
    "to_fields",
    "wire_name",
]
