from collections.abc import Callable
from typing import Any

import pytest


def field(name: str) -> str:
    return f'<t:FieldURI FieldURI="item:{name}"/>'


def equal(name: str, value: str) -> str:
    constant = f'<t:FieldURIOrConstant><t:Constant Value="{value}"/></t:FieldURIOrConstant>'
    return f"<t:IsEqualTo>{field(name)}{constant}</t:IsEqualTo>"


def contains(name: str, value: str, mode: str = "Substring", comparison: str = "Exact") -> str:
    attributes = f'ContainmentMode="{mode}" ContainmentComparison="{comparison}"'
    return f'<t:Contains {attributes}>{field(name)}<t:Constant Value="{value}"/></t:Contains>'


@pytest.fixture
def find(ask: Callable[..., Any]) -> Callable[..., Any]:
    def search(restriction: str) -> Any:
        return ask(
            '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>'
            f"<m:Restriction>{restriction}</m:Restriction>"
            '<m:ParentFolderIds><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindItem>'
        )

    return search


@pytest.mark.parametrize(
    ("restriction", "dates"),
    [
        (equal("ItemClass", "IPM.Note"), ["14"]),
        (contains("ItemClass", "IPM.Note.Microsoft.Voicemail", "Prefixed"), ["15", "12"]),
        (contains("Subject", "next steps"), ["14"]),
        (contains("Subject", "VOICE"), []),
        (contains("Subject", "VOICE", comparison="IgnoreCase"), ["15", "12"]),
        (contains("ItemClass", "IPM.Note", "FullString"), ["14"]),
        (f"<t:Not>{equal('ItemClass', 'IPM.Note')}</t:Not>", ["15", "12"]),
        (f"<t:And>{contains('Subject', 'Voice')}{contains('Subject', '0150')}</t:And>", ["12"]),
        (f"<t:Or>{contains('Subject', 'Minutes')}{contains('Subject', '0150')}</t:Or>", ["14", "12"]),
    ],
)
def test_a_restriction_lets_through_what_it_is_true_of(
    find: Callable[..., Any], restriction: str, dates: list[str]
) -> None:
    assert [received[8:10] for received in find(restriction).texts("DateTimeReceived")] == dates


@pytest.mark.parametrize(
    "restriction",
    [
        equal("DateTimeReceived", "2026-01-15T09:30:00Z"),
        contains("Subject", "x", "PrefixOnWords"),
        f'<t:Excludes>{field("Subject")}<t:Bitmask Value="1"/></t:Excludes>',
    ],
    ids=["property", "mode", "expression"],
)
def test_a_restriction_that_is_not_understood_is_refused(find: Callable[..., Any], restriction: str) -> None:
    assert find(restriction).codes == ["ErrorUnsupportedQueryFilter"]
