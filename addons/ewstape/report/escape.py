"""Traffic is hostile text. Whatever of it is shown or logged goes through here first.

Nothing but what Unicode calls printable gets through: no control character and so no line break or terminal sequence,
no mark that turns the direction of a line, no invisible or unassigned character. Terminal markup is harmless because
reports build their text from parts and never parse it.
"""


def escape(text: str) -> str:
    r"""`text` on one line, every unprintable character as a Python escape such as `\x1b`."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
