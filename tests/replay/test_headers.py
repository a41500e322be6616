import pytest

from ewstape.interaction import Headers
from ewstape.replay.headers import accepts, end_to_end, first, values

HEADERS: Headers = (("Content-Type", "text/xml"), ("VIA", "1.1 one"), ("via", "1.1 two"))


def test_headers_are_found_in_any_case_and_in_order() -> None:
    assert list(values(HEADERS, "Via")) == ["1.1 one", "1.1 two"]
    assert (first(HEADERS, "content-type"), first(HEADERS, "Accept")) == ("text/xml", "")


def test_only_end_to_end_headers_are_kept() -> None:
    sent: Headers = (
        ("Content-Type", "text/xml; charset=utf-8"),
        ("Connection", "keep-alive, X-Private"),
        ("Connection", "close"),
        ("x-private", "1"),
        ("Keep-Alive", "timeout=5"),
        ("Transfer-Encoding", "chunked"),
        ("content-length", "12"),
        ("Content-Encoding", "gzip"),
        ("X-FEServer", "host"),
    )
    assert end_to_end(sent) == (
        ("Content-Type", "text/xml; charset=utf-8"),
        ("Content-Encoding", "gzip"),
        ("X-FEServer", "host"),
    )


@pytest.mark.parametrize(
    ("sent", "coding", "accepted"),
    [
        ("gzip, deflate", "gzip", True),
        ("gzip, deflate", "br", False),
        ("GZIP", "gzip", True),
        ("x-gzip", "gzip", True),
        ("gzip", "x-gzip", True),
        ("gzip;q=0", "gzip", False),
        ("gzip; q=0.000", "gzip", False),
        ("gzip ; Q = 0.5", "gzip", True),
        ("gzip;q=1.0", "gzip", True),
        ("gzip;q=", "gzip", False),
        ("gzip;q=high", "gzip", False),
        ("gzip;q=nan", "gzip", False),
        ("*", "gzip", True),
        ("*;q=0", "gzip", False),
        ("gzip;q=0, *", "gzip", False),
        ("gzip;q=0, *", "br", True),
        ("br, *;q=0", "br", True),
        ("identity", "gzip", False),
        ("", "gzip", False),
        (" , ,gzip", "gzip", True),
        ("gzip, br", "gzip, br", True),
        ("gzip", "gzip, br", False),
    ],
)
def test_accept_encoding_is_read_as_the_rfc_says(sent: str, coding: str, *, accepted: bool) -> None:
    assert accepts((("accept-encoding", sent),), coding) is accepted


def test_several_accept_encoding_lines_are_one_list() -> None:
    assert accepts((("Accept-Encoding", "br"), ("Accept-Encoding", "gzip")), "gzip")


def test_a_client_that_says_nothing_gets_no_coding() -> None:
    assert not accepts((), "gzip")
