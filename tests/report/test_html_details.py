import json
import zlib
from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest

from ewstape.interaction import Interaction
from ewstape.report.html.details import Pieces


def unpacked(interactions: list[Interaction], limit: int | None = None) -> tuple[list[Any], tuple[int, ...]]:
    pieces = Pieces(limit)
    for interaction in interactions:
        pieces.add(interaction)
    packed, starts = pieces.close()
    return [json.loads(zlib.decompress(b64decode(piece))) for piece in packed], starts


def body(made: Interaction, content: bytes, content_type: str = "", limit: int | None = None) -> dict[str, Any]:
    """What the page holds of a request's body."""
    headers = (("content-type", content_type),)
    [[detail]], _ = unpacked([replace(made, request=replace(made.request, body=content, headers=headers))], limit)
    return {key: value for key, value in detail["request"].items() if key in {"body", "base64", "size", "kept"}}


@pytest.mark.parametrize(
    ("content", "content_type", "held"),
    [
        ("<é/>".encode(), "text/xml", {"body": "<é/>", "size": 5, "kept": 5}),
        ("<é/>".encode("utf-16"), "", {"body": "<é/>", "size": 10, "kept": 10}),
        ("<é/>".encode("latin-1"), "text/xml; charset=iso-8859-1", {"body": "<é/>", "size": 4, "kept": 4}),
        (b"\xff\xff", "", {"base64": "//8=", "size": 2, "kept": 2}),
        (b"a", "text/xml; charset=unheard-of", {"base64": "YQ==", "size": 1, "kept": 1}),
        (b"", "", {"body": "", "size": 0, "kept": 0}),
    ],
    ids=["utf-8", "utf-16", "as stated", "no text", "unknown charset", "empty"],
)
def test_a_body_is_text_where_it_can_be(make: Any, content: bytes, content_type: str, held: dict[str, Any]) -> None:
    assert body(make("X"), content, content_type) == held


def test_a_long_body_is_cut_between_characters_and_its_size_is_told(make: Any) -> None:
    assert body(make("X"), "éé".encode(), limit=3) == {"body": "é", "size": 4, "kept": 3}
    assert body(make("X"), b"abc", limit=0) == {"body": "", "size": 3, "kept": 0}


def test_pieces_begin_where_they_say(make: Any) -> None:
    made = make("GetFolder", "x" * 100_000)
    pieces, starts = unpacked([made] * 7)
    assert [len(piece) for piece in pieces] == [3, 3, 1]
    assert starts == (0, 3, 6)
    assert unpacked([]) == ([], ())


def test_all_that_http_and_the_decoders_say_is_there(play: Any) -> None:
    [[detail]], _ = unpacked([replace(play(1, 0.0), auth="NTLM", error="e")])
    assert (detail["auth"], detail["error"]) == ("NTLM", "e")
    assert set(detail["request"]) == {"method", "url", "fields", "headers", "coding", "notes", "size", "body", "kept"}
    assert set(detail["response"]) == {
        "status",
        "reason",
        "fields",
        "headers",
        "coding",
        "notes",
        "size",
        "body",
        "kept",
    }
