"""Flows and values are two forms of the same message."""

import gzip
import zlib

import pytest
from mitmproxy import http
from mitmproxy.test import tutils

from ewstape.interaction import Response
from ewstape.proxy.flows import decoded_sizes, request_of, response_of, to_mitmproxy


def test_hop_by_hop_headers_and_length_are_left_out() -> None:
    headers = http.Headers(
        [(b"Host", b"mail.example.com"), (b"Content-Length", b"2"), (b"Connection", b"keep-alive"), (b"X-A", b"\xe9")]
    )
    request = request_of(tutils.treq(method=b"POST", headers=headers, content=b"<>"))
    assert request.headers == (("Host", "mail.example.com"), ("X-A", "é"))
    assert request.body == b"<>"


def test_bytes_of_a_url_that_are_no_ascii_are_percent_encoded() -> None:
    assert request_of(tutils.treq(path=b"/ews/\xff?q=\xc3\xa9")).url.endswith("/ews/%FF?q=%C3%A9")


CODED = {
    "gzip": gzip.compress(b"<x/>"),
    "deflate": zlib.compress(b"<x/>"),
    "br": None,
}


@pytest.mark.parametrize("coding", CODED)
def test_a_content_coding_is_taken_off_and_named(coding: str) -> None:
    import brotli

    raw = CODED[coding] or brotli.compress(b"<x/>")
    response = response_of(tutils.tresp(headers=http.Headers([(b"Content-Encoding", coding.encode())]), content=raw))
    assert (response.body, response.coding, response.headers) == (b"<x/>", coding, ())


def test_a_coding_that_does_not_come_off_stays_with_a_note() -> None:
    response = response_of(tutils.tresp(headers=http.Headers([(b"Content-Encoding", b"gzip")]), content=b"plain"))
    assert (response.body, response.coding) == (b"plain", "")
    assert response.headers == (("Content-Encoding", "gzip"),)
    assert "gzip" in response.notes[0]


def test_a_reason_is_kept_where_it_is_not_the_usual_one() -> None:
    assert response_of(tutils.tresp(status_code=200, reason=b"OK")).reason == ""
    assert response_of(tutils.tresp(status_code=456, reason=b"Account locked")).reason == "Account locked"


def test_a_response_goes_back_with_its_length() -> None:
    response = Response(status=456, reason="Account locked", headers=(("X-A", "é"), ("X-A", "2")), body=b"text")
    answer = to_mitmproxy(response)
    assert (answer.status_code, answer.reason, answer.content) == (456, "Account locked", b"text")
    assert answer.headers.fields == ((b"X-A", b"\xe9"), (b"X-A", b"2"), (b"Content-Length", b"4"))


@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
def test_pieces_of_a_stream_count_by_what_they_bring_of_the_body(coding: str) -> None:
    compress = {
        "": None,
        "gzip": zlib.compressobj(wbits=31),
        "deflate": zlib.compressobj(),
    }[coding]
    parts = [b"one" * 5, b"three" * 7]
    pieces = [compress.compress(part) + compress.flush(zlib.Z_SYNC_FLUSH) for part in parts] if compress else parts
    assert decoded_sizes(pieces, coding) == [15, 35]


def test_a_coding_that_cannot_be_followed_counts_with_the_last_piece() -> None:
    import brotli

    packed = brotli.compress(b"x" * 1000)
    assert decoded_sizes([packed[:5], packed[5:]], "br") == [0, 1000]


def test_a_body_that_is_encoded_already_is_not_encoded_again() -> None:
    packed = gzip.compress(b"<x/>")
    answer = to_mitmproxy(Response(status=200, headers=(("Content-Encoding", "gzip"),), body=packed))
    assert (answer.raw_content, answer.content) == (packed, b"<x/>")
