"""Never run: mypy reads it with `--strict` and compares the types that users see. See test_typed_api.py."""

from collections.abc import Sequence
from pathlib import Path
from typing import assert_type

import ewstape
from ewstape.report.calls import Call


def reads() -> None:
    cassette = ewstape.load("call.yaml")
    assert_type(cassette, ewstape.Cassette)
    assert_type(cassette[0], ewstape.Interaction)
    assert_type(cassette.header.upstream, str)
    for interaction in ewstape.load(Path("call.yaml")):
        assert_type(interaction, ewstape.Interaction)


def uses() -> None:
    with ewstape.use_cassette("call.yaml", mode="once", upstream="https://mail.example.com", latency="0.5x") as used:
        assert_type(used, ewstape.UsedCassette)
        assert_type(used.url, str)
        assert_type(used.base_url, str)
        assert_type(used.proxy_url, str)
        assert_type(used.ca_file, Path)
        assert_type(used.interactions, Sequence[ewstape.Interaction])
        assert_type(used.requests, tuple[ewstape.Interaction, ...])
        assert_type(used.calls, tuple[Call, ...])
        assert_type(used.used, tuple[int, ...])
        assert_type(used.recording, bool)
        assert_type([str(miss) for miss in used.misses], list[str])
        used.assert_no_misses()
        used.assert_all_used()
        used.assert_disconnected()
        used.assert_disconnected(used.calls[0])
        used.rewind()


@ewstape.use_cassette("call.yaml")
def decorated(number: int, cassette: ewstape.UsedCassette) -> str:
    return cassette.url * number


@ewstape.use_cassette(Path("call.yaml"))
async def waiting(cassette: ewstape.UsedCassette) -> int:
    return len(cassette.misses)


async def calls() -> None:
    assert_type(decorated(1), str)
    assert_type(await waiting(), int)
    ewstape.load(1)  # type: ignore[arg-type]  # an error, or mypy would say that this comment is unused
    ewstape.nothing  # type: ignore[attr-defined]  # noqa: B018  likewise
