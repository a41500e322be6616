import pytest

from ewstape.wire.namespaces import clark_name, local_name, namespace, snake_case, text_of
from ewstape.wire.safexml import parse


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ResponseClass", "response_class"),
        ("SIPResponseCode", "sip_response_code"),
        ("PhoneCallId", "phone_call_id"),
        ("GetUMProperties", "get_um_properties"),
        ("base64FolderID", "base64_folder_id"),
        ("entryId", "entry_id"),
        ("SID", "sid"),
        ("Id", "id"),
    ],
)
def test_a_decoded_field_is_the_elements_name_in_snake_case(name: str, key: str) -> None:
    assert snake_case(name) == key


@pytest.mark.parametrize(
    ("document", "uri"),
    [(b'<p:a xmlns:p="urn:x"/>', "urn:x"), (b'<a xmlns="urn:x"/>', "urn:x"), (b"<a/>", "")],
    ids=["prefix", "default", "none"],
)
def test_a_name_is_its_namespace_and_local_part_whatever_the_prefix(document: bytes, uri: str) -> None:
    element = parse(document)
    assert (namespace(element), local_name(element)) == (uri, "a")
    assert clark_name(element) == (f"{{{uri}}}a" if uri else "a")


@pytest.mark.parametrize(
    ("document", "text"),
    [(b"<a>\n  x y\n</a>", "x y"), (b"<a/>", ""), (b"<a>x<!-- -->y<?pi?>z</a>", "xyz"), (b"<a>x<b>y</b></a>", "x")],
    ids=["white space around", "none", "comment inside", "child element"],
)
def test_text_is_what_stands_directly_in_the_element(document: bytes, text: str) -> None:
    assert text_of(parse(document)) == text
