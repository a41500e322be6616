"""Recordings of any size, indexed: which requests are equal, which belong to one call, where values occur."""

from ewstape.replay.index.index import ChangedError, Contents, Group, Index, Rank, Thread
from ewstape.replay.index.rows import Call, Progress, begins_call, call_of

__all__ = [
    "Call",
    "ChangedError",
    "Contents",
    "Group",
    "Index",
    "Progress",
    "Rank",
    "Thread",
    "begins_call",
    "call_of",
]
