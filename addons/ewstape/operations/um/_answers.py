"""The shapes of answer that the Exchange 2007 service has: nothing, or an element inside another of the same name.

MS-OXWUMS 3.1.4. A failure is always a SOAP fault. Imitations leave the outer or the inner element out, so the value is
taken from whichever is there.
"""

from dataclasses import dataclass

from ewstape.operations._elements import Children, Notes, boolean, text
from ewstape.wire.namespaces import Element, local_name

_NONE = Children()


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """A request or an answer that says nothing but its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest:
    """A request that switches something on or off."""

    status: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIdAnswer:
    """An answer that is the id of the call just placed."""

    call_id: str | None
    """Base64 of a GUID, `@` and the name of the server that handles the call."""


_STATUS = Children("status", required=("status",))


def read_empty(payload: Element, notes: Notes) -> Empty:
    """Decode an element that has no content."""
    _NONE.of(payload, notes)
    return Empty()


def read_status(payload: Element, notes: Notes) -> StatusRequest:
    """Decode a request that has one boolean, `status`."""
    return StatusRequest(status=boolean(_STATUS.of(payload, notes).get("status"), notes))


def read_call_id(payload: Element, notes: Notes) -> CallIdAnswer:
    """Decode an answer whose text is the id of a call."""
    answer = nested(payload, notes)
    call_id = (text(answer) or "").strip() or None
    if call_id is None:
        notes.add(f"{local_name(payload)}: no call id")
    return CallIdAnswer(call_id=call_id)


def nested(payload: Element, notes: Notes) -> Element:
    """The inner of the two elements of one name; the outer, and a note, if there is no inner."""
    name = local_name(payload)
    for child in payload.iterchildren("*"):
        if local_name(child) == name:
            return child
    notes.add(f"{name}: no {name} inside it")
    return payload
