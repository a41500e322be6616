"""A cassette in place of the server: requests compared by meaning, answered in order, and nothing but the tape."""

from ewstape.replay.canonical import Canonical, canonical
from ewstape.replay.faults import FaultKind, FaultRule, Faults
from ewstape.replay.logon import Authentication
from ewstape.replay.miss import Miss, Reason
from ewstape.replay.responder import Latency, Reply, Responder
from ewstape.replay.tape import Answer, Tape

__all__ = [
    "Answer",
    "Authentication",
    "Canonical",
    "FaultKind",
    "FaultRule",
    "Faults",
    "Latency",
    "Miss",
    "Reason",
    "Reply",
    "Responder",
    "Tape",
    "canonical",
]
