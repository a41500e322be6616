"""Interactions -> text -> the same interactions, whatever they hold."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ewstape.cassette import Header, dump, dump_header, load_header, load_interaction
from ewstape.cassette.strictyaml import parse
from ewstape.errors import CassetteError
from ewstape.interaction import Interaction

type Make = Callable[..., Interaction]
type Interactions = st.SearchStrategy[Interaction]

thorough = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


@thorough
@given(data=st.data())
def test_what_was_dumped_loads_as_the_same_value(interactions: Interactions, data: st.DataObject) -> None:
    """Any bytes in bodies, any text in fields, any header values; and the second dump is the first."""
    interaction = data.draw(interactions)
    text = dump(interaction)
    loaded = load_interaction(text)
    assert loaded == interaction
    assert dump(loaded) == text


@thorough
@given(data=st.data())
def test_pyyaml_reads_the_same_plain_data(interactions: Interactions, data: st.DataObject) -> None:
    """PyYAML's own loader is the independent judge of the hand-written text."""
    text = dump(data.draw(interactions))
    assert yaml.load(text, yaml.CBaseLoader) == yaml.load(text, yaml.BaseLoader) == parse(text)


@thorough
@given(data=st.data())
def test_only_the_marks_begin_at_the_margin(interactions: Interactions, data: st.DataObject) -> None:
    """However a body looks, `---` begins and `...` ends the document and neither stands elsewhere at column 0."""
    lines = dump(data.draw(interactions)).split("\n")
    assert [line for line in lines if line.startswith(("---", "...", "%"))] == ["---", "..."]
    assert (lines[0], lines[-2:]) == ("---", ["...", ""])


@given(
    header=st.builds(
        Header,
        recorded=st.just("2026-11-23T09:14:07Z") | st.text(st.characters(exclude_categories=["Cs"])),
        recorder=st.text(st.characters(exclude_categories=["Cs"])),
        upstream=st.text(st.characters(exclude_categories=["Cs"])),
        redaction=st.lists(
            st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(["a, b", "cookies"])
        ).map(tuple),
    )
)
def test_a_header_comes_back_as_it_was(header: Header) -> None:
    text = dump_header(header)
    assert load_header(text) == header
    assert dump_header(load_header(text)) == text


def test_the_header_is_written_as_people_would_write_it() -> None:
    header = Header(
        recorded="2026-11-23T09:14:07Z",
        recorder="ewstape 0.1.0",
        upstream="https://mail.example.com",
        redaction=("authentication", "cookies"),
    )
    assert dump_header(header) == (
        "ewstape: 1\n"
        "recorded: 2026-11-23T09:14:07Z\n"
        "recorder: ewstape 0.1.0\n"
        "upstream: https://mail.example.com\n"
        "redaction: [authentication, cookies]\n"
        "...\n"
    )


def test_the_operation_bears_the_name_of_the_specification(interaction: Make) -> None:
    assert "\noperation: PlayOnPhone          # PlayOnPhone2 in MS-OXWUMS\n" in dump(interaction())


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0.000"),
        (0.0844, "0.0844"),
        (1.5, "1.500"),
        (2.0000004, "2.000"),
        (3.1234567, "3.123457"),
        (-0.1, "0.000"),
    ],
)
def test_seconds_have_three_to_six_decimals(interaction: Make, seconds: float, written: str) -> None:
    assert f"\ntook: {written}\n" in dump(replace(interaction(), took=seconds))


def test_repeated_header_lines_are_kept_as_a_list_where_the_first_stood(interaction: Make) -> None:
    request = replace(interaction().request, headers=(("X-A", "1"), ("B", "2"), ("x-a", "3")))
    text = dump(replace(interaction(), request=request))
    assert '  headers:\n    X-A:\n      - "1"\n      - "3"\n    B: "2"\n' in text
    assert load_interaction(text).request.headers == (("X-A", "1"), ("X-A", "3"), ("B", "2"))


def test_the_usual_reason_phrase_is_left_out(interaction: Make) -> None:
    response = interaction().response
    assert "reason" not in dump(replace(interaction(), response=replace(response, reason="OK")))
    assert "  reason: Account locked\n" in dump(
        replace(interaction(), response=replace(response, status=456, reason="Account locked"))
    )


@pytest.mark.parametrize(
    ("change", "loaded"),
    [
        ({"url": "https://mail.example.com/a b\x01\\"}, ("url", "https://mail.example.com/a%20b%01%5C")),
        ({"url": "https://mail.example.com/\udcff\ud800"}, ("url", "https://mail.example.com/%FF%3F")),
        ({"headers": (("A", "b\r\nc\x00"),)}, ("headers", (("A", "b  c "),))),
        ({"headers": (("A", "\udcff\u20ac"),)}, ("headers", (("A", "\xff\xe2\x82\xac"),))),
        ({"fields": {"a": "\udcff"}}, ("fields", {"a": "\\udcff"})),
    ],
    ids=["URL with blanks", "URL with raw bytes", "header with line breaks", "header beyond latin-1", "lone surrogate"],
)
def test_what_a_cassette_cannot_hold_is_put_right(
    interaction: Make, change: dict[str, Any], loaded: tuple[str, Any]
) -> None:
    """A peer that sends such things cannot make a cassette that does not load."""
    text = dump(replace(interaction(), request=replace(interaction().request, **change)))
    name, value = loaded
    assert getattr(load_interaction(text).request, name) == value
    assert dump(load_interaction(text)) == text


def test_fields_too_deep_to_be_read_again_are_cut(interaction: Make) -> None:
    deep = "bottom"
    for _ in range(40):
        deep = {"a": [deep]}
    text = dump(replace(interaction(), request=replace(interaction().request, fields={"deep": deep})))
    assert '"..."' in text
    assert dump(load_interaction(text)) == text


@given(
    st.recursive(
        st.just("x"),
        lambda inner: st.lists(inner, min_size=1, max_size=1) | st.fixed_dictionaries({"k": inner}),
        max_leaves=60,
    )
)
def test_fields_of_any_depth_can_be_read_again(interaction: Make, value: Any) -> None:
    text = dump(replace(interaction(), request=replace(interaction().request, fields={"a": value})))
    assert dump(load_interaction(text)) == text


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("request", {"method": "GET /"}, "expected an HTTP token, got 'GET /'"),
        ("request", {"url": "ftp://example.com/"}, "expected an absolute http(s) URL, got 'ftp://example.com/'"),
        ("request", {"headers": (("a b", "c"),)}, "expected an HTTP token, got 'a b'"),
        ("response", {"status": 999}, "expected a status from 100 to 599, got 999"),
    ],
    ids=["method", "URL", "header name", "status"],
)
def test_what_cannot_be_loaded_again_is_refused(
    interaction: Make, part: str, change: dict[str, Any], message: str
) -> None:
    broken = replace(interaction(number=7), **{part: replace(getattr(interaction(), part), **change)})
    with pytest.raises(CassetteError) as caught:
        dump(broken)
    assert str(caught.value) == f"interaction 7 cannot be kept: {message}"
