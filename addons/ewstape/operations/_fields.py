"""Turns typed values into the plain data that a cassette shows."""

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from functools import cache
from typing import TYPE_CHECKING

from ewstape.interaction import Field, Fields

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    type _Value = str | bool | int | Mapping[str, str] | DataclassInstance


def to_fields(value: "DataclassInstance") -> Fields:
    """A decoded message as plain data: text by field name, what is absent or empty left out."""
    values = ((name, getattr(value, name)) for name in _names(type(value)))
    return {name: plain for name, value in values if value is not None and (plain := _plain(value))}


@cache
def _names(kind: "type[DataclassInstance]") -> tuple[str, ...]:
    return tuple(field.name for field in dataclass_fields(kind))


def _plain(value: "_Value") -> Field:
    match value:
        case str() | dict():
            return value
        case bool():  # before int, of which it is a kind
            return "true" if value else "false"
        case int():
            return str(value)
        case Mapping():
            return dict(value)
        case _:
            return to_fields(value)
