"""Lines in the writer's own shape are read, any others are not even tried."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.cassette.blocks import (
    QUOTED,
    SCALAR,
    Other,
    check_fields,
    read_chunks,
    read_fields,
    read_headers,
    read_scalar,
)
from ewstape.interaction import Chunk, Field, Headers


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (None, ""),
        ("a", "a"),
        ("text/xml; charset=utf-8", "text/xml; charset=utf-8"),
        ("a:b #c", None),
        ("a: b", None),
        ("a :", None),
        ("a ", None),
        ("a :b", "a :b"),
        ("a#b::c", "a#b::c"),
        ("1", None),
        ("'a'", None),
        ('""', ""),
        ('"\\\\n"', "\\n"),
        ('"\\\\u0041\\n\\r\\t\\"\\x85\\u2028\\U0010FFFF"', '\\u0041\n\r\t"\x85\u2028\U0010ffff'),
        ('"\\uD800"', None),
        ('"\\U00110000"', None),
        ('"\\U00000041"', None),
        ('"\\x8g"', None),
        ('"\\0"', None),
        ('"a\tb"', None),
        ('"a', None),
    ],
    ids=repr,
)
def test_a_scalar_is_plain_or_in_double_quotes(written: str | None, text: str | None) -> None:
    """None: it is no scalar of the writer's."""
    if text is None:
        assert not re.fullmatch(f"{SCALAR}\n", f"{written}\n")
        return
    assert written is None or re.fullmatch(f"{SCALAR}\n", f"{written}\n")
    assert written is None or (written[0] == '"') == bool(re.fullmatch(QUOTED, written))
    assert read_scalar(written) == text


@pytest.mark.parametrize(
    ("block", "headers"),
    [
        (None, ()),
        ("    A: b\n", (("A", "b"),)),
        ('    A:\n      - "1"\n      - b\n    C: ""\n', (("A", "1"), ("A", "b"), ("C", ""))),
        ('    "1": b\n', (("1", "b"),)),
        ("    A: b\n    A: c\n", None),
        ("    A:\n", None),
        ("    A:\n    B: c\n", None),
        ("      - a\n", None),
        ("    A: b\n      - c\n", None),
        ("     A: b\n", None),
        ('    "A B": c\n', None),
        ('    A: "\\n"\n', None),
        ('    A: "\u20ac"\n', None),
        (f"    {'A' * 901}: b\n", None),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_header_lines_are_checked(block: str | None, headers: Headers | None) -> None:
    if headers is None:
        with pytest.raises(Other):
            read_headers(block)
    else:
        assert read_headers(block) == headers


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        (None, {}),
        ("    a: b\n", {"a": "b"}),
        ('    a: {}\n    b: []\n    c: ""\n', {"a": {}, "b": [], "c": ""}),
        ("    a:\n      b:\n        c: d\n    e: f\n", {"a": {"b": {"c": "d"}}, "e": "f"}),
        ("    a:\n      - b\n      - {}\n    c: d\n", {"a": ["b", {}], "c": "d"}),
        (
            "    a:\n      - b: c\n        d:\n          - e\n      - f: g\n",
            {"a": [{"b": "c", "d": ["e"]}, {"f": "g"}]},
        ),
        ("    a:\n      - - b\n        - c\n      - - - d: e\n", {"a": [["b", "c"], [[{"d": "e"}]]]}),
        ("    a: b\n    a: c\n", None),
        ("    a:\n", None),
        ("    a:\n    b: c\n", None),
        ("    a:\n        b: c\n", None),
        ("    a: b\n      c: d\n", None),
        ("     a: b\n", None),
        ("    a:\n      b: c\n      - d\n", None),
        ("    a:\n      - b\n      c: d\n", None),
        ("    a:\n      - b\n      c\n", None),
        ("    a:\n      b\n", None),
        ("    - a\n", None),
        ("    a: b # c\n", None),
        (f"    {'a' * 901}: b\n", None),
        (f"    a:\n      {'- ' * 14}b\n", None),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_fields_are_mappings_and_lists_two_columns_apart(block: str | None, fields: dict[str, Field] | None) -> None:
    if fields is None:
        for read in (read_fields, check_fields):
            with pytest.raises(Other):
                read(block)
    else:
        assert read_fields(block) == fields
        assert check_fields(block) == {}


LINES = st.builds(
    "{}{}{}\n".format,
    st.sampled_from(["    ", "      ", "        ", "    - ", "      - - ", "     "]),
    st.sampled_from(["a: ", "b: ", '"a": ', "a:", "", "a:  "]),
    st.sampled_from(["c", '"d"', "{}", "[]", "a: b", '"a": b', "e #", "'f'", ""]),
)


@given(st.lists(LINES, max_size=6).map("".join))
def test_fields_that_nobody_needs_are_as_valid_as_others(block: str) -> None:
    def is_valid(read: Callable[[str], object]) -> bool:
        try:
            read(block)
        except Other:
            return False
        return True

    assert is_valid(check_fields) == is_valid(read_fields)


def test_chunks_are_seconds_and_bytes() -> None:
    assert read_chunks('    - "0.250 312"\n    - "1 0"\n') == (Chunk(0.25, 312), Chunk(1.0, 0))
    with pytest.raises(Other):
        read_chunks('    - "0.250 312"\n    - "1"\n')
