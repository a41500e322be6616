"""Values know their path, so what is wrong can be found."""

from typing import Any

import pytest

from ewstape.cassette.nodes import ANYWHERE, Node, Place, load
from ewstape.cassette.strictyaml import Problem
from ewstape.errors import CassetteError


@pytest.mark.parametrize(
    ("value", "got"),
    [({}, "a mapping"), ([], "a list"), ("", "nothing"), ("x", "'x'"), ("\x1b[31m\n", r"'\x1b[31m\n'")],
    ids=["mapping", "list", "empty", "text", "terminal markup"],
)
def test_what_was_got_is_said_in_plain_words(value: Any, got: str) -> None:
    with pytest.raises(Problem) as caught:
        Node(value, ("a",)).wrong("a number")
    assert caught.value.message == f"expected a number, got {got}"
    assert caught.value.path == ("a",)


def test_long_values_are_cut() -> None:
    with pytest.raises(Problem) as caught:
        Node("x" * 10_000).integer(1, 2, "a number")
    assert len(caught.value.message) < 120


def test_the_line_is_found_by_the_path() -> None:
    with pytest.raises(
        CassetteError, match=r"^f.yaml: document 2: line 12: \$\.a\[1\]\['b c'\]: expected a list, got 'd'$"
    ):
        load(
            lambda node: node.mapping()["a"].items()[1].mapping()["b c"].items(),
            "a:\n  - x\n  - b c: d\n",
            Place(source="f.yaml", document=2, line=10),
        )


def test_a_right_document_gives_its_value() -> None:
    assert load(lambda node: node.mapping(("a",))["a"].texts(), "a: [b, c]", ANYWHERE) == ("b", "c")
