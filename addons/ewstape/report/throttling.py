"""How a server says that it is too busy for a client, and how long it asks to wait.

Exchange answers ErrorServerBusy, as a fault or for one part of a request, and names the milliseconds of its back-off
(Microsoft's page "EWS throttling in Exchange"); Exchange Online and proxies answer with a status of HTTP, and
Retry-After in seconds (RFC 9110 10.2.3, RFC 6585 4).
"""

from collections.abc import Mapping

from ewstape.interaction import Response

THROTTLED = frozenset({429, 503})
"""The HTTP statuses that ask a client to come back later."""

_BUSY = "ErrorServerBusy"
_MOST_DIGITS = 9


def is_busy(response: Response) -> bool:
    """Whether any part of the answer is ErrorServerBusy."""
    fields = response.fields
    if fields.get("response_code") == _BUSY:  # also that of a fault
        return True
    messages = fields.get("response_messages", ())
    return any(isinstance(message, Mapping) and message.get("response_code") == _BUSY for message in messages)


def asks_to_wait(response: Response) -> tuple[str, float | None]:
    """What the server said, `ErrorServerBusy` or `HTTP 429`, and the seconds it asks to wait, if it names any."""
    said = _BUSY if is_busy(response) else f"HTTP {response.status}"
    fault = response.fields.get("fault")
    values = fault.get("values") if isinstance(fault, Mapping) else None
    back_off = values.get("BackOffMilliseconds") if isinstance(values, Mapping) else None
    if isinstance(back_off, str) and _is_number(back_off):
        return said, int(back_off) / 1000
    after = next((value for name, value in response.headers if name.lower() == "retry-after"), "").strip()
    return said, float(after) if _is_number(after) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
