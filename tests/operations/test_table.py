"""What is asked about an operation by its name."""

import pytest

from ewstape.interaction import MESSAGES, UNKNOWN, Operation, Service
from ewstape.operations import SPECS, call_id, is_write, lookup, spec_name, streams, wire_name
from ewstape.operations.table import is_known, response_root
from ewstape.wire.namespaces import AUTODISCOVER

PLAY = Operation("PlayOnPhone")
UM_PLAY = Operation("PlayOnPhone", Service.UM)


def test_the_three_phone_call_operations_and_the_eleven_legacy_ones_are_decoded() -> None:
    counts = [sum(spec.service is service for spec in SPECS) for service in (Service.EWS, Service.UM)]
    assert counts == [3, 11]


def test_the_services_have_different_operations_of_one_name() -> None:
    ews, um = lookup(PLAY), lookup(UM_PLAY)
    assert ews is not None
    assert um is not None
    assert ews.read_request is not um.read_request


def test_play_on_phone_is_found_under_its_document_name() -> None:
    """MS-OXWUMS calls it PlayOnPhone2; only EWS has that alias."""
    assert lookup(Operation("PlayOnPhone2")) is lookup(PLAY)
    assert lookup(Operation("PlayOnPhone2", Service.UM)) is None


def test_an_element_of_another_namespace_is_another_operation() -> None:
    stranger = Operation("PlayOnPhone", namespace="urn:other")
    assert lookup(stranger) is None
    assert not is_known(stranger)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (PLAY, "PlayOnPhone2"),
        (Operation("PlayOnPhone2"), "PlayOnPhone2"),
        (UM_PLAY, "PlayOnPhone"),
        (Operation("FindItem"), "FindItem"),
        (Operation("GetUserAvailabilityRequest"), "GetUserAvailability"),
        (Operation("CreateMeetingInstanceRequest"), "CreateMeetingInstance"),
        (Operation("Teleport", namespace="urn:other"), "Teleport"),
        (Operation("services.wsdl", namespace=""), "services.wsdl"),
    ],
)
def test_spec_name_is_the_one_that_documents_use(operation: Operation, name: str) -> None:
    assert spec_name(operation) == name


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (PLAY, "PlayOnPhone"),
        (Operation("PlayOnPhone2"), "PlayOnPhone"),
        (UM_PLAY, "um:PlayOnPhone"),
        (Operation("PlayOnPhone2", Service.UM), "um:PlayOnPhone2"),
        (Operation("GetUserAvailabilityRequest"), "GetUserAvailabilityRequest"),
        (Operation("services.wsdl", namespace=""), "services.wsdl"),
    ],
)
def test_wire_name_is_the_one_that_is_sent(operation: Operation, name: str) -> None:
    assert wire_name(operation) == name


@pytest.mark.parametrize(
    ("operation", "root"),
    [
        (PLAY, "PlayOnPhoneResponse"),
        (Operation("PlayOnPhone2"), "PlayOnPhoneResponse"),
        (Operation("GetUserAvailabilityRequest"), "GetUserAvailabilityResponse"),
        (Operation("GetPersona"), "GetPersonaResponseMessage"),
        (Operation("Teleport", namespace="urn:other"), "TeleportResponse"),
    ],
)
def test_response_root(operation: Operation, root: str) -> None:
    assert response_root(operation) == root


@pytest.mark.parametrize(
    "name",
    [
        "PlayOnPhone",
        "PlayOnPhone2",
        "DisconnectPhoneCall",
        "CreateItem",
        "UpdateItem",
        "DeleteItem",
        "SendItem",
        "MoveItem",
        "CopyItem",
        "SetUserOofSettingsRequest",
        "SetUserPhoto",
        "Subscribe",
        "Unsubscribe",
        "EmptyFolder",
        "MarkAllItemsAsRead",
        "UploadItems",
        "StartSearchSession",
        "CreateMeetingInstanceRequest",
        "GetSomethingNobodyHasHeardOf",
        "Teleport",
        UNKNOWN,
    ],
)
def test_writes_of_ews_and_all_unknown_operations_are_writes(name: str) -> None:
    assert is_write(Operation(name))


@pytest.mark.parametrize(
    "name",
    [
        "GetPhoneCallInformation",
        "GetItem",
        "FindItem",
        "SyncFolderItems",
        "ResolveNames",
        "ExpandDL",
        "SearchMailboxes",
        "ExecuteSearch",
        "ConvertId",
        "ExportItems",
        "GetStreamingEvents",
        "GetUserAvailabilityRequest",
        "GetMeetingInstanceRequest",
    ],
)
def test_reads_of_ews_are_reads(name: str) -> None:
    assert not is_write(Operation(name))


@pytest.mark.parametrize(
    ("operation", "writes"),
    [
        (Operation("Disconnect", Service.UM), True),
        (Operation("ResetPIN", Service.UM), True),
        (Operation("SetOofStatus", Service.UM), True),
        (Operation("IsUMEnabled", Service.UM), False),
        (Operation("GetCallInfo", Service.UM), False),
        (Operation("FindItem", Service.UM), True),
        (Operation("GetUserSettingsRequestMessage", Service.AUTODISCOVER, AUTODISCOVER), False),
        (Operation("GetUserSettingsRequestMessage", Service.AUTODISCOVER, MESSAGES), True),
        (Operation(UNKNOWN, Service.AUTODISCOVER), True),
        (Operation("services.wsdl", namespace=""), False),
        (Operation("GetUserPhoto", namespace=""), False),
        (Operation("autodiscover.xml", Service.AUTODISCOVER, ""), False),
        (Operation("DeleteItem", namespace=""), True),
        (Operation("GetItem", namespace="urn:other"), True),
    ],
    ids=lambda value: f"{value}-{value.namespace}" if isinstance(value, Operation) else None,
)
def test_other_services_and_gets(operation: Operation, writes: bool) -> None:
    assert is_write(operation) == writes


def test_only_get_streaming_events_streams() -> None:
    assert streams(Operation("GetStreamingEvents"))
    assert not streams(Operation("GetEvents"))
    assert not streams(Operation("GetStreamingEvents", Service.UM))


ASKED = {"phone_call_id": "asked", "call_id": "asked"}
ANSWERED = {"phone_call_id": "answered", "call_id": "answered"}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (PLAY, "answered"),
        (Operation("GetPhoneCallInformation"), "asked"),
        (Operation("DisconnectPhoneCall"), "asked"),
        (UM_PLAY, "answered"),
        (Operation("PlayOnPhoneGreeting", Service.UM), "answered"),
        (Operation("GetCallInfo", Service.UM), "asked"),
        (Operation("Disconnect", Service.UM), "asked"),
        (Operation("IsUMEnabled", Service.UM), None),
        (Operation("FindItem"), None),
    ],
    ids=str,
)
def test_the_call_is_named_by_the_answer_that_begins_it_and_by_all_later_requests(
    operation: Operation, expected: str | None
) -> None:
    assert call_id(operation, ASKED, ANSWERED) == expected
    assert call_id(operation, {}, {}) is None
