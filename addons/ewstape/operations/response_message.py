"""What every EWS response message has in common.

MS-OXWSCDATA, m:ResponseMessageType; Microsoft's pages "ResponseCode", "MessageText", "MessageXml". The three phone call
operations answer with one such message as the root itself. Imitations of Exchange wrap it in ResponseMessages, as the
mailbox operations do; that is taken off, and noted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from ewstape.operations._elements import Notes, integer, shown, text, token
from ewstape.wire.namespaces import Element, local_name, snake_case

COMMON = ("MessageText", "ResponseCode", "DescriptiveLinkKey", "MessageXml")
"""The children of m:ResponseMessageType in the schema's order; those of the operation follow."""

SUCCESS = "Success"
ERROR = "Error"
_CLASSES = (SUCCESS, "Warning", ERROR)
_MOST_VALUES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseMessage:
    """A response message without the fields that an operation adds."""

    response_class: str | None = None
    """`Success`, `Warning` or `Error`."""
    response_code: str | None = None
    """`NoError`, or what went wrong. Servers know more codes than any schema lists."""
    message_text: str | None = None
    """The error in words, in the language that the client asked for."""
    descriptive_link_key: int | None = None
    """Unused by servers: 0. The EWS Managed API insists on it in an error."""
    message_xml: Mapping[str, str] = field(default_factory=dict)
    """Details of the error, such as `BackOffMilliseconds`; named values keep their names."""


class Common(TypedDict):
    """The fields of `ResponseMessage`, to build one of its kinds from."""

    response_class: str | None
    response_code: str | None
    message_text: str | None
    descriptive_link_key: int | None
    message_xml: Mapping[str, str]


def unwrapped(root: Element, notes: Notes) -> Element:
    """The response message itself: the root, or what the root wraps in ResponseMessages."""
    first = next(root.iterchildren("*"), None)
    if first is None or local_name(first) != "ResponseMessages":
        return root
    notes.add(f"{local_name(root)}: wrapped in ResponseMessages")
    messages = list(first.iterchildren("*"))
    if len(messages) > 1:
        notes.add(f"{local_name(root)}: {len(messages)} response messages, the first is shown")
    return messages[0] if messages else root


def read_common(message: Element, children: Mapping[str, Element], notes: Notes) -> Common:
    """Read what every response message has.

    Args:
        message: the response message, for its attribute.
        children: its children by name.
        notes: where oddities go.
    """
    response_class = message.get("ResponseClass")
    if response_class is None:
        notes.add(f"{local_name(message)}: no ResponseClass attribute")
    elif response_class not in _CLASSES:
        notes.add(f"{local_name(message)}: ResponseClass '{shown(response_class)}' is not in the schema")
    message_xml = children.get("MessageXml")
    return Common(
        response_class=response_class,
        response_code=token(children.get("ResponseCode"), notes),
        message_text=text(children.get("MessageText")),
        descriptive_link_key=integer(children.get("DescriptiveLinkKey"), notes),
        message_xml={} if message_xml is None else message_values(message_xml),
    )


def message_values(message_xml: Element) -> dict[str, str]:
    """The content of m:MessageXml: t:Value by its Name, anything else by its element name. At most 20 values.

    The namespace differs between server generations, so local names count.
    """
    values: dict[str, str] = {}
    for child in message_xml.iterchildren("*"):
        if len(values) == _MOST_VALUES:
            break
        name = child.get("Name") or snake_case(local_name(child))
        values.setdefault(name, (text(child) or "").strip() or next(iter(child.attrib.values()), ""))
    return values
