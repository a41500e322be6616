import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.errors import WireError
from ewstape.wire.content import CODINGS, charset_of, compress, decompress

BODY = b"<a>" + bytes(range(256)) * 50 + b"</a>"


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


@given(st.binary(), st.sampled_from([*CODINGS, "identity", "", "gzip, deflate", "br,gzip", "X-GZip"]))
def test_what_is_compressed_is_restored_exactly(body: bytes, coding: str) -> None:
    assert decompress(compress(body, coding), coding) == body


@given(st.binary())
def test_deflate_is_read_raw_as_well_as_wrapped(body: bytes) -> None:
    assert decompress(raw_deflate(body), "deflate") == body
    assert decompress(zlib.compress(body), "deflate") == body


@given(st.binary(), st.sampled_from(CODINGS))
def test_arbitrary_bytes_are_content_or_a_wire_error(body: bytes, coding: str) -> None:
    try:
        outcome = decompress(body, coding, limit=10_000)
    except WireError as error:
        outcome = str(error).encode()
    assert len(outcome) <= 10_000


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(BODY[:99]) + gzip.compress(b"") + gzip.compress(BODY[99:]), "gzip"),
        (b"".join(gzip.compress(bytes((byte,))) for byte in BODY), "gzip"),
        (brotli.compress(BODY), " BR "),
        (zlib.compress(gzip.compress(BODY)), "gzip, deflate"),
        (BODY, "identity"),
        (BODY, ""),
    ],
    ids=["gzip members", "a gzip member for each byte", "br", "two codings", "identity", "none"],
)
def test_content_encoding_is_taken_off(body: bytes, coding: str) -> None:
    assert decompress(body, coding) == BODY


@pytest.mark.parametrize("coding", CODINGS)
def test_an_empty_body_has_empty_content_whatever_its_coding(coding: str) -> None:
    assert decompress(b"", coding) == b""


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("missing", [1, 4, 200])
def test_a_body_cut_short_is_a_wire_error_that_names_the_coding(coding: str, missing: int) -> None:
    body = compress(BODY, coding)[:-missing]
    with pytest.raises(WireError, match=f"the {coding} body is cut short"):
        decompress(body, coding)


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"<plain/>", "gzip"),
        (b"<plain/>", "deflate"),
        (b"<plain/>", "br"),
        (compress(BODY, "gzip") + b"<more/>", "gzip"),
        (compress(BODY, "deflate") + b"<more/>", "deflate"),
        (compress(BODY, "br") + b"<more/>", "br"),
        (compress(BODY, "gzip")[:-8] + bytes(8), "gzip"),
    ],
    ids=[
        "plain as gzip",
        "plain as deflate",
        "plain as br",
        "gzip and more",
        "deflate and more",
        "br and more",
        "checksum",
    ],
)
def test_a_corrupt_body_is_a_wire_error_that_names_the_coding(body: bytes, coding: str) -> None:
    with pytest.raises(WireError, match=f"the {coding} body is (corrupt: .|cut short)"):
        decompress(body, coding)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_is_refused_at_the_limit(coding: str) -> None:
    bomb = compress(bytes(5_000_000), coding)
    assert len(bomb) < 10_000
    assert len(decompress(bomb, coding, limit=5_000_000)) == 5_000_000
    with pytest.raises(WireError, match=f"the {coding} body expands to more than 4999999 bytes"):
        decompress(bomb, coding, limit=4_999_999)


def test_the_limit_is_for_all_gzip_members_together() -> None:
    with pytest.raises(WireError, match="the gzip body expands to more than 150 bytes"):
        decompress(gzip.compress(bytes(100)) * 2, "gzip", limit=150)


def test_gzip_says_neither_when_nor_from_which_file() -> None:
    """The same content gives the same bytes tomorrow."""
    assert compress(BODY, "gzip")[3:8] == bytes(5)


@pytest.mark.parametrize("function", [compress, decompress])
def test_an_unknown_coding_is_a_wire_error_that_lists_the_known_ones(function: object) -> None:
    assert callable(function)
    with pytest.raises(WireError, match=r"unknown content coding 'zstd': ewstape knows gzip, deflate, br"):
        function(BODY, "zstd")


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/xml; charset=utf-8", "utf-8"),
        ('text/xml;CHARSET = "ISO-8859-1"', "iso-8859-1"),
        ("text/xml; charset='utf-16'", "utf-16"),
        ("text/xml; boundary=x; charset=windows-1252; y=z", "windows-1252"),
        ("text/xml", ""),
        ("", ""),
        ("text/xml; charset=", ""),
        ("text/xml; charset=\x00", ""),
    ],
)
def test_the_charset_is_the_parameter_in_lower_case(content_type: str, charset: str) -> None:
    assert charset_of(content_type) == charset
