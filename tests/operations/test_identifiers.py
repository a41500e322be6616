import pytest

from ewstape.interaction import MESSAGES
from ewstape.operations.identifiers import DATE_TIME, ELEMENTS, PHONE_CALL_ID, kind_of, slots_of
from ewstape.wire.namespaces import TYPES


@pytest.mark.parametrize(
    ("parent", "tag", "attribute", "kind"),
    [
        ("PlayOnPhone", "ItemId", "Id", "item_id"),
        ("PlayOnPhone", "ItemId", "ChangeKey", "change_key"),
        ("PlayOnPhone", "ItemId", None, None),
        ("PlayOnPhone", "DialString", None, "dial_string"),
        ("PlayOnPhone", "entryId", None, "entry_id"),
        ("SetPlayOnPhoneDialString", "dialString", None, "dial_string"),
        ("PlayOnPhoneResponse", "PhoneCallId", "Id", "phone_call_id"),
        ("GetCallInfo", "CallId", None, "phone_call_id"),
        ("PlayOnPhoneResponse", "PlayOnPhoneResponse", None, "phone_call_id"),
        ("Body", "PlayOnPhoneResponse", None, None),
        ("Message", "ParentFolderId", "Id", "folder_id"),
        ("FolderIds", "DistinguishedFolderId", "Id", None),
        ("SyncFolderItems", "SyncState", None, "sync_state"),
        ("GetEvents", "SubscriptionId", None, "subscription_id"),
        ("Notification", "PreviousWatermark", None, "watermark"),
        ("ConnectingSID", "PrimarySmtpAddress", None, "smtp_address"),
        ("Mailbox", "EmailAddress", None, "smtp_address"),
        ("Email", "Address", None, "smtp_address"),
        ("PhysicalAddress", "Address", None, None),
        ("TimeWindow", "StartTime", None, "date_time"),
        ("Duration", "StartTime", None, None),
        ("FieldURIOrConstant", "Constant", "Value", "date_time"),
        ("Contains", "Constant", "Value", None),
        ("CalendarItem", "UID", None, "uid"),
        ("Message", "Subject", None, None),
    ],
)
def test_a_field_holds_identifiers_of_a_kind_or_none(
    parent: str, tag: str, attribute: str | None, kind: str | None
) -> None:
    plain = kind_of(parent, tag, attribute)
    qualified = kind_of(f"{{{MESSAGES}}}{parent}", f"{{{TYPES}}}{tag}", attribute)
    assert plain is qualified
    assert (plain and plain.name) == kind


def test_what_a_server_issues_is_known_by_its_kind() -> None:
    kinds = {kind for tag in ELEMENTS for entries in (slots_of(tag) or {}).values() for _, kind in entries}
    assert {kind.name for kind in kinds if kind.issued_by_server} == {
        "phone_call_id",
        "sync_state",
        "watermark",
        "subscription_id",
    }
    assert not any(kind.issued_by_server and kind.known_to_client for kind in kinds)


@pytest.mark.parametrize(
    ("value", "admitted"),
    [
        ("2024-01-31T12:00:00Z", True),
        ("2024-01-31T12:00:00.1234567+02:00", True),
        ("2024-01-31T12:00", True),
        ("2024-01-31", True),
        ("", False),
        ("31", False),
        ("IPM.Note", False),
        ("2024-01-31 or so", False),
    ],
)
def test_a_date_time_is_known_by_its_form(value: str, *, admitted: bool) -> None:
    assert DATE_TIME.admits(value) is admitted


def test_an_empty_text_is_no_identifier() -> None:
    assert not PHONE_CALL_ID.admits("")
    assert PHONE_CALL_ID.admits("x")


def test_a_kind_has_a_name_for_people() -> None:
    assert str(PHONE_CALL_ID) == "phone call id"
