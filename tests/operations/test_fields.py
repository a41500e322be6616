"""Typed values as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from ewstape.operations import to_fields


@dataclass
class Inner:
    text: str | None = None


@dataclass
class Outer:
    text: str | None = None
    number: int | None = None
    flag: bool | None = None
    values: Mapping[str, str] | None = None
    inner: Inner | None = None


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (Outer(), {}),
        (Outer(text="", values={}, inner=Inner()), {}),
        (Outer(text=" "), {"text": " "}),
        (Outer(number=0), {"number": "0"}),
        (Outer(flag=True), {"flag": "true"}),
        (Outer(flag=False), {"flag": "false"}),
        (Outer(values=MappingProxyType({"A": "b"})), {"values": {"A": "b"}}),
        (Outer(inner=Inner("x")), {"inner": {"text": "x"}}),
    ],
)
def test_leaves_are_text_and_what_is_absent_or_empty_is_left_out(value: Outer, fields: dict[str, object]) -> None:
    assert to_fields(value) == fields


def test_keys_are_in_the_order_of_the_fields() -> None:
    assert list(to_fields(Outer(inner=Inner("x"), flag=True, text="y"))) == ["text", "flag", "inner"]
