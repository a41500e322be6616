"""mitmproxy's filter expressions find recorded interactions."""

from dataclasses import replace

import pytest

from ewstape.errors import ConfigError
from ewstape.interaction import Interaction, Operation, Request, Response
from ewstape.proxy.matching import matching

ANSWERED = Interaction(
    number=1,
    operation=Operation("GetFolder"),
    at=1.5,
    request=Request(
        method="POST",
        url="https://mail.example.com/EWS/Exchange.asmx",
        headers=(("User-Agent", "caf\xe9"), ("Content-Type", "text/xml")),
        body=b"<GetFolder/>",
    ),
    response=Response(status=500, headers=(("Content-Type", "text/xml"),), body=b"<ErrorServerBusy/>"),
)
LOST = replace(ANSWERED, response=None, error="server went away")
MATCHES = {
    "status": ("~c 500", True, False),
    "request body": ("~bq GetFolder", True, True),
    "response body": ("~bs ErrorServerBusy", True, False),
    "URL": ("~u asmx", True, True),
    "domain": ("~d example", True, True),
    "header": ("~hq user-agent", True, True),
    "method": ("~m POST", True, True),
    "error": ("~e", False, True),
    "no response": ("~q", False, True),
    "together": ("~c 500 & !~bs Busy", False, False),
    "comment": ("~comment GetFolder", True, True),
}


@pytest.mark.parametrize(("expression", "answered", "lost"), MATCHES.values(), ids=MATCHES)
def test_an_expression_finds_what_it_would_in_mitmproxy(expression: str, answered: bool, lost: bool) -> None:
    wanted = matching(expression)
    assert (wanted(ANSWERED), wanted(LOST)) == (answered, lost)


def test_a_body_whose_coding_could_not_be_taken_off_is_looked_at_as_it_is() -> None:
    request = replace(ANSWERED.request, headers=(("Content-Encoding", "gzip"),), body=b"not gzip")
    assert matching("~bq not.gzip")(replace(ANSWERED, request=request))


def test_a_url_that_mitmproxy_cannot_take_apart_is_still_found() -> None:
    odd = replace(ANSWERED, request=replace(ANSWERED.request, url="http://mail.example.com:99999/EWS/Exchange.asmx"))
    assert matching("~u 99999.*asmx")(odd)


@pytest.mark.parametrize("expression", ["~c", "~nonsense x", "("])
def test_what_is_no_expression_is_one_clear_error(expression: str) -> None:
    with pytest.raises(ConfigError, match=r"--filter: .*filter expressions"):
        matching(expression)
