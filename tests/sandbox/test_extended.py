"""MAPI properties by tag, as an IMAP gateway asks for them."""

from collections.abc import Callable
from typing import Any

import pytest

FOLDER_CLASS = '<t:ExtendedFieldURI PropertyTag="0x3613" PropertyType="String"/>'
CONTACTS = '<t:FieldURIOrConstant><t:Constant Value="IPF.Contact"/></t:FieldURIOrConstant>'


def shape(name: str, *tags: str) -> str:
    fields = "".join(f'<t:ExtendedFieldURI PropertyTag="{tag}" PropertyType="Integer"/>' for tag in tags)
    return (
        f"<m:{name}><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>{fields}"
        f"</t:AdditionalProperties></m:{name}>"
    )


def test_messages_are_numbered_in_the_order_of_their_arrival(ask: Callable[..., Any]) -> None:
    answer = ask(
        f'<m:FindItem Traversal="Shallow">{shape("ItemShape", "0x0E23")}<m:ParentFolderIds>'
        '<t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindItem>'
    )
    assert answer.texts("Value") == ["3", "2", "1"]


@pytest.mark.parametrize(("tags", "values"), [((), []), (("0x3602", "0x6751", "0x1"), ["3", "4"])])
def test_a_folder_has_those_properties_that_are_asked_for_and_that_it_has(
    ask: Callable[..., Any], tags: tuple[str, ...], values: list[str]
) -> None:
    answer = ask(
        f'<m:GetFolder>{shape("FolderShape", *tags)}<m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds>'
        "</m:GetFolder>"
    )
    assert answer.texts("Value") == values


@pytest.mark.parametrize(
    ("restriction", "names"),
    [
        (f"<t:Not><t:Exists>{FOLDER_CLASS}</t:Exists></t:Not>", []),
        (f"<t:IsEqualTo>{FOLDER_CLASS}{CONTACTS}</t:IsEqualTo>", ["Contacts"]),
    ],
    ids=["has one", "is"],
)
def test_folders_are_found_by_their_class(ask: Callable[..., Any], restriction: str, names: list[str]) -> None:
    answer = ask(
        f'<m:FindFolder Traversal="Deep">{shape("FolderShape")}<m:Restriction>{restriction}</m:Restriction>'
        '<m:ParentFolderIds><t:DistinguishedFolderId Id="root"/></m:ParentFolderIds></m:FindFolder>'
    )
    assert answer.texts("DisplayName") == names
