from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.interaction import Interaction, Operation, Request, Service
from ewstape.report.row import Row, operation_of, row


def test_a_row_says_what_an_interaction_was(play: Any) -> None:
    interaction = play(1, 0.5)
    assert row(interaction) == Row(
        number=1,
        at=0.5,
        operation="PlayOnPhone (PlayOnPhone2)",
        call="9a10",
        result="Success",
        ok=True,
        detail="+15550100",
        took=0.084,
        size=len(interaction.response.body),
    )


@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        (Operation("GetFolder"), "GetFolder"),
        (Operation("PlayOnPhone2"), "PlayOnPhone2"),
        (Operation("PlayOnPhone", Service.UM), "um:PlayOnPhone"),
        (Operation("GetUserAvailabilityRequest"), "GetUserAvailabilityRequest (GetUserAvailability)"),
        (Operation("a\nb"), r"a\nb"),
    ],
)
def test_an_operation_has_its_wire_name_and_the_document_s(make: Any, operation: Operation, shown: str) -> None:
    assert operation_of(replace(make("X"), operation=operation)) == shown


SIP = "<t:SIPResponseText>{}</t:SIPResponseText><t:SIPResponseCode>{}</t:SIPResponseCode>"


@pytest.mark.parametrize(
    ("state", "cause", "sip", "detail", "failed"),
    [
        ("Alerted", "None", "", "Alerted", False),
        ("Disconnected", "UserBusy", SIP.format("Busy Here", 486), "Disconnected UserBusy (486 Busy Here)", True),
        ("Disconnected", "None", SIP.format("OK", 200), "Disconnected", False),
        ("Disconnected", "None", SIP.format("Gone", 410), "Disconnected (410 Gone)", False),
    ],
    ids=["ringing", "failed", "ended well", "ended oddly"],
)
def test_a_poll_says_what_it_found(  # noqa: PLR0913  one column a fact
    poll: Any, *, state: str, cause: str, sip: str, detail: str, failed: bool
) -> None:
    found = row(poll(1, 0, state, cause, sip=sip))
    assert (found.detail, found.failed_call, found.ok) == (detail, failed, True)


def asked(make: Any, **message: Any) -> Interaction:
    interaction: Interaction = make("GetFolder")
    return replace(interaction, request=replace(interaction.request, **message))


def test_who_is_acted_for_is_the_impersonated_mailbox_else_the_anchor(make: Any) -> None:
    anchor = (("X-AnchorMailbox", "anchor@example.com"),)
    header = {"soap_header": {"exchange_impersonation": {"sid": "S-1-5-21"}}}
    assert row(asked(make, fields=header, headers=anchor)).who == "S-1-5-21"
    assert row(asked(make, headers=anchor)).who == "anchor@example.com"
    assert row(make("GetFolder")).who == ""


@given(st.text())
def test_no_text_of_a_row_can_harm_a_terminal_or_look_like_two_columns(hostile: str) -> None:
    fields = {"dial_string": hostile, "soap_header": {"exchange_impersonation": {"smtp_address": hostile}}}
    request = Request(method="POST", url="https://mail.example.com/EWS/Exchange.asmx", fields=fields)
    found = row(Interaction(number=1, operation=Operation(hostile or "x"), request=request, error=hostile))
    for text in (found.operation, found.who, found.result, found.detail):
        assert text.isprintable()
        assert "  " not in text
        assert text == text.strip()
