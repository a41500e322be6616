"""SetPlayOnPhoneDialString: the number that Play on Phone dials unless told otherwise.

MS-OXWUMS 3.1.4.13; Microsoft's page "SetPlayOnPhoneDialString operation (UM web service)".
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes, text
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import read_empty
from ewstape.wire.namespaces import Element

_REQUEST = Children("dialString", required=("dialString",))  # lower-case d, unlike all other operations


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPlayOnPhoneDialStringRequest:
    """The new default number."""

    dial_string: str | None


def read_request(payload: Element, notes: Notes) -> SetPlayOnPhoneDialStringRequest:
    """Decode m:SetPlayOnPhoneDialString."""
    return SetPlayOnPhoneDialStringRequest(dial_string=text(_REQUEST.of(payload, notes).get("dialString")))


SPEC = OperationSpec(
    name="SetPlayOnPhoneDialString",
    service=Service.UM,
    read_request=read_request,
    read_response=read_empty,
    writes=True,
)
