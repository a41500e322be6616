"""The three call operations of MS-OXWUMS for exchangelib, which has none of its own but takes new ones.

This module needs exchangelib at import; what uses it imports it when it runs.
"""

from collections.abc import Iterator
from typing import Any

from exchangelib.services.common import EWSService
from exchangelib.util import add_xml_child, create_element


class _PhoneService(EWSService):  # type: ignore[misc]  # exchangelib ships no types
    """An operation whose response root is itself the response message; that is what `get` gives."""

    @classmethod
    def _get_elements_in_container(cls, container: Any) -> list[Any]:  # noqa: ANN401  exchangelib ships no types
        return [container]


class PlayOnPhone(_PhoneService):
    """Call a number and play a voice mail (MS-OXWUMS 3.1.4.7, there PlayOnPhone2)."""

    SERVICE_NAME = "PlayOnPhone"

    def call(self, item_id: str, change_key: str, dial_string: str) -> Iterator[Any]:
        """Send it; an EWS error is raised as exchangelib's exception of that name."""
        payload = create_element("m:PlayOnPhone")
        payload.append(create_element("m:ItemId", attrs={"Id": item_id, "ChangeKey": change_key}))
        add_xml_child(payload, "m:DialString", dial_string)
        yield from self._get_elements(payload)


class GetPhoneCallInformation(_PhoneService):
    """Ask for the state of a call (MS-OXWUMS 3.1.4.4)."""

    SERVICE_NAME = "GetPhoneCallInformation"

    def call(self, call_id: str) -> Iterator[Any]:
        """Send it; an EWS error is raised as exchangelib's exception of that name."""
        payload = create_element("m:GetPhoneCallInformation")
        payload.append(create_element("m:PhoneCallId", attrs={"Id": call_id}))
        yield from self._get_elements(payload)


class DisconnectPhoneCall(_PhoneService):
    """Hang up (MS-OXWUMS 3.1.4.2)."""

    SERVICE_NAME = "DisconnectPhoneCall"

    def call(self, call_id: str) -> Iterator[Any]:
        """Send it; an EWS error is raised as exchangelib's exception of that name."""
        payload = create_element("m:DisconnectPhoneCall")
        payload.append(create_element("m:PhoneCallId", attrs={"Id": call_id}))
        yield from self._get_elements(payload)
