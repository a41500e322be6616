"""Interactions to YAML cassettes and back."""

from ewstape.cassette.document import Header, load_header, load_interaction
from ewstape.cassette.lock import locked
from ewstape.cassette.nodes import Place
from ewstape.cassette.reader import Cassette
from ewstape.cassette.schema import json_schema
from ewstape.cassette.text import dump, dump_header
from ewstape.cassette.writer import CassetteWriter, Existing

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
]
