"""IsUMEnabled: whether the mailbox owner has Unified Messaging.

MS-OXWUMS 3.1.4.6; Microsoft's page "IsUMEnabled operation (UM web service)".
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Notes, boolean
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import nested, read_empty
from ewstape.wire.namespaces import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class IsUMEnabledResponse:
    """The text of the inner IsUMEnabledResponse."""

    um_enabled: bool | None


def read_response(payload: Element, notes: Notes) -> IsUMEnabledResponse:
    """Decode m:IsUMEnabledResponse."""
    return IsUMEnabledResponse(um_enabled=boolean(nested(payload, notes), notes))


SPEC = OperationSpec(
    name="IsUMEnabled",
    service=Service.UM,
    read_request=read_empty,
    read_response=read_response,
    writes=False,
)
