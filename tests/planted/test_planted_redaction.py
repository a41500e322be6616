"""With redaction on, no byte of a planted secret is written, in any form; and nothing is left for the check to find."""

from collections import Counter

import pytest
from planted_secrets import Exchange, exchanges, values
from traffic import Answers, send

from ewstape.cassette import dump
from ewstape.check.secrets import secrets
from ewstape.interaction import Interaction, Request, Response
from ewstape.recording.recorder import interpret
from ewstape.redaction import RULES, Redactor
from ewstape.redaction.key import Key
from ewstape.redaction.kinds import Kind
from ewstape.redaction.leaks import Leaks
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.sandbox import Sandbox

PLANTED = list(exchanges())
MADE_UP = ("XQUARTZ", "velvetholm", "vantreese", "heliotrope", "brambleford", "brambleews")
"""Parts that all names among the planted values share: no piece of a value may be left either."""


@pytest.fixture(scope="module")
def redacted() -> list[tuple[Exchange, Interaction]]:
    """All planted exchanges as one recording has them."""
    redactor = Redactor(RULES, Pseudonyms(Key.fresh()))
    return [(planted, _interaction(redactor, number, planted)) for number, planted in enumerate(PLANTED, 1)]


def _interaction(redactor: Redactor, number: int, planted: Exchange) -> Interaction:
    request = Request(
        method="POST", url=f"https://mail.example.com{planted.path}", headers=planted.headers, body=planted.body
    )
    response = Response(status=planted.answer_status, headers=planted.answer_headers, body=planted.answer_body)
    operation, asked, answered = interpret(request, response, redactor)
    return Interaction(number=number, operation=operation, request=asked, response=answered)


def test_no_planted_value_is_written(redacted: list[tuple[Exchange, Interaction]]) -> None:
    search = Leaks(dict.fromkeys((*values(), *MADE_UP), Kind.TEXT))
    left = [
        f"{planted.secret.kind} in {planted.secret.place}, {planted.form}: {leak}"
        for planted, interaction in redacted
        for leak in search.find(dump(interaction))
    ]
    print(Counter(line.partition(":")[0] for line in left))
    assert left == []


def test_the_check_finds_nothing_in_what_is_written(redacted: list[tuple[Exchange, Interaction]]) -> None:
    found = [
        f"{planted.secret.kind}, {planted.form}: {finding}"
        for planted, interaction in redacted
        for finding in secrets(interaction, interaction.number)
    ]
    assert found == []


def test_the_traffic_reaches_a_server_and_its_answers_come_back() -> None:
    with Sandbox(hook=Answers(PLANTED)) as sandbox:
        assert send(PLANTED, sandbox.origin) == len(PLANTED)
