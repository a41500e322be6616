"""What the index keeps of values: keyed digests of 64 bits, so that nothing private is copied out of a cassette.

The key is made from the cassette's own beginning: whoever has an index and no cassette cannot even try values out. Two
requests are equal if 128 bits of a digest of all their values are (as in `Canonical.key`). Where one value stands for
another, the real ones are compared; two of one digest only cost a look at the document.
"""

from hashlib import blake2b, sha256
from struct import Struct
from typing import Final, NamedTuple

from ewstape.interaction import Service
from ewstape.operations.identifiers import PHONE_CALL_ID, Kind
from ewstape.replay.canonical import Canonical, Slot, kind_at

_REMEMBERED: Final = 16_384
"""How many digests of values, and of what is asked, are kept at hand."""
_TWO = Struct("<QQ")
_MASK = (1 << 64) - 1
_SERVICES = {service: number for number, service in enumerate(Service)}


class Digest(NamedTuple):
    """A request: what it asks identifiers aside, its identifiers, and all together."""

    shape: int
    values: tuple[int, ...]
    whole: int
    proof: int
    """The same again: requests are equal if both are."""


class Digests:
    """Makes the digests of one index."""

    def __init__(self, key: bytes = b"", slots: frozenset[Slot] = frozenset()) -> None:
        self.key = key
        self._shape = self._begun("shape")
        self._whole = blake2b(b"whole\0", digest_size=16, key=key)
        self._shapes: dict[bytes, int] = {}
        self._values: dict[tuple[Kind, str], int] = {}
        self._kinds = {PHONE_CALL_ID: self._begun(PHONE_CALL_ID.name)}
        self.slots = slots

    @property
    def slots(self) -> frozenset[Slot]:
        """The redacted places: what stands in each is of a kind of its own."""
        return self._slots

    @slots.setter
    def slots(self, slots: frozenset[Slot]) -> None:
        self._slots = slots
        self._values.clear()
        kinds = ((kind_at(slot, slots), slot) for slot in slots)
        self._kinds |= {kind: self._begun(f"{slot[1]} {slot[2]}") for kind, slot in kinds if kind is not None}

    def value(self, kind: Kind, value: str) -> int:
        """The digest of an identifier."""
        found = self._values.get((kind, value))
        if found is None:
            begun = self._kinds.get(kind)
            if begun is None:
                begun = self._kinds[kind] = self._begun(kind.name)
            if len(self._values) >= _REMEMBERED:
                self._values.clear()
            found = self._values[kind, value] = _ended(begun, value.encode("utf-8", "surrogatepass"))
        return found

    def request(self, asked: Canonical) -> Digest:
        """The digests of a request."""
        return Digest(self.shape(asked), tuple(map(self.value, asked.kinds, asked.values)), *self.whole(asked))

    def shape(self, asked: Canonical) -> int:
        """The first digest of a request."""
        shape = self._shapes.get(asked.key)
        if shape is None:
            if len(self._shapes) >= _REMEMBERED:
                self._shapes.clear()
            shape = self._shapes[asked.key] = _ended(self._shape, asked.key)
        return shape

    def whole(self, asked: Canonical) -> tuple[int, int]:
        """The last two digests of a request."""
        digest = self._whole.copy()
        # The key has a fixed length and tells the kinds; the repr of a tuple quotes every value and escapes surrogates.
        digest.update(asked.key + repr(asked.values).encode())
        whole, proof = _TWO.unpack(digest.digest())
        return whole, proof

    def document(self, document: bytes) -> int:
        """The digest of a whole document."""
        digest = sha256(self.key + document, usedforsecurity=False)  # of those with a key the fastest in hardware
        return int.from_bytes(digest.digest()[:8], "little")

    def call(self, service: Service, call_id: str) -> int:
        """The digest of a phone call."""
        return mixed(_SERVICES[service], self.value(PHONE_CALL_ID, call_id))

    def _begun(self, label: str) -> blake2b:
        return blake2b(f"{label}\0".encode(), digest_size=8, key=self.key)


def _ended(begun: blake2b, data: bytes) -> int:
    digest = begun.copy()
    digest.update(data)
    return int.from_bytes(digest.digest(), "little")


def mixed(*numbers: int) -> int:
    """One number for several in this order. Python's hash of numbers is the same in every process."""
    return hash(numbers) & _MASK
