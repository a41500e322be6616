"""The voicemail app against cassettes: no server, no account, no network.

Each test has its own, in `cassettes/test_voicemail/`. Three were recorded; `without_phone.yaml` was written by hand.
"""

from collections.abc import Iterator

import pytest
from voicemail import Mailbox, RefusedError, VoiceMail

import ewstape


@pytest.fixture
def mailbox(ews_cassette: ewstape.UsedCassette) -> Iterator[Mailbox]:
    """A mailbox whose server is the test's cassette; any user and password will do."""
    with Mailbox(ews_cassette.url, "alex", "secret", "alex@example.com") as opened:
        yield opened


@pytest.mark.ews_cassette("inbox.yaml")
def test_voice_mails_are_listed(mailbox: Mailbox) -> None:
    assert len(mailbox.voice_mails()) == 2


@pytest.mark.ews_cassette("call.yaml")
def test_a_voice_mail_is_played_until_somebody_hangs_up(mailbox: Mailbox, ews_cassette: ewstape.UsedCassette) -> None:
    """Another number than the recorded one: identifiers are bound, not compared."""
    call = mailbox.play(mailbox.voice_mails()[0], "+1 555 0177")
    assert list(call.watch(pause=0)) == ["Connecting", "Alerted", "Connected"]
    call.hang_up()
    assert call.state() == "Disconnected"
    ews_cassette.assert_disconnected()
    ews_cassette.assert_all_used()


@pytest.mark.ews_cassette("busy.yaml")
def test_a_busy_line_ends_the_call(mailbox: Mailbox) -> None:
    call = mailbox.play(mailbox.voice_mails()[0], "+1 555 0177")
    assert list(call.watch(pause=0)) == ["Connecting", "Disconnected (UserBusy)"]


@pytest.mark.ews_cassette("without_phone.yaml")
def test_a_mailbox_without_unified_messaging_says_so(mailbox: Mailbox) -> None:
    voice_mail = VoiceMail(id="AAMkAGE=", change_key="CQAAABY=", subject="Voice mail")
    with pytest.raises(RefusedError, match="unified messaging"):
        mailbox.play(voice_mail, "+1 555 0177")
