"""PlayOnPhoneGreeting: the server calls the mailbox owner to play or record a greeting.

MS-OXWUMS 3.1.4.9; Microsoft's page "PlayOnPhoneGreeting operation (UM web service)".
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes, text, token
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import read_call_id
from ewstape.wire.namespaces import Element

_REQUEST = Children("GreetingType", "DialString", required=("GreetingType", "DialString"))
_GREETING_TYPES = ("NormalCustom", "OofCustom")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayOnPhoneGreetingRequest:
    """Which greeting, and where to call."""

    greeting_type: str | None
    """`NormalCustom` or `OofCustom`."""
    dial_string: str | None
    """The number to dial."""


def read_request(payload: Element, notes: Notes) -> PlayOnPhoneGreetingRequest:
    """Decode m:PlayOnPhoneGreeting."""
    children = _REQUEST.of(payload, notes)
    return PlayOnPhoneGreetingRequest(
        greeting_type=token(children.get("GreetingType"), notes, *_GREETING_TYPES),
        dial_string=text(children.get("DialString")),
    )


SPEC = OperationSpec(
    name="PlayOnPhoneGreeting",
    service=Service.UM,
    read_request=read_request,
    read_response=read_call_id,
    writes=True,
    call_id_field="call_id",
    begins_call=True,
)
