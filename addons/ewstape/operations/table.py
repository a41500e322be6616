"""The operations that are decoded in full, in one table, and what is asked about any operation.

A new operation is a module of its own and a line here. All others are known by name (`catalog`) or not at all, and are
summarised by `generic`.
"""

from collections.abc import Mapping
from dataclasses import replace

from ewstape.interaction import MESSAGES, Fields, Operation, Service
from ewstape.operations import catalog, disconnect_phone_call, get_phone_call_information, play_on_phone, um
from ewstape.operations._spec import OperationSpec

SPECS: tuple[OperationSpec, ...] = (
    play_on_phone.SPEC,
    get_phone_call_information.SPEC,
    disconnect_phone_call.SPEC,
    *um.SPECS,
)
"""The operations of MS-OXWUMS."""

_BY_NAME = {(spec.service, name): spec for spec in SPECS for name in (spec.name, spec.document_name or spec.name)}

WIRE_ROOTS: Mapping[str, str] = {
    f"{{{MESSAGES}}}{spec.document_name}": f"{{{MESSAGES}}}{spec.name}" for spec in SPECS if spec.document_name
}
"""The names of request roots that only MS-OXWUMS has, each with the one on the wire; as Clark names."""


def lookup(operation: Operation) -> OperationSpec | None:
    """The entry of an operation that is decoded in full, under its name on the wire or in MS-OXWUMS; else `None`."""
    return _BY_NAME.get((operation.service, operation.name)) if operation.namespace == MESSAGES else None


def spec_name(operation: Operation) -> str:
    """The name that documents use: `PlayOnPhone2` for `PlayOnPhone` of EWS, `FindItem` for itself."""
    spec = lookup(operation)
    if spec is not None:
        return spec.document_name or spec.name
    return catalog.wsdl_name(operation) or operation.name


def wire_name(operation: Operation) -> str:
    """The operation in words under its name on the wire: `PlayOnPhone`, whichever of its names was sent."""
    spec = lookup(operation)
    return str(operation if spec is None or spec.name == operation.name else replace(operation, name=spec.name))


def is_known(operation: Operation) -> bool:
    """Whether the service has an operation of that name, as far as this table knows."""
    return (
        lookup(operation) is not None
        or catalog.wsdl_name(operation) is not None
        or operation.name in catalog.AUTODISCOVER_READS
    )


def is_write(operation: Operation) -> bool:
    """Whether the operation changes something on the server. One that is not known is taken to."""
    spec = lookup(operation)
    return spec.writes if spec is not None else not catalog.reads(operation)


def streams(operation: Operation) -> bool:
    """Whether the response comes in several SOAP envelopes, over minutes."""
    return operation.service is Service.EWS and operation.name in catalog.STREAMING


def response_root(operation: Operation) -> str:
    """The local name of the response's root element, as the service description has it."""
    spec = lookup(operation)
    name = spec.name if spec is not None else catalog.wsdl_name(operation) or operation.name
    return catalog.RESPONSE_ROOTS.get(name) or f"{name.removesuffix('RequestMessage')}Response"


def call_id(operation: Operation, request_fields: Fields, response_fields: Fields) -> str | None:
    """The id of the phone call that an interaction belongs to; `None` if it belongs to none or none was placed.

    Args:
        operation: of the interaction.
        request_fields: as `read_request` decoded them.
        response_fields: as `read_response` decoded them; empty if there was no response.
    """
    spec = lookup(operation)
    if spec is None or not spec.call_id_field:
        return None
    value = (response_fields if spec.begins_call else request_fields).get(spec.call_id_field)
    return value if isinstance(value, str) else None
