"""Editors that use the schema accept what ewstape reads, and mark mistyped keys."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ewstape.cassette import document, dump, json_schema
from ewstape.cassette.strictyaml import parse
from ewstape.interaction import Interaction

type Interactions = st.SearchStrategy[Interaction]

SAMPLES = sorted(Path(__file__, "../../../cassettes").resolve().glob("*.yaml"))
MINIMAL = {"operation": "A", "request": {"body": "<a/>"}, "response": {"status": "200", "body": "<b/>"}}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(json_schema())
    return jsonschema.Draft7Validator(json_schema())


def test_the_schema_is_json() -> None:
    assert json.loads(json.dumps(json_schema())) == json_schema()


@pytest.mark.parametrize("loader", [yaml.CBaseLoader, yaml.CSafeLoader], ids=["text only", "typed scalars"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_are_valid(
    validator: jsonschema.Draft7Validator, path: Path, loader: type[yaml.CBaseLoader]
) -> None:
    """Also as an editor sees them, with numbers typed; a date, which JSON has not, is text to it."""
    text = path.read_text().replace("recorded: 2026", "recorded: at 2026")
    documents = list(yaml.load_all(text, loader))
    assert len(documents) > 1
    for one in documents:
        validator.validate(one)


@given(data=st.data())
def test_whatever_is_dumped_is_valid(
    validator: jsonschema.Draft7Validator, interactions: Interactions, data: st.DataObject
) -> None:
    validator.validate(parse(dump(data.draw(interactions))))


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"ewstape": "2"},
        {"ewstape": "1", "upstrem": "x"},
        {"ewstape": "1", "operation": "A", "request": {}},
        {**MINIMAL, "reqest": {}},
        {**MINIMAL, "operation": ""},
        {**MINIMAL, "number": "0x1"},
        {**MINIMAL, "number": 0},
        {**MINIMAL, "service": "owa"},
        {**MINIMAL, "request": {"boddy": "<a/>"}},
        {**MINIMAL, "request": {"http": "POST /EWS/Exchange.asmx"}},
        {**MINIMAL, "request": {"headers": {"A B": "c"}}},
        {**MINIMAL, "request": {"headers": {"A": "b\r\nC: d"}}},
        {**MINIMAL, "request": {"body_base64": "*"}},
        {**MINIMAL, "response": {"body": "<b/>"}},
        {**MINIMAL, "response": {"status": 600}},
        {**MINIMAL, "response": {"status": "99"}},
        {**MINIMAL, "response": {"status": 200, "chunks": ["1"]}},
        {key: value for key, value in MINIMAL.items() if key != "operation"},
    ],
    ids=repr,
)
def test_mistakes_are_marked(validator: jsonschema.Draft7Validator, broken: dict[str, Any]) -> None:
    assert not validator.is_valid(broken)


@pytest.mark.parametrize(
    ("definition", "keys"),
    [
        ("header", document.HEADER_KEYS),
        ("interaction", document.INTERACTION_KEYS),
        ("request", document.REQUEST_KEYS),
        ("response", document.RESPONSE_KEYS),
    ],
)
def test_the_schema_knows_the_keys_that_the_reader_knows(definition: str, keys: tuple[str, ...]) -> None:
    """In the same order, which is that of completion."""
    properties = json_schema()["definitions"][definition]["properties"]
    assert tuple(properties) == keys
    assert all("description" in value or "$ref" in value for value in properties.values())
