"""The list of operations that are known by name."""

from collections import Counter

from ewstape.interaction import Operation
from ewstape.operations import lookup
from ewstape.operations.catalog import READS, REQUEST_ROOTS, RESPONSE_ROOTS, SHAPES, STREAMING, Shape, wsdl_name


def test_all_122_operations_are_listed_once() -> None:
    assert Counter(SHAPES.values()) == {Shape.ARRAY: 48, Shape.SINGLE: 71, Shape.OLDER: 3}


def test_every_other_list_names_listed_operations() -> None:
    assert {*REQUEST_ROOTS.values(), *RESPONSE_ROOTS, *READS, *STREAMING} <= set(SHAPES)
    assert len(REQUEST_ROOTS) == 7


def test_every_operation_is_found_under_its_name_on_the_wire() -> None:
    roots = {name: root for root, name in REQUEST_ROOTS.items()}
    assert all(wsdl_name(Operation(roots.get(name, name))) == name for name in SHAPES)


def test_the_list_and_the_decoders_agree_about_what_reads() -> None:
    specs = {name: spec for name in SHAPES if (spec := lookup(Operation(name)))}
    assert len(specs) == 3
    assert {name for name, spec in specs.items() if not spec.writes} == READS & specs.keys()
