"""A secret is seen through escapes, UTF-16 and base64."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.check.forms import decode, forms, text_of, unescape

SECRET = "robin.doe@contoso.com"
HIDDEN: dict[str, tuple[Callable[[str], str], str]] = {
    "itself": (str, ""),
    "in a URL": (lambda text: quote(text, safe=""), "escaped"),
    "in a URL in a URL": (lambda text: quote(quote(text, safe=""), safe=""), "escaped"),
    "in XML": (lambda text: text.replace("@", "&#64;"), "escaped"),
    "in JSON": (lambda text: json.dumps(text).replace("@", "\\u0040"), "escaped"),
    "in UTF-16": ("\0".join, "UTF-16"),
    "in base64": (lambda text: base64.b64encode(text.encode()).decode(), "in base64"),
    "in URL-safe base64": (lambda text: base64.urlsafe_b64encode(b"\xff\xfe" + text.encode()).decode(), "in base64"),
    "in UTF-16 in base64": (lambda text: base64.b64encode(text.encode("utf-16-le")).decode(), "in base64"),
    "after what runs into it": (lambda text: "abc" + base64.b64encode(text.encode()).decode(), "in base64"),
}


@pytest.mark.parametrize(("hide", "words"), HIDDEN.values(), ids=HIDDEN)
def test_a_hidden_text_is_among_the_readings_with_the_way_to_it(hide: Callable[[str], str], words: str) -> None:
    assert words in [way for way, text in forms(hide(SECRET)) if SECRET in text]


def test_base64_is_taken_off_twice_and_no_more() -> None:
    text = SECRET
    for depth in range(1, 4):
        text = base64.b64encode(text.encode()).decode()
        assert any(SECRET in reading for _, reading in forms(text)) is (depth <= 2)


@pytest.mark.parametrize("text", ["", "plain words", "50 % of it", "a\\b", "R&D"])
def test_what_has_no_escapes_has_no_other_reading(text: str) -> None:
    assert unescape(text) == ""


@given(st.binary(min_size=1))
def test_base64_of_either_alphabet_is_decoded_with_or_without_padding(data: bytes) -> None:
    for encoded in (base64.b64encode(data), base64.urlsafe_b64encode(data)):
        assert decode(encoded.decode()) == decode(encoded.decode().rstrip("=")) == data


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_body_is_text_whatever_its_encoding(codec: str) -> None:
    assert text_of("<x>é</x>".encode(codec)).removeprefix("\ufeff") == "<x>é</x>"


def test_a_body_in_no_encoding_is_text_byte_for_byte() -> None:
    assert text_of(bytes(range(256))) == bytes(range(256)).decode("latin-1")
