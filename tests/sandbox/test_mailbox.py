from base64 import b64decode
from collections.abc import Callable
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest

from ewstape.sandbox.mailbox import Mailbox

IDS = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
ALL = "<m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>"
SUBJECTS = ["Voice Mail from +1 555 0100", "Minutes & next steps <draft>", "Voice Mail from +1 555 0150"]


def folder(name: str) -> str:
    return f'<t:DistinguishedFolderId Id="{name}"/>'


def find_items(shape: str = ALL, view: str = "", name: str = "inbox", restriction: str = "") -> str:
    return (
        f'<m:FindItem Traversal="Shallow">{shape}{view}{restriction}'
        f"<m:ParentFolderIds>{folder(name)}</m:ParentFolderIds></m:FindItem>"
    )


def get_item(item_id: str, shape: str = ALL) -> str:
    return f'<m:GetItem>{shape}<m:ItemIds><t:ItemId Id="{item_id}"/></m:ItemIds></m:GetItem>'


def create_item(subject: str, target: str = "") -> str:
    return (
        f'<m:CreateItem MessageDisposition="SaveOnly">{target}<m:Items><t:Message><t:Subject>{subject}</t:Subject>'
        '<t:Body BodyType="Text">a &lt; b</t:Body></t:Message></m:Items></m:CreateItem>'
    )


def sync(state: str = "", limit: int = 10) -> str:
    return (
        f"<m:SyncFolderItems>{ALL}<m:SyncFolderId>{folder('inbox')}</m:SyncFolderId>{state}"
        f"<m:MaxChangesReturned>{limit}</m:MaxChangesReturned></m:SyncFolderItems>"
    )


def test_folders_are_found_by_distinguished_id_and_by_store_id(ask: Callable[..., Any], mailbox: Mailbox) -> None:
    answer = ask(
        "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>"
        f'{folder("inbox")}<t:FolderId Id="{mailbox.inbox.id}"/>{folder("nowhere")}</m:FolderIds></m:GetFolder>'
    )
    assert answer.codes == ["NoError", "NoError", "ErrorFolderNotFound"]
    assert answer.texts("DisplayName") == ["Inbox", "Inbox"]
    assert answer.texts("TotalCount") == ["3", "3"]


@pytest.mark.parametrize(
    ("traversal", "names"),
    [
        ("Shallow", ["Top of Information Store"]),
        (
            "Deep",
            [
                "Top of Information Store",
                "Inbox",
                "Drafts",
                "Sent Items",
                "Deleted Items",
                "Outbox",
                "Junk Email",
                "Calendar",
                "Contacts",
            ],
        ),
    ],
)
def test_folders_are_listed_below_another(ask: Callable[..., Any], traversal: str, names: list[str]) -> None:
    answer = ask(
        f'<m:FindFolder Traversal="{traversal}"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>'
        f"<m:ParentFolderIds>{folder('root')}{folder('nowhere')}</m:ParentFolderIds></m:FindFolder>"
    )
    assert answer.codes == ["NoError", "ErrorFolderNotFound"]
    assert answer.texts("DisplayName") == names


def test_the_inbox_lists_its_messages_newest_first(ask: Callable[..., Any]) -> None:
    answer = ask(find_items())
    assert answer.texts("Subject") == SUBJECTS
    assert answer.texts("DateTimeReceived") == sorted(answer.texts("DateTimeReceived"), reverse=True)
    assert answer.text("Body") is None


def test_only_the_properties_asked_for_are_given(ask: Callable[..., Any]) -> None:
    assert ask(find_items(IDS)).texts("Subject") == []
    shape = IDS.replace(
        "</m:ItemShape>",
        '<t:AdditionalProperties><t:FieldURI FieldURI="item:Subject"/></t:AdditionalProperties></m:ItemShape>',
    )
    answer = ask(find_items(shape))
    assert (answer.texts("Subject"), answer.texts("ItemClass")) == (SUBJECTS, [])


def test_a_listing_comes_in_pages(ask: Callable[..., Any]) -> None:
    view = '<m:IndexedPageItemView MaxEntriesReturned="2" Offset="{}" BasePoint="Beginning"/>'
    first, second = ask(find_items(view=view.format(0))), ask(find_items(view=view.format(2)))
    assert [page.texts("Subject") for page in (first, second)] == [SUBJECTS[:2], SUBJECTS[2:]]
    assert [page.get("RootFolder", "IncludesLastItemInRange") for page in (first, second)] == ["false", "true"]
    assert [page.get("RootFolder", "IndexedPagingOffset") for page in (first, second)] == ["2", "3"]


def test_a_folder_that_is_not_there_lists_nothing(ask: Callable[..., Any]) -> None:
    assert ask(find_items(name="nowhere")).codes == ["ErrorFolderNotFound"]


def test_a_voice_mail_is_read_with_sender_subject_and_body(ask: Callable[..., Any], mailbox: Mailbox) -> None:
    answer = ask(get_item(mailbox.newest.id))
    assert answer.text("ItemClass") == "IPM.Note.Microsoft.Voicemail.UM.CA"
    assert answer.text("Subject") == "Voice Mail from +1 555 0100"
    assert answer.text("EmailAddress") == "voicemail@example.com"
    assert "voice mail from +1 555 0100" in answer.text("Body")
    assert answer.text("StoreEntryId") == mailbox.newest.entry_id


def test_an_item_that_is_not_there_is_not_found(ask: Callable[..., Any]) -> None:
    assert ask(get_item("AAMk")).codes == ["ErrorItemNotFound"]


def test_what_is_created_can_be_read_back_and_lies_in_the_drafts(ask: Callable[..., Any]) -> None:
    created = ask(create_item("Q&amp;A"))
    item_id = created.get("ItemId", "Id")
    answer = ask(get_item(item_id))
    assert (answer.text("Subject"), answer.text("Body")) == ("Q&A", "a < b")
    assert ask(find_items(name="drafts")).texts("Subject") == ["Q&A"]


def test_what_is_created_for_the_inbox_lies_there_first(ask: Callable[..., Any]) -> None:
    ask(create_item("new", f"<m:SavedItemFolderId>{folder('inbox')}</m:SavedItemFolderId>"))
    assert ask(find_items()).texts("Subject") == ["new", *SUBJECTS]
    nowhere = ask(create_item("lost", f"<m:SavedItemFolderId>{folder('nowhere')}</m:SavedItemFolderId>"))
    assert nowhere.codes == ["ErrorFolderNotFound"]


def test_synchronising_gives_every_message_once_and_then_what_is_new(ask: Callable[..., Any]) -> None:
    def state(answer: Any) -> str:
        return f"<m:SyncState>{answer.text('SyncState')}</m:SyncState>"

    first = ask(sync(limit=2))
    second = ask(sync(state(first)))
    ask(create_item("new", f"<m:SavedItemFolderId>{folder('inbox')}</m:SavedItemFolderId>"))
    third = ask(sync(state(second)))
    assert [answer.texts("Subject") for answer in (first, second, third)] == [SUBJECTS[:0:-1], SUBJECTS[:1], ["new"]]
    assert [a.text("IncludesLastItemInRange") for a in (first, second, third)] == ["false", "true", "true"]
    assert ask(sync(state(third))).texts("Subject") == []


@pytest.mark.parametrize("state", ["????", "QUJD", "ZXdzdGFwZS1zYW5kYm94OngK"])
def test_a_sync_state_of_somebody_else_is_refused(ask: Callable[..., Any], state: str) -> None:
    assert ask(sync(f"<m:SyncState>{state}</m:SyncState>")).codes == ["ErrorInvalidSyncStateData"]


def test_a_folder_that_is_not_there_cannot_be_synchronised(ask: Callable[..., Any]) -> None:
    assert ask(sync().replace('"inbox"', '"nowhere"')).codes == ["ErrorFolderNotFound"]


@pytest.mark.parametrize(
    ("entry", "code", "addresses"),
    [
        ("robin", "NoError", ["robin@example.com"]),
        ("ALEX@", "NoError", ["alex@example.com"]),
        ("example", "NoError", ["alex@example.com", "robin@example.com", "voicemail@example.com"]),
        ("nobody", "ErrorNameResolutionNoResults", []),
    ],
)
def test_names_are_resolved_by_any_part_of_name_or_address(
    ask: Callable[..., Any], entry: str, code: str, addresses: list[str]
) -> None:
    answer = ask(f"<m:ResolveNames><m:UnresolvedEntry>{entry}</m:UnresolvedEntry></m:ResolveNames>")
    assert (answer.codes, answer.texts("EmailAddress")) == ([code], addresses)


def test_ids_are_not_converted(ask: Callable[..., Any]) -> None:
    answer = ask('<m:ConvertId><m:SourceIds><t:AlternateId Id="DUMMY"/></m:SourceIds></m:ConvertId>')
    assert answer.codes == ["ErrorInvalidIdMalformed"]


def test_the_id_of_something_in_the_mailbox_is_converted_to_tell_whose_it_is(
    ask: Callable[..., Any], mailbox: Mailbox
) -> None:
    asked = f'<t:AlternateId Format="EwsId" Id="{mailbox.inbox.id}" Mailbox="anyone@example.com"/>'
    answer = ask(f'<m:ConvertId DestinationFormat="EwsId"><m:SourceIds>{asked}</m:SourceIds></m:ConvertId>')
    assert answer.codes == ["NoError"]
    assert b'Mailbox="alex@example.com"' in answer.body


def test_a_message_is_given_as_it_came_by_mail(ask: Callable[..., Any], mailbox: Mailbox) -> None:
    whole = (
        "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent></m:ItemShape>"
    )
    [content] = ask(get_item(mailbox.newest.id, whole)).texts("MimeContent")
    mail = message_from_bytes(b64decode(content), policy=SMTP)
    assert (mail["Subject"], mail["To"]) == (SUBJECTS[0], "Alex Example <alex@example.com>")
    assert mail.get_content().startswith("You received a voice mail from +1 555 0100.")
