"""Bodies for people: XML indented, everything escaped; coloured where the terminal has colours."""

import codecs

from lxml import etree
from rich.syntax import Syntax
from rich.text import Text

from ewstape.errors import WireError
from ewstape.interaction import Message
from ewstape.report.escape import escape
from ewstape.wire.safexml import parse


def body_text(message: Message) -> str:
    """The body, a line at a time escaped: XML indented anew, anything else as it is."""
    return "\n".join(escape(line.replace("\t", "    ")) for line in _readable(message).splitlines())


def coloured(text: str) -> Text:
    """The same in the terminal's own colours."""
    return Syntax(text, "xml", theme="ansi_dark", background_color="default").highlight(text)


def _readable(message: Message) -> str:
    content_type = next((value for name, value in message.headers if name.lower() == "content-type"), "")
    try:
        root = parse(message.body, content_type=content_type)
    except WireError:
        return message.body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")
