"""What the table holds about an operation that is decoded in full."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ewstape.interaction import Service
from ewstape.operations._elements import Notes
from ewstape.wire.namespaces import Element

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

type Decoder = Callable[[Element, Notes], DataclassInstance]
"""Makes a typed value of a payload, the first element of the SOAP body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSpec:
    """One operation of MS-OXWUMS: its names, its decoders and its part in a phone call."""

    name: str
    """The local name of the request's root on the wire."""
    service: Service
    read_request: Decoder
    read_response: Decoder
    writes: bool
    """Whether it changes something on the server."""
    document_name: str = ""
    """Its name in MS-OXWUMS, where that is another."""
    call_id_field: str = ""
    """The key of `fields` that holds the id of the phone call; empty if the operation belongs to no call."""
    begins_call: bool = False
    """The call's id is in the response; otherwise it is in the request."""
