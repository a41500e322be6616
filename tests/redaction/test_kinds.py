"""The names of kinds are what users write in config."""

import re

from ewstape.redaction.kinds import Kind
from ewstape.redaction.normalise import NORMALISERS
from ewstape.redaction.shapes import SHAPES


def test_names_are_plain_words() -> None:
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", kind) for kind in Kind)


def test_every_kind_has_a_normaliser_and_a_shape() -> None:
    """URLs have no shape of their own: they are made of hosts, addresses and tokens."""
    assert set(NORMALISERS) == set(Kind)
    assert set(SHAPES) == set(Kind) - {Kind.URL}
