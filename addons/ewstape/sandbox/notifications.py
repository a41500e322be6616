"""Streaming notifications (MS-OXWSNTIF): a subscription, and one answer that arrives in several envelopes.

A stream says that it is alive, reports the newest message of the inbox as new, says once more that it is alive, and
closes: a real one would go on for as many minutes as the client asks for.
"""

from collections.abc import Callable, Iterator
from typing import Final

from ewstape.sandbox.identifiers import Identifiers
from ewstape.sandbox.mailbox import Mailbox
from ewstape.sandbox.markup import Refusal, envelope, find_all, leaf, response_messages, tag, text_of
from ewstape.sandbox.shapes import folder_id, item_id
from ewstape.wire.namespaces import Element

_UNKNOWN: Final = ("ErrorSubscriptionNotFound", "The specified subscription was not found.")


class Notifications:
    """The subscriptions of one mailbox."""

    def __init__(self, identifiers: Identifiers, mailbox: Mailbox) -> None:
        self._identifiers = identifiers
        self._mailbox = mailbox
        self._made = 0
        self._subscriptions: set[str] = set()
        self.operations = {"Subscribe": self._subscribe, "Unsubscribe": self._unsubscribe}

    def stream(self, request: Element, pause: Callable[[], object]) -> Iterator[bytes]:
        """The envelopes of GetStreamingEvents one by one, with a `pause` between."""
        subscriptions = [asked.text or "" for asked in find_all(request, "m:SubscriptionIds/t:SubscriptionId")]
        if not self._subscriptions.issuperset(subscriptions):
            yield _envelope(Refusal(*_UNKNOWN))
            return
        yield _envelope(_status("OK"))
        for message in (self._new_mail(subscriptions), _status("OK"), _status("Closed")):
            pause()
            yield _envelope(message)

    def _new_mail(self, subscriptions: list[str]) -> str:
        item = self._mailbox.newest
        event = tag(
            "t:NewMailEvent",
            leaf("t:TimeStamp", item.received),
            item_id(item),
            folder_id(self._mailbox.inbox, "t:ParentFolderId"),
        )
        notifications = (
            tag("m:Notification", leaf("t:SubscriptionId", subscription), event) for subscription in subscriptions
        )
        return tag("m:Notifications", *notifications)

    def _subscribe(self, request: Element) -> str:
        if not find_all(request, "m:StreamingSubscriptionRequest"):
            return response_messages(
                "Subscribe",
                [Refusal("ErrorInvalidSubscriptionRequest", "The sandbox has streaming subscriptions only.")],
            )
        self._made += 1
        subscription = self._identifiers.subscription_id(str(self._made))
        self._subscriptions.add(subscription)
        return response_messages("Subscribe", [leaf("m:SubscriptionId", subscription)])

    def _unsubscribe(self, request: Element) -> str:
        subscription = text_of(request, "m:SubscriptionId")
        if subscription not in self._subscriptions:
            return response_messages("Unsubscribe", [Refusal(*_UNKNOWN)])
        self._subscriptions.remove(subscription)
        return response_messages("Unsubscribe", [""])


def _status(status: str) -> str:
    return leaf("m:ConnectionStatus", status)


def _envelope(message: str | Refusal) -> bytes:
    return envelope(response_messages("GetStreamingEvents", [message]))
