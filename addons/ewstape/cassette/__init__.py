"""Interactions to YAML cassettes and back. What writes is imported when it is asked for: replaying needs none of it."""

from typing import TYPE_CHECKING

from ewstape._lazily import lazily
from ewstape.cassette.document import Header, load_header, load_interaction
from ewstape.cassette.existing import Existing
from ewstape.cassette.lock import locked
from ewstape.cassette.nodes import Place
from ewstape.cassette.quick import read_outcome
from ewstape.cassette.reader import Cassette

if TYPE_CHECKING:
    from ewstape.cassette.schema import json_schema
    from ewstape.cassette.text import dump, dump_header
    from ewstape.cassette.writer import CassetteWriter

__all__ = [
    "Cassette",
    "CassetteWriter",
    "Existing",
    "Header",
    "Place",
    "dump",
    "dump_header",
    "json_schema",
    "load_header",
    "load_interaction",
    "locked",
    "read_outcome",
]

if not TYPE_CHECKING:  # to a type checker, any name would be one of ours
    __getattr__ = lazily(
        __name__,
        {
            "CassetteWriter": "ewstape.cassette.writer",
            "dump": "ewstape.cassette.text",
            "dump_header": "ewstape.cassette.text",
            "json_schema": "ewstape.cassette.schema",
        },
    )
