from collections.abc import Callable
from typing import Any

from ewstape.sandbox.mailbox import Mailbox
from ewstape.wire import read_envelopes

SUBSCRIBE = (
    "<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id='inbox'/></t:FolderIds>"
    "<t:EventTypes><t:EventType>NewMailEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>"
)


def stream(subscription: str) -> str:
    return (
        f"<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>{subscription}</t:SubscriptionId>"
        "</m:SubscriptionIds><m:ConnectionTimeout>1</m:ConnectionTimeout></m:GetStreamingEvents>"
    )


def unsubscribe(subscription: str) -> str:
    return f"<m:Unsubscribe><m:SubscriptionId>{subscription}</m:SubscriptionId></m:Unsubscribe>"


def test_a_stream_is_several_envelopes_with_a_new_message_between_signs_of_life(
    ask: Callable[..., Any], mailbox: Mailbox
) -> None:
    subscription = ask(SUBSCRIBE).text("SubscriptionId")
    envelopes, notes = read_envelopes(ask(stream(subscription)).body)
    statuses = [e.payload.findtext(".//{*}ConnectionStatus") for e in envelopes]
    assert (statuses, notes) == (["OK", None, "OK", "Closed"], ())
    event = envelopes[1].payload.find(".//{*}NewMailEvent")
    assert event.find("{*}ItemId").get("Id") == mailbox.newest.id
    assert event.find("{*}ParentFolderId").get("Id") == mailbox.inbox.id
    assert envelopes[1].payload.findtext(".//{*}SubscriptionId") == subscription


def test_each_subscription_has_an_id_of_its_own(ask: Callable[..., Any]) -> None:
    assert ask(SUBSCRIBE).text("SubscriptionId") != ask(SUBSCRIBE).text("SubscriptionId")


def test_an_unknown_subscription_has_no_stream_and_no_end(ask: Callable[..., Any]) -> None:
    assert ask(stream("other")).codes == ["ErrorSubscriptionNotFound"]
    assert ask(unsubscribe("other")).codes == ["ErrorSubscriptionNotFound"]


def test_a_subscription_ends_once(ask: Callable[..., Any]) -> None:
    subscription = ask(SUBSCRIBE).text("SubscriptionId")
    codes = [ask(unsubscribe(subscription)).codes for _ in range(2)]
    assert codes == [["NoError"], ["ErrorSubscriptionNotFound"]]


def test_only_streaming_subscriptions_are_to_be_had(ask: Callable[..., Any]) -> None:
    answer = ask(SUBSCRIBE.replace("Streaming", "Pull"))
    assert answer.codes == ["ErrorInvalidSubscriptionRequest"]
