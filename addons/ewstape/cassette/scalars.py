"""Text as YAML scalars, written by hand because it is several times faster than PyYAML's dumper.

Three styles. Plain only where every YAML schema (1.1, 1.2 core, JSON) reads the same string: it begins with a letter
and is no word such as `no` or `null`. A literal block where it shows the text exactly. Else double quotes, as in JSON.
"""

import re
from functools import lru_cache

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@=+,;()&?%$~*!'<>:# -]*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})
LONGEST_KEY = 900  # a key on one line with its value may have 1024 characters at most (YAML 1.2 7.4.2)

# What a literal block cannot hold: control characters, the line breaks that only YAML 1.1 knows (NEL, LS, PS), the
# byte order mark and non-characters (YAML 1.2 5.1). CR is a line break, so a block would turn it into LF.
_NOT_LITERAL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LITERAL_ASCII = b"\t\n" + bytes(range(0x20, 0x7F))


def scalar(text: str) -> str:
    """`text` on one line, plain or quoted."""
    if (
        _PLAIN.fullmatch(text)
        and ": " not in text
        and " #" not in text
        and text[-1] not in " :"
        and text.lower() not in _WORDS
    ):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """`text` in double quotes.

    What does not print is escaped. No YAML can hold a lone surrogate; it is shown as a backslash and its number.
    """
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    if not text.isprintable():
        text = "".join([char if char.isprintable() else _escape(char) for char in text])
    return f'"{text}"'


@lru_cache(maxsize=1024)  # the same few dozen in every interaction
def key(text: str, indent: str) -> str:
    """`text` as a mapping key with its colon; `indent` stands before it. Long keys need a second line for the colon."""
    written = scalar(text)
    return f"{written}:" if len(written) <= LONGEST_KEY else f"? {written}\n{indent}:"


def literal(text: str, indent: str) -> str | None:
    """`text` (not empty) as a literal block whose lines begin with `indent`, two blanks deeper than its key.

    None if a block cannot hold it. Begins with the block's indicator and has no line break at its end.
    """
    if not is_literal(text):
        return None
    hint = "2" if text[0] in " \t\n" else ""  # else a reader would take leading blanks for indentation
    if text[-1] != "\n":
        chomp = "-"
    else:
        chomp = "+" if text == "\n" or text[-2] == "\n" else ""
        text = text[:-1]
    if "\n\n" in text or text[:1] in ("", "\n") or text[-1] == "\n":
        lines = "\n".join([indent + line if line else "" for line in text.split("\n")])
    else:
        lines = indent + text.replace("\n", "\n" + indent)
    return f"|{hint}{chomp}\n{lines}"


def is_literal(text: str | bytes) -> bool:
    """Whether a literal block can hold each character of `text`, which may be UTF-8; all that is written is such."""
    encoded = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    others = encoded.translate(None, _LITERAL_ASCII)  # most characters are left out by that
    return not others or not _NOT_LITERAL.search(others.decode("utf-8", "surrogatepass"))


def _escape(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    code = ord(char)
    if code <= 0xFF:  # noqa: PLR2004 - what two hexadecimal digits hold
        return f"\\x{code:02X}"
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - the surrogates
        return f"\\\\u{code:04x}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004 - four digits
