"""Requests of one short digest are never taken for each other."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ewstape.errors import CassetteError
from ewstape.replay import Answer, Miss, Tape
from ewstape.replay.canonical import Canonical
from ewstape.replay.index.digests import Digest, Digests

RECORDED = "get item-1 = one \n get item-2 = two \n find inbox = none \n create a = made \n play item-1 100 = call-1"


def _one_for_all(digests: Digests, asked: Canonical, real: Callable[..., Digest] = Digests.request) -> Digest:
    return real(digests, asked)._replace(shape=1, values=tuple(2 for _ in asked.values))


def _one_shape(digests: Digests, asked: Canonical, real: Callable[..., Digest] = Digests.request) -> Digest:
    return real(digests, asked)._replace(shape=1)


@pytest.mark.parametrize("digest", [_one_for_all, _one_shape], ids=["one for all", "one shape"])
def test_requests_of_one_digest_are_told_apart(
    words: Any, monkeypatch: pytest.MonkeyPatch, digest: Callable[..., Digest]
) -> None:
    monkeypatch.setattr(Digests, "request", digest)
    recorded = words.interactions(RECORDED)
    tape = Tape(recorded)
    for one in recorded:
        with suppress(CassetteError):
            found = tape.answer(one.request, one.operation)
            assert isinstance(found, Miss) or found.interaction.request == one.request
    other = words.request("list inbox")
    assert isinstance(tape.answer(other, words.operation(other)), Miss)


def test_requests_are_told_apart_by_all_of_their_digest(words: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Digests.whole
    monkeypatch.setattr(Digests, "whole", lambda digests, asked: (3, whole(digests, asked)[1]))
    recorded = words.interactions(RECORDED)
    tape = Tape(recorded)
    found = [tape.answer(one.request, one.operation) for one in recorded]
    assert [one.interaction.number for one in found if isinstance(one, Answer)] == [1, 2, 3, 4, 5]
    other = words.request("list inbox")
    assert isinstance(tape.answer(other, words.operation(other)), Miss)


def test_the_next_unused_request_is_taken_first_and_then_the_latest(words: Any) -> None:
    tape = Tape(words.interactions("get item-1 = one \n get item-2 = two"))
    lines = ("get mine", "get other", "get mine", "get other")
    found = [tape.answer(request, words.operation(request)) for request in map(words.request, lines)]
    assert [one.interaction.number for one in found if isinstance(one, Answer)] == [1, 2, 1, 2]
