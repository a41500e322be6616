"""What was asked and told, kept and decoded."""

import gzip
from pathlib import Path

from ewstape import Interaction, load
from ewstape.interaction import Response
from ewstape.testing.journal import Journal


def first(call: Path) -> Interaction:
    return load(call)[0]


def test_exchanges_are_decoded_with_the_time_since_the_first(call: Path) -> None:
    one, journal = first(call), Journal()
    assert journal.interactions() == ()
    assert one.response is not None
    journal.note(one.request, one.response, 100.0)
    journal.note(one.request, one.response, 102.5)
    told = journal.interactions()
    assert [(each.number, each.at, str(each.operation)) for each in told] == [
        (1, 0.0, "PlayOnPhone"),
        (2, 2.5, "PlayOnPhone"),
    ]
    assert told[0].request.fields["dial_string"] == "+1 555 0100"


def test_an_answer_that_was_sent_compressed_is_told_plain(call: Path) -> None:
    one, journal = first(call), Journal()
    assert one.response is not None
    sent = Response(status=200, headers=(("Content-Encoding", "gzip"),), body=gzip.compress(one.response.body))
    journal.note(one.request, sent, 0.0)
    journal.note(one.request, Response(status=200, headers=sent.headers, body=sent.body[:20]), 0.0)
    whole, cut = (each.response for each in journal.interactions())
    assert whole is not None
    assert cut is not None
    assert (whole.body, whole.coding) == (one.response.body, "gzip")
    assert cut.body == sent.body[:20]


def test_steps_of_a_logon_and_what_is_not_of_exchange_are_left_out(call: Path) -> None:
    one, journal = first(call), Journal()
    journal.note(one.request, Response(status=401), 0.0)
    elsewhere = type(one.request)(method="GET", url="http://mail.example.com/owa")
    journal.note(elsewhere, Response(status=404), 0.0)
    assert journal.interactions() == ()
