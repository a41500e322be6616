"""Bodies that cannot be read are searched in the encoding that they look like, and keep every other byte."""

import pytest

from ewstape.redaction import RULES
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.redaction.table import table_of
from ewstape.redaction.undecodable import searched
from ewstape.redaction.values import Values

SECRET = "robin.doe@contoso.com"
TEXT = f"<broken>write to {SECRET} now"


@pytest.fixture
def values() -> Values:
    return Values(table_of(RULES), Pseudonyms(Key.fresh()))


@pytest.mark.parametrize("codec", ["ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_looks_private_is_replaced_in_any_encoding(values: Values, codec: str) -> None:
    found = searched(TEXT.encode(codec), values).decode(codec)
    before, _, after = TEXT.partition(SECRET)
    assert SECRET not in found
    assert found.startswith(before)
    assert found.endswith(f"@example.com{after}")


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\xfd", bytes(range(256)), b"\0" * 9, b"\xd8\0" * 4])
def test_bytes_that_say_nothing_stay(values: Values, body: bytes) -> None:
    assert searched(body, values) == body
