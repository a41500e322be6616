from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ewstape.interaction import Response
from ewstape.sandbox.client import VoicemailClient, run_voice_mail

exchangelib = pytest.importorskip("exchangelib")


@pytest.mark.parametrize("auth", ["none", "basic", "ntlm"])
def test_a_voice_mail_is_found_read_and_played_the_same_way_every_time(start: Callable[..., Any], auth: str) -> None:
    said = []
    runs = [run_voice_mail(start(auth=auth).url, auth_type=auth, say=said.append) for _ in range(2)]
    assert runs[0] == runs[1]
    assert said == runs[0] + runs[1]
    assert runs[0][0].startswith("FindItem: 'Voice Mail from +1 555 0100', ")
    assert "'You received a voice mail from +1 555 0100." in runs[0][1]
    assert runs[0][3:] == [
        "GetPhoneCallInformation: Connecting, None",
        "GetPhoneCallInformation: Alerted, None",
        "GetPhoneCallInformation: Connected, None",
        "DisconnectPhoneCall: done",
        "GetPhoneCallInformation: Disconnected, None",
    ]


def test_a_call_that_nobody_takes_is_not_hung_up(start: Callable[..., Any]) -> None:
    lines = run_voice_mail(start().url, dial_string="+1 555 0101", say=lambda _: None)
    assert lines[3:] == [
        "GetPhoneCallInformation: Connecting, None",
        "GetPhoneCallInformation: Disconnected, UserBusy, Busy Here, 486",
    ]


def test_every_run_logs_on_anew(start: Callable[..., Any]) -> None:
    legs = []

    def watch(request: Any) -> None:
        legs.append(dict(request.headers).get("Authorization", "")[:5])

    sandbox = start(auth="ntlm", hook=watch)
    for _ in range(2):
        legs.clear()
        run_voice_mail(sandbox.url, auth_type="ntlm", say=lambda _: None)
        assert legs[:3] == ["", "NTLM ", "NTLM "]
        assert set(legs[3:]) == {""}


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda client: client.disconnect("b3RoZXI="), "ErrorInvalidPhoneCallId"),
        (lambda client: client.call_information("b3RoZXI="), "ErrorInvalidPhoneCallId"),
        (lambda client: client.play_on_phone(client.find_voice_mail(), "nobody"), "ErrorPhoneNumberNotDialable"),
        (lambda client: client.play_on_phone(client.find_voice_mail(), ""), "ErrorInvalidPhoneNumber"),
    ],
    ids=["hang up", "ask", "not dialable", "empty"],
)
def test_what_the_server_refuses_is_raised_by_its_name(
    start: Callable[..., Any], act: Callable[..., Any], error: str
) -> None:
    with (
        VoicemailClient(start().url) as client,
        pytest.raises(getattr(exchangelib.errors, error)),
    ):
        act(client)


def test_an_inbox_without_voice_mail_is_said_so(start: Callable[..., Any]) -> None:
    def empty(request: Any) -> Response | None:
        if b"FindItem" in request.body:
            folder = '<m:RootFolder IncludesLastItemInRange="true" TotalItemsInView="0"><t:Items/></m:RootFolder>'
            body = (
                '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
                ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
                ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:FindItemResponse>'
                '<m:ResponseMessages><m:FindItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError'
                f"</m:ResponseCode>{folder}</m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse>"
                "</s:Body></s:Envelope>"
            )
            return Response(status=200, headers=(("Content-Type", "text/xml"),), body=body.encode())
        return None

    with VoicemailClient(start(hook=empty).url) as client, pytest.raises(LookupError, match="no voice mail"):
        client.find_voice_mail()


@pytest.fixture
def account(start: Callable[..., Any]) -> Iterator[Any]:
    """A user's own account object, with nothing set that the demo's client sets for itself."""
    credentials = exchangelib.Credentials("alex", "secret")
    config = exchangelib.Configuration(service_endpoint=start(auth="basic").url, credentials=credentials)
    yield exchangelib.Account("alex@example.com", config=config, default_timezone=exchangelib.UTC)
    exchangelib.close_connections()


def test_exchangelib_finds_out_logon_and_version_by_itself(account: Any) -> None:
    assert account.protocol.auth_type == exchangelib.BASIC
    assert str(account.version.build) == "15.1.2507.6"


def test_exchangelib_sees_the_tree_of_folders(account: Any) -> None:
    names = {folder.name for folder in account.root.walk()}
    assert {"Inbox", "Drafts", "Sent Items", "Deleted Items"} <= names


def test_exchangelib_saves_and_finds_a_message(account: Any) -> None:
    exchangelib.Message(account=account, folder=account.inbox, subject="Q&A", body="a < b").save()
    assert [item.body for item in account.inbox.filter(subject="Q&A")] == ["a < b"]


def test_exchangelib_synchronises_the_inbox(account: Any) -> None:
    first = [(kind, item.subject) for kind, item in account.inbox.sync_items()]
    assert [kind for kind, _ in first] == ["create"] * 3
    assert list(account.inbox.sync_items(sync_state=account.inbox.item_sync_state)) == []


def test_exchangelib_resolves_names_and_lists_time_zones(account: Any) -> None:
    assert account.version  # found out at first use; the next line needs it
    [found] = account.protocol.resolve_names(["robin"])
    zones = [zone.id for zone in account.protocol.get_timezones(return_full_timezone_data=True)]
    assert (found.email_address, zones) == ("robin@example.com", ["UTC", "Tokyo Standard Time"])


def test_exchangelib_follows_a_stream_of_notifications(account: Any) -> None:
    with account.inbox.streaming_subscription() as subscription:
        notifications = list(account.inbox.get_streaming_events(subscription, connection_timeout=1))
    assert [event.ELEMENT_NAME for notification in notifications for event in notification.events] == ["NewMailEvent"]
