from dataclasses import replace
from typing import Any

from ewstape.report.decoded import decoded


def test_fields_that_are_missing_are_read_from_the_bodies(play: Any, call_id: str) -> None:
    interaction = play(1, 0.0)
    found = decoded(interaction)
    assert found.request.fields["dial_string"] == "+15550100"
    assert found.response is not None
    assert found.response.fields["phone_call_id"] == call_id
    assert found.request.body == interaction.request.body


def test_fields_that_are_there_are_kept(play: Any) -> None:
    interaction = play(1, 0.0)
    kept = replace(
        interaction,
        request=replace(interaction.request, fields={"a": "1"}),
        response=replace(interaction.response, fields={"b": "2"}),
    )
    assert decoded(kept) == kept


def test_without_bodies_there_is_nothing_to_read(make: Any) -> None:
    interaction = make("GetItem", "", None)
    empty = replace(interaction, request=replace(interaction.request, body=b""))
    assert decoded(empty) == empty
