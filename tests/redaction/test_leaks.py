import base64
import html
import json
from collections.abc import Mapping
from urllib.parse import quote

import pytest

from ewstape.redaction.kinds import Kind
from ewstape.redaction.leaks import Leak, Leaks

VALUE = "Zoë.Quartz+ops@velvetholm.io"
WIDE = VALUE.encode("utf-16-le")


def leaks(data: bytes | str, originals: Mapping[str, Kind], place: str = "") -> list[Leak]:
    return Leaks(originals).find(data, place)


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def wrapped(text: str) -> str:
    return "\n    ".join(text[at : at + 76] for at in range(0, len(text), 76))


FORMS = {
    "plain": VALUE,
    "upper case": VALUE.upper(),
    "lower case": VALUE.lower(),
    "XML, decimal": "".join(f"&#{ord(char)};" for char in VALUE),
    "XML, hexadecimal": "".join(f"&#x{ord(char):x};" for char in VALUE.upper()),
    "XML, named": html.escape(VALUE).replace("@", "&commat;"),
    "XML, twice": html.escape("".join(f"&#{ord(char)};" for char in VALUE)),
    "URL": quote(VALUE, safe=""),
    "URL, every character": "".join(f"%{byte:02x}" for byte in VALUE.encode()),
    "JSON": json.dumps(VALUE),
    "YAML": '"' + "".join(f"\\x{ord(char):02X}" for char in VALUE) + '"',
    "UTF-16LE": WIDE,
    "UTF-16BE": VALUE.encode("utf-16-be"),
    "base64, wrapped": wrapped(b64(b"q" * 100 + VALUE.upper().encode() + b"q" * 100)),
    "base64, URL-safe": base64.urlsafe_b64encode(b"\xff\xfe" + VALUE.encode()).decode(),
    "base64, URL-escaped": quote(b64(VALUE.upper().encode()), safe=""),
} | {
    f"{name}, alignment {before}": b64(bytes(before) + content + b"..")
    for before in range(3)
    for name, content in {
        "base64": VALUE.encode(),
        "base64 of UTF-16LE": WIDE,
        "base64, upper case": VALUE.upper().encode(),
        "base64 of base64": b64(b"." * before + VALUE.upper().encode()).encode(),
        "base64 of escaped XML": html.escape(f"<a>{VALUE}</a>").replace("@", "&#64;").encode(),
    }.items()
}


@pytest.mark.parametrize("form", FORMS)
def test_a_value_is_found_in_every_form(form: str) -> None:
    written = FORMS[form]
    data = written if isinstance(written, bytes) else written.encode()
    assert leaks(b"body: |\n    <a>hello " + data + b" there</a>\n", {VALUE: Kind.SMTP_ADDRESS})


def test_a_leak_tells_everything_but_the_value() -> None:
    (leak,) = leaks(f"<a>{VALUE}</a>", {VALUE: Kind.SMTP_ADDRESS}, "document 3")
    assert str(leak) == "document 3: a value of kind smtp_address (28 characters) is left, plain"
    assert VALUE not in repr(leak)
    assert VALUE not in repr(Leaks({VALUE: Kind.SMTP_ADDRESS}))


def test_what_is_not_there_is_not_found() -> None:
    data = b"<a>user-7f3a9c21d04e@example.com</a> " + b64(bytes(range(256))).encode()
    assert leaks(data, {VALUE: Kind.SMTP_ADDRESS, "4711": Kind.PHONE_NUMBER}) == []


@pytest.mark.parametrize(
    "text",
    ["<m:DialString>4711</m:DialString>", "pin 4711.", "tel:4711", b64(b"ext 4711 "), "4711"],
)
def test_a_short_number_is_found_where_it_stands_alone(text: str) -> None:
    assert leaks(text, {"4711": Kind.PHONE_NUMBER})


@pytest.mark.parametrize(
    "text",
    ["14711", "4711a", "15.4711", "id-4711", 'MajorBuildNumber="4711"', "took: 4711", "Content-Length: 4711"],
)
def test_a_short_number_is_not_found_inside_another_or_where_figures_are(text: str) -> None:
    assert leaks(text, {"4711": Kind.PHONE_NUMBER}) == []


@pytest.mark.parametrize("value", ["abc", "Inbox", "User", "  a  "])
def test_values_that_say_nothing_are_left_out(value: str) -> None:
    assert leaks(f"<a>{value}</a>", {value: Kind.TEXT}) == []


def test_a_text_of_several_lines_is_found_where_yaml_indents_it() -> None:
    value = "first line of it\nand the second"
    assert leaks("  body: |\n    <a>First line of it\n    and the second</a>\n", {value: Kind.TEXT})


def test_a_scheme_or_white_space_around_a_value_hides_nothing() -> None:
    assert leaks("<a>+1 425 663 7198</a>", {" tel:+1 425 663 7198 ": Kind.PHONE_NUMBER})


def test_values_that_begin_alike_are_told_apart() -> None:
    originals = {f"AAMkAGZkQuartz{number:03}==": Kind.ID for number in range(300)}
    found = leaks("<a>AAMkAGZkQuartz007==</a>", originals)
    assert len(found) == 1
