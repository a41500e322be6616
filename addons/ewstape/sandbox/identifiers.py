"""Identifiers as Exchange makes them, but from a seed: equal seeds give equal identifiers, in every run.

Those that decode to something on a real server do so here too (item ids hold the mailbox's GUID, call ids the name of
the server), so that what is recorded from the sandbox tests the same care as the real thing.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from uuid import UUID

SERVER = "ewstape-sandbox.example.com"


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Makes identifiers that depend on the seed and on the parts they are named by, and on nothing else."""

    seed: int

    def digest(self, *parts: str) -> bytes:
        """32 bytes that look random."""
        return hashlib.sha256("\0".join((str(self.seed), *parts)).encode()).digest()

    def guid(self, *parts: str) -> str:
        """A GUID in its usual spelling."""
        return str(UUID(bytes=self.digest(*parts)[:16], version=4))

    def phone_call_id(self, *parts: str) -> str:
        """Base64 of a GUID at the name of the server, as the Unified Messaging service makes them."""
        return _base64(f"{self.guid('call', *parts)}@{SERVER}".encode())

    def store_id(self, *parts: str) -> str:
        """An item or folder id: base64 of a few marks, the mailbox's GUID as text, and the entry's own bytes."""
        return _base64(b"\x00\x08\x00" + self.guid("mailbox").encode() + b"\x00\x46" + self.digest("store", *parts))

    def change_key(self, *parts: str) -> str:
        """The version of an item or a folder."""
        return _base64(b"\x16\x00\x00\x00" + self.digest("change", *parts)[:18])

    def entry_id(self, *parts: str) -> str:
        """A MAPI entry id (`item:StoreEntryId`), by which the older service knows a message."""
        return _base64(b"\x00\x00\x00\x00" + self.digest("entry", *parts)[:20])

    def subscription_id(self, *parts: str) -> str:
        """Base64 that holds the name of the server that keeps the subscription."""
        return _base64(b"\x1b\x00" + SERVER.encode() + b"\x10\x00" + self.digest("subscription", *parts)[:16])


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
