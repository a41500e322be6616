"""Interactions to YAML cassettes and back."""

from .document import Header, load_header, load_interaction
from .nodes import Place
from .reader import Cassette
from .schema import json_schema
from .text import dump, dump_header
from .writer import CassetteWriter, Existing

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
]
