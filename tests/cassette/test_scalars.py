"""Scalars are read by every YAML schema as the text they were made from."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ewstape.cassette.scalars import key, literal, quoted, scalar

TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text("aNoYe01.:-+_eExX #\n\t\"\\'", max_size=8)


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.CBaseLoader, yaml.SafeLoader])
@given(text=TEXT)
def test_a_scalar_is_that_text_under_every_schema(loader: type[yaml.CBaseLoader], text: str) -> None:
    assert yaml.load(f"a: {scalar(text)}\n", loader) == {"a": text}


@pytest.mark.parametrize(
    "text",
    ["POST https://mail.example.com/", "text/xml; charset=utf-8", "Mon, 23 Nov 2026 09:14:07 GMT", "user@example.com"],
)
def test_ordinary_text_stays_plain(text: str) -> None:
    assert scalar(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "No",
        "NULL",
        "+15550100",
        "0123456",
        "1:30",
        "a: b",
        "a #b",
        "a ",
        "a:",
        "- a",
        "~",
        "=",
        "2026-11-23",
    ],
)
def test_text_that_yaml_could_take_for_something_else_is_quoted(text: str) -> None:
    assert scalar(text) == quoted(text) == f'"{text}"'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('\\"', '"\\\\\\""'),
        ("\n\r\t", '"\\n\\r\\t"'),
        ("\x00\x7f\x85", '"\\x00\\x7F\\x85"'),
        ("\u202e\ufeff", '"\\u202E\\uFEFF"'),
        ("\U000e0001", '"\\U000E0001"'),
        ("Gr\xfc\xdfe", '"Gr\xfc\xdfe"'),
        ("\ud800", '"\\\\ud800"'),
    ],
    ids=["named", "white space", "control", "bidi and BOM", "astral", "letters", "surrogate"],
)
def test_what_does_not_print_is_escaped(text: str, written: str) -> None:
    assert quoted(text) == written


@pytest.mark.parametrize("loader", [yaml.CBaseLoader, yaml.BaseLoader])
@given(text=st.text(st.sampled_from("a \t\n-#:\u00e9\x85\x00"), min_size=1) | st.text(min_size=1))
def test_a_literal_block_is_exact_or_not_made(loader: type[yaml.CBaseLoader], text: str) -> None:
    block = literal(text, "  ")
    if block is None:
        assert not text.isprintable()
    else:
        assert yaml.load(f"a: {block}\nb: c\n", loader) == {"a": text, "b": "c"}


@given(text=TEXT)
def test_keys_of_any_length_are_keys(text: str) -> None:
    for name in (text, text + "x" * 2000):
        assert yaml.load(f"{key(name, '')} b\n", yaml.CBaseLoader) == {name: "b"}
