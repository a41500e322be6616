"""Requests as values, responses as bytes."""

import pytest

from ewstape.interaction import Chunk, Response
from ewstape.server.messages import Received, chunked_head, framed, made_request, pieces, refusal

ANY = Received(refusal(400, "no"))
LAST = Received(refusal(400, "no"), last=True)
HEAD = Received(refusal(400, "no"), head_only=True)


@pytest.mark.parametrize(
    ("response", "received", "head", "body"),
    [
        (Response(status=200, body=b"<x/>"), ANY, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", b"<x/>"),
        (Response(status=200, body=b"<x/>"), HEAD, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", b""),
        (Response(status=204), LAST, b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", b""),
        (
            Response(status=456, reason="The account is locked", headers=(("x-SPELT", "so"), ("x-SPELT", "twice"))),
            ANY,
            b"HTTP/1.1 456 The account is locked\r\nx-SPELT: so\r\nx-SPELT: twice\r\nContent-Length: 0\r\n\r\n",
            b"",
        ),
    ],
    ids=["plain", "HEAD", "without a body", "a reason and spelling of its own"],
)
def test_a_response_goes_out_as_it_was_recorded(
    response: Response, received: Received, head: bytes, body: bytes
) -> None:
    assert framed(response, received) == (head, body)


def test_a_stream_has_no_length() -> None:
    assert chunked_head(Response(status=200), LAST) == (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([2, 2], [(0.0, b"ab"), (1.0, b"cd")]),
        ([1, 1], [(0.0, b"a"), (1.0, b"bcd")]),
        ([0, 4], [(1.0, b"abcd")]),
        ([4, 0], [(0.0, b"abcd")]),
    ],
)
def test_the_last_piece_has_what_the_sizes_leave_over(sizes: list[int], expected: list[tuple[float, bytes]]) -> None:
    chunks = tuple(Chunk(float(at), size) for at, size in enumerate(sizes))
    assert list(pieces(Response(status=200, body=b"abcd", chunks=chunks))) == expected


@pytest.mark.parametrize(
    ("target", "host", "url"),
    [
        (b"/EWS/Exchange.asmx?x=1", b"mail.example.com", "http://mail.example.com/EWS/Exchange.asmx?x=1"),
        (b"http://elsewhere.example.com/a?b", b"mail.example.com:81", "http://mail.example.com:81/a?b"),
        (b"*", b"mail.example.com", "http://mail.example.com/"),
        (b"/", b"<script>", "http://ewstape.invalid/"),
    ],
)
def test_a_url_is_made_of_the_target_and_a_host_that_may_stand_in_one(target: bytes, host: bytes, url: str) -> None:
    assert made_request("GET", target, [(b"Host", host)], b"").url == url


def test_a_wrong_content_encoding_is_noted() -> None:
    made = made_request("POST", b"/", [(b"Content-Encoding", b"gzip")], b"no gzip")
    assert (made.body, made.coding) == (b"no gzip", "")
    assert made.notes
