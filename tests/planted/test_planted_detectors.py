"""With redaction off, the standalone check finds what can be found of the planted secrets."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from planted_secrets import SECRETS, Exchange, exchange_of, exchanges, table

from ewstape.cassette import CassetteWriter, Header
from ewstape.check import check
from ewstape.interaction import Interaction, Request, Response
from ewstape.recording.recorder import interpret

ROOT = Path(__file__).parents[2]


def interaction(number: int, exchange: Exchange) -> Interaction:
    """As a recorder that leaves nothing out would have it."""
    request = Request(
        method="POST",
        url=f"https://mail.example.com{exchange.path}",
        headers=exchange.headers,
        body=exchange.body,
    )
    response = Response(status=exchange.answer_status, headers=exchange.answer_headers, body=exchange.answer_body)
    operation, decoded, answered = interpret(request, response, None)
    assert answered is not None
    return (
        Interaction(  # headers and URL as sent: even raw recordings leave credentials out, and not all were made by us
            number=number,
            operation=operation,
            request=replace(decoded, headers=request.headers, url=request.url),
            response=replace(answered, headers=response.headers),
        )
    )


def secret_findings(path: Path) -> dict[int, list[str]]:
    """Findings of secrets by document, as they are printed."""
    found: dict[int, list[str]] = {}
    for finding in check(path):
        if finding.rule not in ("call", "decoded"):
            found.setdefault(finding.document, []).append(str(finding))
    return found


def record(path: Path, planted: list[Exchange]) -> dict[int, list[str]]:
    with CassetteWriter(path, Header(upstream="https://mail.example.com")) as writer:
        for number, exchange in enumerate(planted, 1):
            writer.write(interaction(number, exchange))
    return secret_findings(path)


def test_there_are_60_kinds_of_secret_with_8_distinctive_characters_or_more() -> None:
    assert len({secret.kind for secret in SECRETS}) == len(SECRETS) >= 60
    assert all(len(value) >= 8 for secret in SECRETS for value in secret.values)


def test_the_check_finds_95_percent_of_what_a_detector_can_know(tmp_path: Path) -> None:
    planted = list(exchanges())
    by_document = record(tmp_path / "raw.yaml", planted)
    found = {(one.secret.kind, one.form): document in by_document for document, one in enumerate(planted, 2)}
    print(table(found))
    knowable = [found[one.secret.kind, one.form] for one in planted if one.secret.known]
    print(f"{sum(knowable)} of {len(knowable)} knowable (kind, form) pairs found")
    assert sum(knowable) >= 0.95 * len(knowable)


def test_no_finding_says_what_it_found(tmp_path: Path) -> None:
    by_document = record(tmp_path / "raw.yaml", list(exchanges()))
    said = "\n".join(line for lines in by_document.values() for line in lines).lower()
    assert not [value for secret in SECRETS for value in secret.values if value.lower() in said]


BY_PLACE = re.compile("header (?:.*[Aa]uthori|WWW|.*Cookie|X-(?:FE|BE|Calc|Diag))|soap|Autodiscover")
"""Where anything that is no pseudonym is a finding."""


def test_the_same_places_without_a_secret_give_no_finding(tmp_path: Path) -> None:
    places = [secret for secret in SECRETS if not BY_PLACE.search(f"{secret.place} {secret.kind}")]
    clean = [exchange_of(replace(secret, values=("nothing",), carrier=None), "plain") for secret in places]
    assert len(clean) > 50
    assert record(tmp_path / "clean.yaml", clean) == {}


@pytest.mark.parametrize("sample", sorted((ROOT / "cassettes").glob("*.yaml")), ids=lambda path: path.name)
def test_the_sample_cassettes_give_no_finding(sample: Path) -> None:
    assert list(check(sample)) == []
